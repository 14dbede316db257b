package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.check.LastChecks;
import postroom.deliver.Resumption;
import postroom.oauth.SecretTrial;
import postroom.oauth.SecretTrial.Outcome.Changed;
import postroom.oauth.SecretTrial.Outcome.Overtaken;
import postroom.oauth.SecretTrial.Outcome.Refused;
import postroom.oauth.SecretTrial.Outcome.Untried;
import postroom.queue.Queue;
import postroom.route.Routes;
import postroom.service.InvalidService;
import postroom.service.MailWaits;
import postroom.service.RealValues;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The ways out. A service is named by its name or its id.
@RestController
@Tag(name = "Services")
class ServiceCalls {

    private final Services services;
    private final Routes routes;
    private final Queue queue;
    private final Catalog catalog;
    private final SecretTrial trial;
    private final Resumption resumption;
    private final JsonMapper json;
    private final LastChecks checks;
    private final WebSettings settings;

    ServiceCalls(
            Services services,
            Routes routes,
            Queue queue,
            Catalog catalog,
            SecretTrial trial,
            Resumption resumption,
            JsonMapper json,
            LastChecks checks,
            WebSettings settings) {
        this.services = services;
        this.routes = routes;
        this.queue = queue;
        this.catalog = catalog;
        this.trial = trial;
        this.resumption = resumption;
        this.json = json;
        this.checks = checks;
        this.settings = settings;
    }

    record ServiceList(List<JsonNode> services) {}

    @GetMapping("/v1/services")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "List services")
    ServiceList list() {
        return new ServiceList(services.all().stream().map(this::shown).toList());
    }

    @GetMapping("/v1/services/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "One service: settings without secrets, state, what waits behind it")
    JsonNode show(@PathVariable("id") String id) {
        return shown(Asked.service(services, id));
    }

    @PostMapping("/v1/services")
    @ResponseStatus(HttpStatus.CREATED)
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Set up a service",
            description = "What the preset gives need not be sent.")
    JsonNode create(Visitor visitor, @RequestBody JsonNode settings) {
        return shown(valid(() -> services.create(object(settings), visitor.name())));
    }

    @PatchMapping(
            path = "/v1/services/{id}",
            consumes = {"application/json", "application/merge-patch+json"})
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Change a service",
            description =
                    "What is not named stays as it is, secrets included. A new secret is shown to"
                            + " the provider before it takes the place of the old one; 422 when it"
                            + " is refused or nobody answers. untried=true stores it without. The"
                            + " header Postroom-Changed of the answer is no where everything was"
                            + " so already, secrets included.")
    ResponseEntity<JsonNode> change(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "untried", defaultValue = "false") boolean untried,
            @RequestBody JsonNode settings) {
        var before = Asked.service(services, id);
        var patch = object(settings);
        var after =
                valid(() ->
                        untried
                                ? services.update(before.id(), patch, visitor.name())
                                : changed(trial.change(before.id(), patch, visitor.name())));
        return ResponseEntity.ok()
                .header(Api.CHANGED, after.equals(before) ? "no" : "yes")
                .body(shown(after));
    }

    private static Service changed(SecretTrial.Outcome outcome) {
        return switch (outcome) {
            case Changed(var service) -> service;
            case Refused(var field, var diagnostic, var advice) ->
                    throw unusable(
                            "The provider does not take the new secret",
                            new FieldError(
                                    field,
                                    "was refused by the provider: "
                                            + sentence(diagnostic.text())
                                            + remedy(advice)
                                            + " The settings are as they were"));
            case Untried(var field, var diagnostic, var advice) ->
                    throw unusable(
                            "The new secret could not be tried",
                            new FieldError(
                                    field,
                                    "could not be tried: "
                                            + sentence(diagnostic.text())
                                            + remedy(advice)
                                            + " The settings are as they were. Try again, or add"
                                            + " ?untried=true (--untried) to store it as it is"));
            case Overtaken() ->
                    throw new Problem(
                            409,
                            "Somebody else changed the service",
                            "The service was changed while this change was under way. Look at it,"
                                    + " and make the change again.");
        };
    }

    private static String remedy(Advice advice) {
        return advice.isUnknown()
                ? ""
                : " " + sentence(advice.title()) + " " + sentence(advice.fix());
    }

    private static String sentence(String text) {
        return text.isEmpty() || text.endsWith(".") ? text : text + ".";
    }

    @DeleteMapping("/v1/services/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(summary = "Forget a service that nothing waits for")
    void delete(Visitor visitor, @PathVariable("id") String id) {
        var service = Asked.service(services, id);
        routes.leadingTo(service.id())
                .ifPresent(route -> {
                    throw new Problem(
                            409,
                            "A rule leads to this service",
                            "Rule "
                                    + route.name()
                                    + " leads to "
                                    + service.name()
                                    + ". Change the rule first.");
                });
        try {
            services.delete(service.id(), visitor.name());
        } catch (MailWaits mail) {
            throw new Problem(
                    409,
                    "Mail waits for this service",
                    mail.recipients()
                            + (mail.recipients() == 1
                                    ? " recipient waits for "
                                    : " recipients wait for ")
                            + service.name()
                            + ", held ones included. Reroute or cancel their messages first.");
        }
    }

    @PostMapping("/v1/services/{id}/pause")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(summary = "Send nothing through it until it is resumed")
    JsonNode pause(Visitor visitor, @PathVariable("id") String id) {
        var service = Asked.service(services, id);
        services.pause(service.id(), visitor.name());
        return shown(service);
    }

    @PostMapping("/v1/services/{id}/resume")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Open it again: after a pause, or because its trouble is over",
            description =
                    "Asks for an access token first, where it signs in with one. The state in the"
                            + " answer is what came of it: a service that cannot sign in is no"
                            + " longer paused and not open either. 409 when it needs authorization"
                            + " and only a person can help.")
    JsonNode resume(Visitor visitor, @PathVariable("id") String id) {
        var service = Asked.service(services, id);
        return switch (resumption.run(service, visitor.name())) {
            case Resumption.Outcome.Moved _ -> shown(service);
            case Resumption.Outcome.Unchanged(var title, var detail) ->
                    throw new Problem(409, title, detail);
        };
    }

    private JsonNode shown(Service service) {
        var shown = (ObjectNode) services.shown(service);
        var waiting = queue.waiting(service.id());
        shown.put("waiting", waiting.recipients());
        shown.put("waiting_since", waiting.oldest().map(Object::toString).orElse(null));
        service.limits()
                .recipientsPerDay()
                .ifPresent(limit -> {
                    long used = queue.recipientsToday(service.id());
                    shown.put("recipients_today", used);
                    shown.put("recipients_left_today", Math.max(0, limit - used));
                });
        services.status(service.id())
                .reason()
                .flatMap(catalog::byId)
                .map(advice -> AdviceJson.of(advice, RealValues.of(service, settings.baseUrl())))
                .ifPresent(advice -> shown.set("advice", json.valueToTree(advice)));
        var last = checks.of(service.id());
        shown.put("verified", last.verifiedAt().isPresent());
        shown.put("verified_at", last.verifiedAt().map(Object::toString).orElse(null));
        // what was said in it stands under its own address
        last.report()
                .ifPresent(
                        report -> shown.set("last_check", report.remove(List.of("conversation"))));
        if (last.report().isEmpty()) shown.putNull("last_check");
        var warnings = shown.putArray("warnings");
        services.warnings(service).stream()
                .map(AdviceJson::ready)
                .forEach(warning -> warnings.add(json.<JsonNode>valueToTree(warning)));
        return shown;
    }

    private static Service valid(Supplier<Service> work) {
        try {
            return work.get();
        } catch (InvalidService invalid) {
            throw unusable(
                    "The settings of a service cannot be used as they are",
                    invalid.troubles().stream()
                            .map(trouble -> new FieldError(trouble.field(), trouble.message()))
                            .toArray(FieldError[]::new));
        }
    }

    // the messages go on where the name of the field ends
    private static Problem unusable(String title, FieldError... errors) {
        return new Problem(
                422,
                title,
                Stream.of(errors)
                        .map(error -> error.field() + " " + error.message())
                        .collect(Collectors.joining(". ", "", ".")),
                List.of(errors));
    }

    private static ObjectNode object(JsonNode settings) {
        if (settings instanceof ObjectNode object) return object;
        throw Problem.malformed("", "The settings of a service are a JSON object.");
    }
}
