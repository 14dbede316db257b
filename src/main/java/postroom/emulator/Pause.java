package postroom.emulator;

import java.time.Duration;

/// The only place where the emulator takes its time.
final class Pause {
    private Pause() {}

    /// Returns early, with the interrupt kept, when the emulator is closed.
    static void lasting(Duration length) {
        if (length.isZero()) return;
        try {
            Thread.sleep(length);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }
}
