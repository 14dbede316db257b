package postroom.event.webhook;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.event.Event;
import postroom.event.EventLog;
import postroom.store.Store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Delivers. Looks once a second which webhooks are switched on and gives each that is not being
/// served a round in a thread of its own, so that a receiver that hangs holds up nobody else.
///
/// A round takes the lease of the webhook, notes what it is owed of the events since the last one,
/// and posts what is due: four at a time, and of everything that events can be about (a message, a
/// service) only the oldest. An event that fails therefore holds back what happened to its own
/// message and nothing else.
public final class Courier implements AutoCloseable {

    private static final int AT_ONCE = 4;
    private static final int MOST_PER_ROUND = 64;
    private static final int EVENTS_PER_LOOK = 500;

    /// What waits is bounded; events beyond stay where they are, in the list of events.
    private static final int MOST_WAITING = 1_000;

    private static final Duration LEASE = Duration.ofSeconds(60);

    /// Longer than a delivery may take, and what it takes to write down what came of it.
    private static final Duration LEASE_LEFT = Duration.ofSeconds(40);

    private static final Duration LAST_DELIVERIES = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    private final Store store;
    private final EventLog events;
    private final Postman postman;
    private final InstantSource clock;
    private final String node;
    private final Outcomes outcomes;
    private final Map<Long, Thread> rounds = new ConcurrentHashMap<>();
    private final Semaphore nudges = new Semaphore(0);
    private volatile boolean closed;

    public Courier(Store store, EventLog events, Postman postman, InstantSource clock) {
        this(store, events, postman, clock, store.node());
    }

    Courier(Store store, EventLog events, Postman postman, InstantSource clock, String node) {
        this.store = store;
        this.events = events;
        this.postman = postman;
        this.clock = clock;
        this.node = node;
        this.outcomes = new Outcomes(store, events, clock);
    }

    public void start() {
        Thread.ofVirtual().name("webhook-courier").start(this::watch);
    }

    /// Something may be due.
    public void nudge() {
        if (nudges.availablePermits() == 0) nudges.release();
    }

    /// Begins nothing more. What is not answered soon is delivered again after the next start, with
    /// the same id.
    @Override
    public void close() {
        closed = true;
        nudge();
        try {
            long end = System.nanoTime() + LAST_DELIVERIES.toNanos();
            for (var round : rounds.values())
                round.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            for (var round : rounds.values()) round.interrupt();
            store.write(tx -> {
                WebhookRows.releaseAll(tx, node);
                return true;
            });
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException leasesEndByThemselves) {
            log.warn("webhooks were not handed over: {}", leasesEndByThemselves.toString());
        }
        postman.close();
    }

    private void watch() {
        while (!closed) {
            try {
                for (var webhook : store.read(WebhookRows::all))
                    if (hasWork(webhook)) rounds.computeIfAbsent(webhook.id(), this::begin);
                if (nudges.tryAcquire(1, TimeUnit.SECONDS)) nudges.drainPermits();
            } catch (InterruptedException closing) {
                return;
            } catch (RuntimeException trouble) {
                if (!closed) log.warn("webhooks go on in a second after {}", trouble.toString());
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofSeconds(1));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private Thread begin(long id) {
        return Thread.ofVirtual()
                .name("webhook-" + id)
                .start(() -> {
                    try {
                        while (!closed && serve(id) > 0) Thread.yield();
                    } catch (RuntimeException trouble) {
                        if (!closed)
                            log.warn("webhook={} goes on after {}", id, trouble.toString());
                    } finally {
                        rounds.remove(id);
                    }
                });
    }

    /// One round; says how many deliveries it tried.
    int serve(long id) {
        var leased = lease(id);
        if (leased.isEmpty() || rests(leased.get())) return 0;
        boolean more = look(leased.get());
        var now = clock.instant();
        boolean one = leased.get().standing().struggles();
        var due =
                new ConcurrentLinkedQueue<>(
                        store.read(tx -> DeliveryRows.due(tx, id, now, one ? 1 : MOST_PER_ROUND)));
        int found = due.size();
        if (found > 0) {
            new Round(leased.get(), due).run(one ? 1 : Math.min(AT_ONCE, found));
            store.write(tx -> {
                DeliveryRows.forgetOld(tx, id, Webhooks.REMEMBERED);
                return true;
            });
        }
        return found > 0 ? found : more ? 1 : 0;
    }

    private boolean hasWork(Webhook webhook) {
        if (!webhook.enabled() || rests(webhook)) return false;
        if (events.latest() > webhook.readTo()) return true;
        var now = clock.instant();
        return !store.read(tx -> DeliveryRows.due(tx, webhook.id(), now, 1)).isEmpty();
    }

    private boolean rests(Webhook webhook) {
        return webhook.standing().restsUntil().filter(clock.instant()::isBefore).isPresent();
    }

    /// Taken, or still long enough ours; none where another node delivers or it is switched off.
    private Optional<Webhook> lease(long id) {
        var now = clock.instant();
        var ours =
                store.read(tx ->
                        WebhookRows.isLeased(tx, id, node, now.plus(LEASE_LEFT))
                                ? WebhookRows.find(tx, id)
                                : Optional.<Webhook>empty());
        if (ours.isPresent()) return ours;
        return store.write(tx ->
                WebhookRows.lease(tx, id, node, now, now.plus(LEASE))
                        ? WebhookRows.find(tx, id)
                        : Optional.empty());
    }

    /// Notes what is owed of the events that are new to this webhook.
    ///
    /// @return true when there may be more
    private boolean look(Webhook webhook) {
        long waiting = store.read(tx -> DeliveryRows.waiting(tx, webhook.id()));
        if (waiting >= MOST_WAITING) return false;
        var found = events.after(webhook.readTo(), EVENTS_PER_LOOK);
        if (found.isEmpty()) return false;
        var wanted = new ArrayList<Event>();
        for (var event : found) if (webhook.events().matches(event.type())) wanted.add(event);
        long readTo = found.getLast().id();
        store.write(tx -> {
            boolean stillOurs =
                    tx.update(
                                    """
                                    update webhook set read_to = ?
                                    where id = ? and read_to = ? and enabled and served_by = ?
                                    """,
                                    readTo,
                                    webhook.id(),
                                    webhook.readTo(),
                                    node)
                            > 0;
            if (stillOurs) for (var event : wanted) DeliveryRows.insert(tx, owed(webhook, event));
            return stillOurs;
        });
        return found.size() == EVENTS_PER_LOOK;
    }

    private Delivery owed(Webhook webhook, Event event) {
        return new Delivery(
                store.nextId(),
                webhook.id(),
                event.id(),
                event.type().word(),
                lane(event),
                Delivery.State.WAITING,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(clock.instant()));
    }

    /// What the event is about. IDs are unique over all kinds of things; 0 is everything else.
    private static long lane(Event event) {
        return event.message()
                .map(postroom.mail.QueueId::value)
                .or(event::service)
                .or(event::credential)
                .orElse(0L);
    }

    /// The deliveries of one round, shared by a few threads.
    private final class Round {
        private final Queue<Delivery> due;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile Webhook webhook;

        Round(Webhook webhook, Queue<Delivery> due) {
            this.webhook = webhook;
            this.due = due;
        }

        void run(int atOnce) {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < atOnce; i++)
                threads.add(Thread.ofVirtual().name("webhook-delivery").start(this::deliver));
            try {
                for (var thread : threads) thread.join();
            } catch (InterruptedException closing) {
                over.set(true);
                for (var thread : threads) thread.interrupt();
                Thread.currentThread().interrupt();
            }
        }

        private void deliver() {
            try {
                while (!over.get() && !closed && stillOurs()) {
                    var delivery = due.poll();
                    if (delivery == null) return;
                    deliver(delivery);
                }
            } catch (RuntimeException trouble) {
                over.set(true);
                if (!closed)
                    log.warn("webhook={} goes on after {}", webhook.id(), trouble.toString());
            }
        }

        private void deliver(Delivery delivery) {
            var event = events.find(delivery.event());
            if (event.isEmpty()) {
                outcomes.erased(delivery);
                return;
            }
            var answer = postman.send(webhook, event.get());
            if (Thread.currentThread().isInterrupted()) return; // closing: nobody knows the answer
            var after = outcomes.settle(delivery, answer);
            if (after.isEmpty()
                    || !after.get().enabled()
                    || after.get().standing().restsUntil().isPresent()) over.set(true);
        }

        private synchronized boolean stillOurs() {
            var leased = lease(webhook.id());
            if (leased.isEmpty()) {
                over.set(true);
                return false;
            }
            webhook = leased.get();
            return true;
        }
    }
}
