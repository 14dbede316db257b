package postroom.queue;

import java.time.Instant;
import java.util.Optional;

/// Which messages to list; what is empty does not matter.
///
/// @param state one of the six words; a message fits when one of its recipients does
/// @param recipient an address of a recipient, whole
/// @param tag one of the message's tags, whole
/// @param from address of the header From or the reverse-path, whole
public record Filter(
        Optional<String> state,
        Optional<String> recipient,
        Optional<String> from,
        Optional<Long> service,
        Optional<Instant> since,
        Optional<Long> credential,
        Optional<String> tag) {

    /// Whatever its tags.
    public Filter(
            Optional<String> state,
            Optional<String> recipient,
            Optional<String> from,
            Optional<Long> service,
            Optional<Instant> since,
            Optional<Long> credential) {
        this(state, recipient, from, service, since, credential, Optional.empty());
    }

    public static final Filter ALL =
            new Filter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
}
