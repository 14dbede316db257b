package postroom.event.webhook;

import postroom.secret.Sealed;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/// Somebody who is told of events.
///
/// @param readTo the event up to which it was looked at what is owed
public record Webhook(
        long id,
        URI url,
        EventPatterns events,
        String description,
        Keys keys,
        Standing standing,
        long readTo,
        Instant createdAt) {

    public boolean enabled() {
        return standing.off().isEmpty();
    }

    /// The host, for logs and events: the rest of an address may be a secret.
    public String host() {
        var host = url.getHost();
        return host == null ? "" : host;
    }

    /// @param former signs, too, for a day after it was replaced
    public record Keys(Sealed current, Optional<Former> former) {}

    public record Former(Sealed secret, Instant until) {}

    /// How it has been doing.
    ///
    /// @param failures since the last success
    /// @param failingSince nothing but failures since then
    /// @param restsUntil nothing is tried before
    public record Standing(
            Optional<Off> off,
            int failures,
            Optional<Instant> failingSince,
            Optional<Instant> restsUntil,
            Optional<Instant> lastDoneAt) {

        /// So many failures that one delivery at a time is enough to see whether it is back.
        boolean struggles() {
            return failures >= RetryPauses.FAILURES_BEFORE_REST;
        }
    }

    public record Off(Instant since, OffReason reason) {}

    /// Why nothing is delivered.
    public enum OffReason {
        /// Somebody wanted it so.
        OWNER,
        /// Three days of nothing but failures.
        FAILING,
        /// The receiver answered 410.
        GONE;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        static OffReason of(String word) {
            return valueOf(word.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /// What becomes of what was not delivered while it was off.
    public enum Backlog {
        SEND,
        SKIP
    }
}
