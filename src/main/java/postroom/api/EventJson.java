package postroom.api;

import org.jspecify.annotations.Nullable;

import postroom.event.Event;
import postroom.mail.QueueId;

import java.time.Instant;
import java.util.Map;

/// Something that happened.
///
/// @param id a cursor
record EventJson(
        String id,
        String type,
        Instant at,
        @Nullable String message,
        @Nullable String service,
        @Nullable String credential,
        Map<String, Object> data) {

    static EventJson of(Event event) {
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
