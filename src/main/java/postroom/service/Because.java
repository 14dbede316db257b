package postroom.service;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Why a state changes.
///
/// @param reason id of the advice
/// @param detail what the far side said, without secrets
/// @param until limited: until then
/// @param more for the event
record Because(
        Optional<String> reason,
        Optional<String> detail,
        Optional<Instant> until,
        Map<String, Object> more) {

    static final Because NOTHING =
            new Because(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

    static Because of(String name, String value) {
        return new Because(
                Optional.empty(), Optional.empty(), Optional.empty(), Map.of(name, value));
    }
}
