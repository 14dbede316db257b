package postroom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.access.CredentialUse;
import postroom.access.People;
import postroom.alert.Alerts;
import postroom.bounce.Reports;
import postroom.config.PostroomSettings.Retention;
import postroom.deliver.IdleRenewal;
import postroom.event.EventLog;
import postroom.queue.Queue;
import postroom.queue.Spool;
import postroom.store.Store;

import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Once a minute: fails what waited longer than patience allows, and forgets what retention does
/// not keep, in bites small enough that nobody waits for it. Looks around for alerts and tells
/// senders of their mail a few times a minute, and renews authorizations that no mail uses.
final class Housekeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);
    private static final int BITE = 200;
    private static final int BITES = 100;

    private final Queue queue;
    private final Spool spool;
    private final EventLog events;
    private final Alerts alerts;
    private final Reports reports;
    private final IdleRenewal renewal;
    private final CredentialUse credentialUse;
    private final People people;
    private final Store store;
    private final Retention retention;
    private final InstantSource clock;
    private final ScheduledExecutorService timer =
            Executors.newScheduledThreadPool(2, Thread.ofVirtual().name("housekeeper").factory());

    Housekeeper(
            Queue queue,
            Spool spool,
            EventLog events,
            Alerts alerts,
            Reports reports,
            IdleRenewal renewal,
            CredentialUse credentialUse,
            People people,
            Store store,
            Retention retention,
            InstantSource clock) {
        this.queue = queue;
        this.spool = spool;
        this.events = events;
        this.alerts = alerts;
        this.reports = reports;
        this.renewal = renewal;
        this.credentialUse = credentialUse;
        this.people = people;
        this.store = store;
        this.retention = retention;
        this.clock = clock;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::tidy, 20, 60, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(this::lookAround, 10, 15, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(this::giveBackSpace, 5, 60, TimeUnit.MINUTES);
        timer.scheduleWithFixedDelay(this::tellSenders, 12, 15, TimeUnit.SECONDS);
        // Beside the others, since it waits for providers.
        timer.scheduleWithFixedDelay(this::renew, 30, 60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        Rounds.end(timer);
    }

    /// Tells what is wrong, and what is over.
    void lookAround() {
        careful(credentialUse::write);
        careful(alerts::lookAround);
    }

    /// Tells senders what became of their mail.
    void tellSenders() {
        careful(reports::tell);
    }

    /// Renews what nobody used for a day.
    void renew() {
        careful(renewal::renew);
    }

    /// One round.
    void tidy() {
        careful(() -> {
            var now = clock.instant();
            repeat(() -> queue.failImpatient(BITE));
            repeat(() -> queue.eraseContent(now.minus(retention.content()), BITE));
            repeat(() -> queue.eraseMessages(now.minus(retention.events()), BITE));
            repeat(() -> events.eraseBefore(now.minus(retention.events()), BITE));
            repeat(() -> events.audit().eraseBefore(now.minus(retention.audit()), BITE));
            spool.eraseOrphans(now);
            people.eraseEnded();
        });
    }

    /// What was erased gives its space back.
    void giveBackSpace() {
        careful(store::giveBackSpace);
    }

    private static void careful(Runnable round) {
        try {
            round.run();
        } catch (RuntimeException trouble) {
            log.warn("housekeeping goes on in a minute after {}", trouble.toString());
        }
    }

    private static void repeat(java.util.function.IntSupplier bite) {
        for (int i = 0; i < BITES && bite.getAsInt() >= BITE; i++) Thread.yield();
    }
}
