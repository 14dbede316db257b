package postroom.deliver;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.queue.Queue;
import postroom.service.Service;
import postroom.service.ServiceStatus;
import postroom.service.Services;
import postroom.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Claims what is due for services that are open and hands it to their lanes. One thread; it sleeps
/// until the earliest time that matters, or until nudged.
public final class Dispatcher implements Places, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    /// Nothing outside can make us sleep longer: a clock may jump, another node may change a
    /// service.
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);

    /// A clock that is only corrected a little is not followed.
    private static final Duration SET_BACK = Duration.ofSeconds(10);

    private final Queue queue;
    private final Services services;
    private final Lane.Tools tools;
    private final InstantSource clock;
    private final Map<Long, Lanes> lanes = new ConcurrentHashMap<>();
    private final Semaphore nudges = new Semaphore(0);
    private final AtomicLong nudged = new AtomicLong();
    private final Heartbeat heartbeat;
    private Instant latestSeen = Instant.MIN;
    private volatile Asleep asleep = Asleep.NOT;
    private volatile boolean stopping;
    private @Nullable Thread thread;

    public Dispatcher(
            Queue queue,
            Services services,
            Transport smtp,
            Judge judge,
            Authors authors,
            Places shared,
            InstantSource clock) {
        this.queue = queue;
        this.services = services;
        this.clock = clock;
        this.tools =
                new Lane.Tools(
                        queue,
                        services,
                        smtp,
                        judge,
                        new Heed(services, clock),
                        authors,
                        shared,
                        clock,
                        this::nudge);
        this.heartbeat = new Heartbeat(queue, lanes);
    }

    public void start() {
        latestSeen = queue.latestSeen().orElse(Instant.MIN);
        queue.giveBackAll();
        queue.onDue(this::nudge);
        services.onChange(() -> nudge(0));
        thread = Thread.ofVirtual().name("dispatcher").start(this::run);
        heartbeat.start();
    }

    private void nudge() {
        nudged.incrementAndGet();
        if (nudges.availablePermits() == 0) nudges.release();
    }

    /// Says that something of this service may be due; 0: of any service.
    public void nudge(long service) {
        lanes.forEach((id, one) -> {
            if (service == 0 || service == id) one.hint();
        });
        nudge();
    }

    @Override
    public Optional<Place> take(Service service, Duration atMost) {
        return lanesOf(service).placeFor(service, atMost);
    }

    /// So many lines to the service end as soon as they may: other nodes need them.
    public void giveUpLines(long service, int most) {
        var known = lanes.get(service);
        if (known != null) known.giveUpLines(most);
    }

    /// The other nodes took this one for dead: whatever lines it had are not counted as its own any
    /// more, and have to be asked for anew.
    public void giveUpAllLines() {
        lanes.values().forEach(one -> one.giveUpLines(Integer.MAX_VALUE));
    }

    /// How many lines are open to the service at this moment.
    public int lines(long service) {
        var known = lanes.get(service);
        return known == null ? 0 : known.lines();
    }

    /// When nothing is under way, no line is open and no nudge unheard: when this looks again by
    /// itself. Empty: something goes on.
    public Optional<Instant> quietUntil() {
        var rest = asleep;
        if (rest.nudges != nudged.get()) return Optional.empty();
        return lanes.values().stream().allMatch(Lanes::areEmpty)
                ? Optional.of(rest.until)
                : Optional.empty();
    }

    /// @param nudges how many had been heard
    private record Asleep(Instant until, long nudges) {
        static final Asleep NOT = new Asleep(Instant.MIN, -1);
    }

    /// Claims nothing more, lets attempts that are under way finish within the grace time, and
    /// gives the rest back.
    public void close(Duration grace) {
        stopping = true;
        nudge();
        var deadline = System.nanoTime() + grace.toNanos();
        lanes.values().forEach(Lanes::stop);
        lanes.values().forEach(one -> one.awaitEnd(deadline));
        heartbeat.close();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(10));
    }

    private void run() {
        while (!stopping) {
            asleep = Asleep.NOT;
            long heard = nudged.get();
            var wake = clock.instant().plus(LONGEST_SLEEP);
            try {
                wake = dispatch(wake);
            } catch (CompletionException | StoreException trouble) {
                // The database is away or full; what is under way goes on.
                log.warn("the dispatcher goes on in a second after {}", trouble.getMessage());
                wake = clock.instant().plusSeconds(1);
            } catch (RuntimeException trouble) {
                log.error("the dispatcher goes on in a second after", trouble);
                wake = clock.instant().plusSeconds(1);
            }
            asleep = new Asleep(wake, heard);
            sleepUntil(wake);
        }
    }

    private Instant dispatch(Instant latest) {
        followClock();
        var wake = latest;
        services.reopenDue();
        for (var service : services.all()) {
            var status = statusOf(service);
            if (status.isEmpty()) continue;
            var next = lanesOf(service).fill(service, status.get());
            if (next.isBefore(wake)) wake = next;
        }
        return wake;
    }

    /// What had to wait until a time has to wait as long as before, not longer by what the clock
    /// was set back.
    private void followClock() {
        var now = clock.instant();
        if (latestSeen.isAfter(now.plus(SET_BACK))) {
            var by = Duration.between(now, latestSeen);
            log.warn("the clock was set back by {}; what waits does not wait longer for that", by);
            queue.clockWasSetBack(by);
            services.clockWasSetBack(by);
            lanes.values().forEach(Lanes::clockWasSetBack);
        }
        latestSeen = now;
    }

    private Optional<ServiceStatus> statusOf(Service service) {
        try {
            return Optional.of(services.status(service.id()));
        } catch (NoSuchElementException deletedMeanwhile) {
            return Optional.empty();
        }
    }

    private Lanes lanesOf(Service service) {
        return lanes.compute(
                service.id(), (id, known) -> known == null ? new Lanes(service, tools) : known);
    }

    private void sleepUntil(Instant wake) {
        var pause = Duration.between(clock.instant(), wake);
        try {
            if (pause.isPositive() && !nudges.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS))
                return;
            nudges.drainPermits();
        } catch (InterruptedException interrupted) {
            stopping = true;
        }
    }
}
