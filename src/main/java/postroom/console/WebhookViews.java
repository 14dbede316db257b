package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.event.webhook.Delivery;
import postroom.event.webhook.Webhook;
import postroom.event.webhook.Webhook.Off;
import postroom.event.webhook.Webhooks;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Webhooks as pages show them. Only owners see more of an address than its host: the rest may be a
/// secret.
final class WebhookViews {

    private final Webhooks webhooks;
    private final InstantSource clock;

    WebhookViews(Webhooks webhooks, InstantSource clock) {
        this.webhooks = webhooks;
        this.clock = clock;
    }

    /// @param off why it is switched off; null: it is not
    /// @param waiting deliveries that wait for a try
    /// @param secretEnd how its secret ends
    record View(
            String id,
            String address,
            String description,
            List<String> events,
            Mark mark,
            @Nullable Say off,
            @Nullable Moment offSince,
            int failures,
            @Nullable Moment failingSince,
            @Nullable Moment restsUntil,
            @Nullable Moment lastDone,
            long waiting,
            String secretEnd,
            @Nullable Moment formerUntil,
            Moment created) {}

    /// @param payload as it was sent, where somebody wants to see it
    record DeliveryView(
            String id,
            String type,
            Mark mark,
            int attempts,
            @Nullable Moment tried,
            @Nullable Long millis,
            @Nullable Long status,
            @Nullable String answer,
            @Nullable Moment next,
            boolean isOpen,
            @Nullable String payload) {}

    List<View> all(boolean whole) {
        return webhooks.all().stream().map(it -> view(it, whole)).toList();
    }

    View view(Webhook webhook, boolean whole) {
        var standing = webhook.standing();
        return new View(
                Long.toString(webhook.id()),
                whole
                        ? webhook.url().toString()
                        : webhook.url().getScheme() + "://" + webhook.host() + "/…",
                webhook.description(),
                webhook.events().patterns(),
                mark(webhook),
                standing.off().map(WebhookViews::reason).orElse(null),
                moment(standing.off().map(Off::since)),
                standing.failures(),
                moment(standing.failingSince()),
                moment(standing.restsUntil().filter(it -> it.isAfter(clock.instant()))),
                moment(standing.lastDoneAt()),
                webhooks.waiting(webhook.id()),
                webhook.keys().current().endsWith(),
                moment(
                        webhook.keys()
                                .former()
                                .map(Webhook.Former::until)
                                .filter(it -> it.isAfter(clock.instant()))),
                Moment.of(webhook.createdAt(), clock.instant()));
    }

    List<DeliveryView> deliveries(Webhook webhook, String open) {
        return webhooks.deliveries(webhook.id()).stream().map(it -> view(it, open)).toList();
    }

    private DeliveryView view(Delivery delivery, String open) {
        var id = Long.toString(delivery.id());
        return new DeliveryView(
                id,
                delivery.type(),
                switch (delivery.state()) {
                    case DONE -> new Mark("delivery-done", "check", "good");
                    case WAITING -> new Mark("delivery-waiting", "limited", "waiting");
                    case FAILED -> new Mark("delivery-failed", "failing", "bad");
                },
                delivery.attempts(),
                moment(delivery.triedAt()),
                delivery.millis().orElse(null),
                delivery.status().orElse(null),
                delivery.answer().filter(it -> !it.isBlank()).orElse(null),
                moment(delivery.nextTryAt()),
                id.equals(open),
                id.equals(open) ? webhooks.payload(delivery).orElse(null) : null);
    }

    private static Mark mark(Webhook webhook) {
        if (webhook.standing()
                .off()
                .filter(it -> it.reason() == Webhook.OffReason.OWNER)
                .isPresent()) return new Mark("webhook-off", "paused", "quiet");
        if (!webhook.enabled()) return new Mark("webhook-off", "failing", "bad");
        return webhook.standing().failures() > 0
                ? new Mark("webhook-failing", "limited", "waiting")
                : new Mark("webhook-on", "ready", "good");
    }

    private static Say reason(Off off) {
        return Say.of(
                switch (off.reason()) {
                    case OWNER -> "webhooks.off.owner";
                    case FAILING -> "webhooks.off.failing";
                    case GONE -> "webhooks.off.gone";
                });
    }

    private @Nullable Moment moment(Optional<Instant> at) {
        return at.map(it -> Moment.of(it, clock.instant())).orElse(null);
    }
}
