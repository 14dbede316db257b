package postroom.intake.http;

import postroom.web.Problem;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many octets of large bodies may be in memory at once: a part of the heap, so that many large
/// messages at the same time wait for each other instead of ending the server. One body that is
/// larger than all of that has it to itself.
final class LargeBodies {

    private static final long LARGE = 1024 * 1024;
    private static final int KILO = 1024;
    private static final int LONGEST_WAIT_SECONDS = 60;

    private final int room;
    private final Semaphore free;

    /// @param octets what may be in memory at once
    LargeBodies(long octets) {
        room = (int) Math.clamp(octets / KILO, 1, Integer.MAX_VALUE);
        free = new Semaphore(room, true);
    }

    /// JSON, the octets in it and the parts they become: a body needs several times its length.
    static LargeBodies fitForThisHeap() {
        return new LargeBodies(Runtime.getRuntime().maxMemory() / 8);
    }

    /// Waits for room; [Place#close] makes it free again.
    ///
    /// @param length of the body; negative where nobody said
    /// @throws Problem when there is none for too long
    Place enter(long length) {
        if (length >= 0 && length <= LARGE) return new Place(0);
        int needed = length < 0 ? room : (int) Math.min(room, length / KILO + 1);
        try {
            if (free.tryAcquire(needed, LONGEST_WAIT_SECONDS, TimeUnit.SECONDS))
                return new Place(needed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        throw new Problem(
                503,
                "Busy",
                "Other large messages are coming in; please send this one again later.");
    }

    final class Place implements AutoCloseable {
        private final int taken;

        private Place(int taken) {
            this.taken = taken;
        }

        @Override
        public void close() {
            free.release(taken);
        }
    }
}
