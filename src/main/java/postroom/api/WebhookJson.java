package postroom.api;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

import postroom.event.webhook.Delivery;
import postroom.event.webhook.Webhook;
import postroom.secret.Secret;

import java.time.Instant;
import java.util.List;

/// A webhook as it is shown.
///
/// @param url for owners; others see the host alone, since the path may be a secret
/// @param events none: all
/// @param secret in the answer that makes it, the secret itself; else that it is there, and how it
///   ends
/// @param formerSecretUntil the former secret signs, too, until then
/// @param disabledReason `owner`, `failing` (three days of nothing but failures) or `gone` (410)
/// @param restsUntil nothing is tried before
/// @param waiting deliveries that wait for their next try
@JsonInclude(JsonInclude.Include.NON_NULL)
record WebhookJson(
        String id,
        String url,
        List<String> events,
        String description,
        boolean enabled,
        Object secret,
        @Nullable Instant formerSecretUntil,
        @Nullable Instant disabledAt,
        @Nullable String disabledReason,
        int consecutiveFailures,
        @Nullable Instant failingSince,
        @Nullable Instant restsUntil,
        @Nullable Instant lastSuccessAt,
        long waiting,
        Instant createdAt) {

    record Hidden(boolean set, String endsWith) {}

    static WebhookJson of(Webhook webhook, long waiting, boolean whole) {
        var standing = webhook.standing();
        return new WebhookJson(
                Long.toString(webhook.id()),
                whole
                        ? webhook.url().toString()
                        : webhook.url().getScheme() + "://" + webhook.host() + "/…",
                webhook.events().patterns(),
                webhook.description(),
                webhook.enabled(),
                new Hidden(true, webhook.keys().current().endsWith()),
                webhook.keys().former().map(Webhook.Former::until).orElse(null),
                standing.off().map(Webhook.Off::since).orElse(null),
                standing.off().map(off -> off.reason().word()).orElse(null),
                standing.failures(),
                standing.failingSince().orElse(null),
                standing.restsUntil().orElse(null),
                standing.lastDoneAt().orElse(null),
                waiting,
                webhook.createdAt());
    }

    WebhookJson withSecret(Secret issued) {
        return new WebhookJson(
                id,
                url,
                events,
                description,
                enabled,
                issued.value(),
                formerSecretUntil,
                disabledAt,
                disabledReason,
                consecutiveFailures,
                failingSince,
                restsUntil,
                lastSuccessAt,
                waiting,
                createdAt);
    }

    /// @param event its id; `webhook-id` is `evt_` and this
    /// @param state `waiting`, `done` or `failed`
    /// @param passed true when the last try was answered with 2xx
    /// @param status of the HTTP answer
    /// @param answer its beginning, or why there was none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DeliveryJson(
            String id,
            String event,
            String type,
            String state,
            boolean passed,
            int attempts,
            @Nullable Instant triedAt,
            @Nullable Long millis,
            @Nullable Long status,
            @Nullable String answer,
            @Nullable Instant nextTryAt) {

        static DeliveryJson of(Delivery delivery) {
            return new DeliveryJson(
                    Long.toString(delivery.id()),
                    Long.toString(delivery.event()),
                    delivery.type(),
                    delivery.state().word(),
                    delivery.state() == Delivery.State.DONE,
                    delivery.attempts(),
                    delivery.triedAt().orElse(null),
                    delivery.millis().orElse(null),
                    delivery.status().orElse(null),
                    delivery.answer().orElse(null),
                    delivery.nextTryAt().orElse(null));
        }
    }
}
