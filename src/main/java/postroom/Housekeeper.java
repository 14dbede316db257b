package postroom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.config.PostroomSettings.Retention;
import postroom.event.EventLog;
import postroom.queue.Queue;
import postroom.queue.Spool;

import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Once a minute: fails what waited longer than patience allows, forgets what retention does not
/// keep, in bites small enough that nobody waits for it, and tells which secrets end soon.
final class Housekeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);
    private static final int BITE = 200;
    private static final int BITES = 100;

    private final Queue queue;
    private final Spool spool;
    private final EventLog events;
    private final EndingSecrets secrets;
    private final Retention retention;
    private final InstantSource clock;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("housekeeper").factory());

    Housekeeper(
            Queue queue,
            Spool spool,
            EventLog events,
            EndingSecrets secrets,
            Retention retention,
            InstantSource clock) {
        this.queue = queue;
        this.spool = spool;
        this.events = events;
        this.secrets = secrets;
        this.retention = retention;
        this.clock = clock;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::tidy, 20, 60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /// One round.
    void tidy() {
        try {
            var now = clock.instant();
            repeat(() -> queue.failImpatient(BITE));
            repeat(() -> queue.eraseContent(now.minus(retention.content()), BITE));
            repeat(() -> queue.eraseMessages(now.minus(retention.events()), BITE));
            repeat(() -> events.eraseBefore(now.minus(retention.events()), BITE));
            spool.eraseOrphans(now);
            secrets.tell();
        } catch (RuntimeException trouble) {
            log.warn("housekeeping goes on in a minute after {}", trouble.toString());
        }
    }

    private static void repeat(java.util.function.IntSupplier bite) {
        for (int i = 0; i < BITES && bite.getAsInt() >= BITE; i++) Thread.yield();
    }
}
