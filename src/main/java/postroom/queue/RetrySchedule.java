package postroom.queue;

import java.time.Duration;
import java.util.List;

/// When to try again: pauses after the first, second, … try; the last pause repeats. Pure
/// arithmetic: no clock, no dice, no database.
public record RetrySchedule(List<Duration> pauses) {

    public RetrySchedule {
        if (pauses.isEmpty()) throw new IllegalArgumentException("a retry schedule has a pause");
        if (pauses.stream().anyMatch(pause -> pause.isNegative() || pause.isZero()))
            throw new IllegalArgumentException("a pause is longer than nothing");
        pauses = List.copyOf(pauses);
    }

    /// The pause after so many tries, one or more.
    public Duration pauseAfter(int tries) {
        return pauses.get(Math.min(Math.max(tries, 1), pauses.size()) - 1);
    }
}
