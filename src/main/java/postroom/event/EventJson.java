package postroom.event;

import org.jspecify.annotations.Nullable;

import postroom.mail.QueueId;

import java.time.Instant;
import java.util.Map;

/// Something that happened, as API and webhooks show it.
///
/// @param id a cursor
public record EventJson(
        String id,
        String type,
        Instant at,
        @Nullable String message,
        @Nullable String service,
        @Nullable String credential,
        Map<String, Object> data) {

    public static EventJson of(Event event) {
        return new EventJson(
                Long.toString(event.id()),
                event.type().word(),
                event.at(),
                event.message().map(QueueId::toString).orElse(null),
                event.service().map(String::valueOf).orElse(null),
                event.credential().map(String::valueOf).orElse(null),
                event.data());
    }
}
