package postroom.alert;

import java.time.Instant;
import java.util.Optional;

/// Trouble that an owner was told of, or ought to be.
///
/// @param occasion what exactly, where there can be several
/// @param ahead told so many days ahead
/// @param since when the trouble began
/// @param toldAt when a mail about it was queued; empty: nobody could be told by mail yet
/// @param messageId of the first mail about it, in angle brackets
/// @param goneAt it has not been seen since then
/// @param clearedAt it is over, and the mail that says so is still owed
/// @param version one greater with each change
public record Alert(
        long service,
        Kind kind,
        String occasion,
        int ahead,
        String title,
        Instant since,
        Instant raisedAt,
        Optional<Instant> toldAt,
        Optional<String> messageId,
        Optional<Instant> goneAt,
        Optional<Instant> clearedAt,
        int version) {

    static Alert of(Trouble trouble, String title, Instant now) {
        return new Alert(
                trouble.service().id(),
                trouble.kind(),
                trouble.occasion(),
                trouble.ahead(),
                title,
                trouble.since(),
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    public boolean isOpen() {
        return clearedAt.isEmpty();
    }

    boolean isAbout(Trouble trouble) {
        return service == trouble.service().id() && kind == trouble.kind();
    }

    /// True when this was told for another occasion, or further ahead than it is due by now.
    boolean isOutdatedBy(Trouble trouble) {
        return !occasion.equals(trouble.occasion()) || trouble.ahead() < ahead;
    }

    /// The same trouble comes nearer.
    Alert anew(Trouble trouble, String newTitle) {
        return new Alert(
                service,
                kind,
                trouble.occasion(),
                trouble.ahead(),
                newTitle,
                since,
                raisedAt,
                Optional.empty(),
                messageId,
                Optional.empty(),
                Optional.empty(),
                version);
    }

    Alert told(Instant now, String newMessageId) {
        return new Alert(
                service,
                kind,
                occasion,
                ahead,
                title,
                since,
                raisedAt,
                Optional.of(now),
                messageId.or(() -> Optional.of(newMessageId)),
                goneAt,
                clearedAt,
                version);
    }

    Alert gone(Optional<Instant> at) {
        return new Alert(
                service, kind, occasion, ahead, title, since, raisedAt, toldAt, messageId, at,
                clearedAt, version);
    }

    Alert cleared(Instant gone, Instant now) {
        return new Alert(
                service,
                kind,
                occasion,
                ahead,
                title,
                since,
                raisedAt,
                toldAt,
                messageId,
                Optional.of(gone),
                Optional.of(now),
                version);
    }
}
