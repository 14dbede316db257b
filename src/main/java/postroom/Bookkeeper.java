package postroom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.event.HourlyCounts;
import postroom.queue.Queue;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Every other second: counts what happened by the hour, and makes what was accepted findable by
/// its words. Beside the others, so that taking and sending mail cost nothing more.
final class Bookkeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Bookkeeper.class);

    private final HourlyCounts hourlyCounts;
    private final Queue queue;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("bookkeeper").factory());

    Bookkeeper(HourlyCounts hourlyCounts, Queue queue) {
        this.hourlyCounts = hourlyCounts;
        this.queue = queue;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::keep, 2, 2, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /// One round.
    void keep() {
        try {
            hourlyCounts.catchUp();
            queue.catchUpSearch();
            queue.standing();
        } catch (RuntimeException trouble) {
            log.warn("- books are kept again in a moment after {}", trouble.toString());
        }
    }
}
