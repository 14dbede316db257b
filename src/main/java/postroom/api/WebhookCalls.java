package postroom.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.api.WebhookJson.DeliveryJson;
import postroom.event.webhook.Courier;
import postroom.event.webhook.InvalidWebhook;
import postroom.event.webhook.Webhook;
import postroom.event.webhook.Webhook.Backlog;
import postroom.event.webhook.Webhooks;
import postroom.event.webhook.Webhooks.Change;
import postroom.event.webhook.Webhooks.NewWebhook;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;
import postroom.web.Visitor;

import java.util.List;
import java.util.Optional;

/// Who is told of events. Owners only: whoever sets one up reads all of Postroom's mail traffic.
@RestController
@Tag(name = "Webhooks")
class WebhookCalls {

    private final Webhooks webhooks;
    private final Courier courier;

    WebhookCalls(Webhooks webhooks, Courier courier) {
        this.webhooks = webhooks;
        this.courier = courier;
    }

    /// @param events such as `message.*`; none: all
    /// @param secret `whsec_…`, one that somebody brought; made otherwise
    record NewWebhookCall(
            @Nullable String url,
            @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                    @Nullable List<@Nullable String> events,
            @Nullable String description,
            @Nullable Boolean enabled,
            @Nullable String secret) {}

    /// What is absent stays.
    ///
    /// @param backlog with `enabled: true`: what happened while it was off is sent (`send`) or not
    ///   (`skip`)
    record WebhookChangeCall(
            @Nullable String url,
            @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                    @Nullable List<@Nullable String> events,
            @Nullable String description,
            @Nullable Boolean enabled,
            @Nullable String backlog,
            @Nullable String secret) {}

    record WebhookList(List<WebhookJson> webhooks) {}

    record DeliveryList(List<DeliveryJson> deliveries) {}

    @GetMapping("/v1/webhooks")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    @Operation(
            summary = "List webhooks, without their secrets",
            description = "Only owners see more of an address than its host.")
    WebhookList list(Visitor visitor) {
        return new WebhookList(
                webhooks.all().stream().map(webhook -> shown(webhook, visitor)).toList());
    }

    @GetMapping("/v1/webhooks/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    @Operation(summary = "One webhook")
    WebhookJson show(Visitor visitor, @PathVariable("id") String id) {
        return shown(found(id), visitor);
    }

    @PostMapping("/v1/webhooks")
    @ResponseStatus(HttpStatus.CREATED)
    @Allowed(Role.OWNER)
    @Operation(
            summary = "Make a webhook",
            description =
                    "The secret is in the answer and nowhere else. It hears of what happens from"
                            + " now on.")
    WebhookJson create(Visitor visitor, @RequestBody NewWebhookCall call) {
        if (call.url() == null) throw Problem.unusable("url", "A webhook has an address, url.");
        try {
            var issued =
                    webhooks.create(
                            new NewWebhook(
                                    call.url().strip(),
                                    patterns(call.events()),
                                    call.description() == null ? "" : call.description().strip(),
                                    call.enabled() == null || call.enabled(),
                                    Optional.ofNullable(call.secret()).map(Secret::new)),
                            visitor.name());
            return shown(issued.webhook(), visitor).withSecret(issued.secret());
        } catch (InvalidWebhook invalid) {
            throw problem(invalid);
        }
    }

    @PatchMapping("/v1/webhooks/{id}")
    @Allowed(Role.OWNER)
    @Operation(
            summary = "Change a webhook, switch it on or off",
            description =
                    "With enabled: true, backlog says whether what happened while it was off is"
                            + " sent (send, the default) or not (skip). The header Postroom-Changed"
                            + " of the answer is no where everything was so already.")
    ResponseEntity<WebhookJson> change(
            Visitor visitor, @PathVariable("id") String id, @RequestBody WebhookChangeCall call) {
        try {
            var change =
                    new Change(
                            Optional.ofNullable(call.url()).map(String::strip),
                            call.events() == null
                                    ? Optional.empty()
                                    : Optional.of(patterns(call.events())),
                            Optional.ofNullable(call.description()).map(String::strip),
                            Optional.ofNullable(call.enabled()),
                            Optional.ofNullable(call.secret()).map(Secret::new),
                            backlog(call.backlog()));
            var before = found(id);
            var after =
                    webhooks.change(before.id(), change, visitor.name())
                            .orElseThrow(() -> none(id));
            courier.nudge();
            return ResponseEntity.ok()
                    .header(Api.CHANGED, after.equals(before) ? "no" : "yes")
                    .body(shown(after, visitor));
        } catch (InvalidWebhook invalid) {
            throw problem(invalid);
        }
    }

    @PostMapping("/v1/webhooks/{id}/rotate-secret")
    @Allowed(Role.OWNER)
    @Operation(
            summary = "Give it another secret",
            description =
                    "The new one is in the answer and nowhere else. For 24 hours the former one"
                            + " signs, too.")
    WebhookJson rotate(Visitor visitor, @PathVariable("id") String id) {
        var issued = webhooks.rotate(found(id).id(), visitor.name()).orElseThrow(() -> none(id));
        return shown(issued.webhook(), visitor).withSecret(issued.secret());
    }

    @DeleteMapping("/v1/webhooks/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Allowed(Role.OWNER)
    @Operation(summary = "Delete a webhook, and what it was still owed")
    void delete(Visitor visitor, @PathVariable("id") String id) {
        if (!webhooks.delete(found(id).id(), visitor.name())) throw none(id);
    }

    @PostMapping("/v1/webhooks/{id}/test")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(
            summary = "Send a webhook.test at once",
            description = "The answer is what came of it; passed is true for a 2xx.")
    DeliveryJson test(@PathVariable("id") String id) {
        return webhooks.test(found(id).id()).map(DeliveryJson::of).orElseThrow(() -> none(id));
    }

    @GetMapping("/v1/webhooks/{id}/deliveries")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    @Operation(summary = "The newest deliveries, newest first")
    DeliveryList deliveries(@PathVariable("id") String id) {
        return new DeliveryList(
                webhooks.deliveries(found(id).id()).stream().map(DeliveryJson::of).toList());
    }

    @PostMapping("/v1/webhooks/{id}/deliveries/{delivery}/retry")
    @ResponseStatus(HttpStatus.ACCEPTED)
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Send a delivery again, with the same webhook-id")
    DeliveryJson retry(@PathVariable("id") String id, @PathVariable("delivery") String delivery) {
        long webhook = found(id).id();
        long number = Asked.id(delivery, "delivery");
        return switch (webhooks.retry(webhook, number)) {
            case DUE -> {
                courier.nudge();
                yield webhooks.delivery(webhook, number)
                        .map(DeliveryJson::of)
                        .orElseThrow(() -> noDelivery(delivery));
            }
            case NO_SUCH_DELIVERY -> throw noDelivery(delivery);
            case SWITCHED_OFF ->
                    throw new Problem(
                            409,
                            "Switched off",
                            "The webhook is switched off; switch it on first.");
            case EVENT_ERASED ->
                    throw new Problem(
                            409,
                            "Nothing to send",
                            "There is no such event any more: it was a test, or is older than"
                                    + " retention.events.");
        };
    }

    private WebhookJson shown(Webhook webhook, Visitor visitor) {
        return WebhookJson.of(webhook, webhooks.waiting(webhook.id()), visitor.is(Role.OWNER));
    }

    private Webhook found(String id) {
        return webhooks.find(Asked.id(id, "webhook")).orElseThrow(() -> none(id));
    }

    private static Problem none(String id) {
        return Problem.notFound("There is no webhook " + Asked.shown(id) + ".");
    }

    private static Problem noDelivery(String id) {
        return Problem.notFound("There is no delivery " + Asked.shown(id) + ".");
    }

    private static List<String> patterns(@Nullable List<@Nullable String> given) {
        if (given == null) return List.of();
        return given.stream().map(pattern -> pattern == null ? "" : pattern.strip()).toList();
    }

    private static Backlog backlog(@Nullable String word) {
        return switch (word) {
            case null -> Backlog.SEND;
            case "send" -> Backlog.SEND;
            case "skip" -> Backlog.SKIP;
            default -> throw Problem.unusable("backlog", "backlog is send or skip.");
        };
    }

    // The messages go on where the name of the field ends.
    private static Problem problem(InvalidWebhook invalid) {
        return new Problem(
                422,
                "The webhook cannot be used as it is",
                invalid.getMessage() + ".",
                invalid.troubles().stream()
                        .map(trouble -> new FieldError(trouble.field(), trouble.message()))
                        .toList());
    }
}
