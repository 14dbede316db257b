package postroom.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// Somebody's clock, which a visitor or a test may move forward, so that ninety days pass in a
/// moment.
final class EmulatorClock implements InstantSource {
    private final InstantSource source;
    private final AtomicReference<Duration> forwarded = new AtomicReference<>(Duration.ZERO);
    private final Instant started;

    EmulatorClock(InstantSource source) {
        this.source = source;
        this.started = source.instant();
    }

    @Override
    public Instant instant() {
        return source.instant().plus(forwarded.get());
    }

    Instant started() {
        return started;
    }

    Duration elapsed() {
        return Duration.between(started, instant());
    }

    void forward(Duration by) {
        forwarded.accumulateAndGet(by, Duration::plus);
    }
}
