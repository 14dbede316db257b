package postroom.deliver;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalInt;

/// Messages per minute, counted as providers do: never more than so many in any sixty seconds.
/// Belongs to one thread.
final class Pace {
    private static final Duration WINDOW = Duration.ofSeconds(60);

    private final OptionalInt perMinute;
    private final ArrayDeque<Instant> recent = new ArrayDeque<>();

    Pace(OptionalInt perMinute) {
        this.perMinute = perMinute;
    }

    /// How many may go now.
    int allowance(Instant now) {
        if (perMinute.isEmpty()) return Integer.MAX_VALUE;
        while (!recent.isEmpty() && !recent.peekFirst().plus(WINDOW).isAfter(now))
            recent.removeFirst();
        return Math.max(0, perMinute.getAsInt() - recent.size());
    }

    void went(int messages, Instant now) {
        if (perMinute.isPresent()) for (int i = 0; i < messages; i++) recent.addLast(now);
    }

    /// When the next one may go; empty: now.
    Optional<Instant> next(Instant now) {
        if (allowance(now) > 0) return Optional.empty();
        return Optional.of(recent.getFirst().plus(WINDOW));
    }
}
