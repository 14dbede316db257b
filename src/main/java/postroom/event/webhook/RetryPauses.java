package postroom.event.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// When to try again: soon at first, then ever more seldom, and once more when three days are over.
final class RetryPauses {

    static final Duration TRIED_FOR = Duration.ofDays(3);

    /// One failure may be one event's; after this many in a row the webhook as a whole rests.
    static final int FAILURES_BEFORE_REST = 4;

    private static final Duration LONGEST_ASKED = Duration.ofHours(6);

    private static final List<Duration> PAUSES =
            List.of(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(30),
                    Duration.ofHours(1),
                    Duration.ofHours(2),
                    Duration.ofHours(4),
                    Duration.ofHours(6));

    private RetryPauses() {}

    /// When a delivery is tried again.
    ///
    /// @param attempts how often it was tried
    /// @param asked how long the receiver asked us to wait (RFC 9110 §10.2.3); believed up to six
    ///   hours
    static Instant nextTry(Instant first, int attempts, Optional<Duration> asked, Instant now) {
        var next = now.plus(longer(pause(attempts), believed(asked)));
        var last = first.plus(TRIED_FOR);
        return next.isAfter(last) ? last : next;
    }

    /// How long the whole webhook rests.
    ///
    /// @param failures in a row
    static Optional<Instant> restsUntil(int failures, Optional<Duration> asked, Instant now) {
        var rest =
                failures < FAILURES_BEFORE_REST
                        ? Duration.ZERO
                        : pause(failures - FAILURES_BEFORE_REST + 1);
        rest = longer(rest, believed(asked));
        return rest.isZero() ? Optional.empty() : Optional.of(now.plus(rest));
    }

    static boolean isOver(Instant first, Instant now) {
        return !now.isBefore(first.plus(TRIED_FOR));
    }

    private static Duration pause(int attempts) {
        return PAUSES.get(Math.clamp(attempts - 1L, 0, PAUSES.size() - 1));
    }

    private static Duration believed(Optional<Duration> asked) {
        var wait = asked.orElse(Duration.ZERO);
        return wait.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : wait;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
