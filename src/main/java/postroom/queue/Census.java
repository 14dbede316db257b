package postroom.queue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.store.Store;
import postroom.store.StoreException;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Counts what waits. Where it is little, whoever asks hears the number of this moment. Where much
/// waits, somebody counts beside the others for a small part of the time, and whoever asks hears
/// the last number, which is seconds old.
final class Census {

    private static final Logger LOG = LoggerFactory.getLogger(Census.class);

    private static final long LITTLE = 10_000;

    /// Counting takes one part of so many.
    private static final int REST = 20;

    private final Store store;
    private final InstantSource clock;
    private final ReentrantLock counting = new ReentrantLock();
    private volatile Count last = Count.NONE;

    Census(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    private record Count(Optional<Standing> standing, long ended, Duration took) {
        static final Count NONE = new Count(Optional.empty(), 0, Duration.ZERO);

        boolean isQuick() {
            return standing.filter(it -> it.waiting() > LITTLE).isEmpty();
        }

        boolean isStale() {
            return System.nanoTime() - ended > took.toNanos() * REST;
        }
    }

    Standing standing() {
        var count = last;
        if (count.standing.isEmpty()) return first();
        if (count.isQuick()) return count();
        if (count.isStale() && !counting.isLocked())
            Thread.ofVirtual().name("census").start(this::countBesideOthers);
        return count.standing.get();
    }

    /// True when whoever asks gets the numbers of this moment.
    boolean isQuick() {
        return last.isQuick();
    }

    private Standing first() {
        counting.lock();
        try {
            return last.standing.orElseGet(this::count);
        } finally {
            counting.unlock();
        }
    }

    private void countBesideOthers() {
        if (!counting.tryLock()) return;
        try {
            count();
        } catch (StoreException notNow) {
            LOG.debug("- what waits is counted later: {}", notNow.getMessage());
        } finally {
            counting.unlock();
        }
    }

    private Standing count() {
        long begun = System.nanoTime();
        var standing = store.read(tx -> Standing.count(tx, clock.instant()));
        long ended = System.nanoTime();
        last = new Count(Optional.of(standing), ended, Duration.ofNanos(ended - begun));
        return standing;
    }
}
