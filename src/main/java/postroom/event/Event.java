package postroom.event;

import postroom.mail.QueueId;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Something that happened, with a time and a subject.
///
/// @param id a cursor: later events have greater IDs
/// @param data what else is known, in the words of `docs/reference/events-and-webhooks.md`:
///   strings, numbers, booleans, lists and maps of these
public record Event(
        long id,
        Instant at,
        EventType type,
        Optional<QueueId> message,
        Optional<Long> service,
        Optional<Long> credential,
        Map<String, Object> data) {}
