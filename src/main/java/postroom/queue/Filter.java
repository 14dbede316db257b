package postroom.queue;

import java.time.Instant;
import java.util.Optional;

/// Which messages to list; what is empty does not matter.
///
/// @param state one of the six words, or [#WAITING]; state, recipient, service and advice have to
///   be true of the same recipient
/// @param recipient an address of a recipient, whole
/// @param from address of the header From or the reverse-path, whole
/// @param since accepted then or later
/// @param until accepted before then
/// @param tag one of the message's tags, whole
/// @param advice what is wrong now, by the ID of the catalog
/// @param text a queue ID, or words of subject, addresses, Message-ID and tags
public record Filter(
        Optional<String> state,
        Optional<String> recipient,
        Optional<String> from,
        Optional<Long> service,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<Long> credential,
        Optional<String> tag,
        Optional<String> advice,
        Optional<String> text) {

    /// Not a state but two of them: queued or deferred.
    public static final String WAITING = "waiting";

    public static final Filter ALL =
            new Filter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());

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

    /// Whenever it was accepted, and whatever its words.
    public Filter(
            Optional<String> state,
            Optional<String> recipient,
            Optional<String> from,
            Optional<Long> service,
            Optional<Instant> since,
            Optional<Long> credential,
            Optional<String> tag) {
        this(
                state,
                recipient,
                from,
                service,
                since,
                Optional.empty(),
                credential,
                tag,
                Optional.empty(),
                Optional.empty());
    }

    public Filter withState(String wanted) {
        return new Filter(
                Optional.of(wanted),
                recipient,
                from,
                service,
                since,
                until,
                credential,
                tag,
                advice,
                text);
    }

    public Filter withText(String wanted) {
        return new Filter(
                state,
                recipient,
                from,
                service,
                since,
                until,
                credential,
                tag,
                advice,
                Optional.of(wanted));
    }
}
