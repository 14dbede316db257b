package postroom.store;

import java.time.InstantSource;

/// Time-ordered IDs: 42 bits of milliseconds since 2020, 6 of the node, 15 of a counter. A clock
/// that goes back does not bring an ID back: the counter runs on from the greatest one given out.
final class Ids {
    private static final long EPOCH = 1_577_836_800_000L; // 2020-01-01T00:00:00Z
    private static final int NODE_BITS = 6;
    private static final int COUNTER_BITS = 15;

    /// Numbers run from 0 to one less.
    static final int NODES = 1 << NODE_BITS;

    private final InstantSource clock;
    private volatile long node;
    private long last;

    Ids(InstantSource clock, int node) {
        this.clock = clock;
        become(node);
    }

    /// From now on IDs are greater than that one, whatever the clock says: it may have been set
    /// back while nobody ran.
    synchronized void startAbove(long id) {
        last = Math.max(last, id);
    }

    /// From now on IDs are of the node with that number.
    void become(int number) {
        node = (long) (number & (NODES - 1)) << COUNTER_BITS;
    }

    /// IDs of that time and later, of whichever node, are not smaller than this.
    static long firstAt(long millis) {
        return Math.max(0, millis - EPOCH) << (NODE_BITS + COUNTER_BITS);
    }

    /// When the ID was given out.
    static long millisOf(long id) {
        return (id >>> (NODE_BITS + COUNTER_BITS)) + EPOCH;
    }

    synchronized long next() {
        long now = clock.millis() - EPOCH;
        long lastTime = last >>> (NODE_BITS + COUNTER_BITS);
        long lastCounter = last & ((1 << COUNTER_BITS) - 1);
        long time = Math.max(now, lastTime);
        long counter = time == lastTime ? lastCounter + 1 : 0;
        if (counter >= 1 << COUNTER_BITS) {
            time++;
            counter = 0;
        }
        last = time << (NODE_BITS + COUNTER_BITS) | node | counter;
        return last;
    }
}
