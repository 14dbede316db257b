package postroom;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that is moved, never waited for.
public final class Clock implements InstantSource {
    private volatile Instant now;

    public Clock(Instant start) {
        this.now = start;
    }

    public static Clock atNoon() {
        return new Clock(Instant.parse("2026-11-21T12:00:00Z"));
    }

    @Override
    public Instant instant() {
        return now;
    }

    public synchronized void pass(Duration duration) {
        now = now.plus(duration);
    }
}
