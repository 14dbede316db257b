package postroom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.queue.Detour;
import postroom.queue.Queue;
import postroom.route.Route;
import postroom.route.Route.Way;
import postroom.route.Router;
import postroom.route.Routes;
import postroom.service.Service;
import postroom.service.Services;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Moves mail that waits behind a closed service on to the next open one of its rule. Looks when a
/// service or a rule changes, and every few seconds for what has come back to a closed one since.
final class Detours implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Detours.class);
    private static final int BITE = 500;
    private static final int LOOK_EVERY_SECONDS = 5;
    private static final int ROUNDS_OF_A_DETOUR = 6;

    private final Routes routes;
    private final Router router;
    private final Queue queue;
    private final Services services;
    private final Access access;
    private final AtomicBoolean wanted = new AtomicBoolean();
    private long moved;

    /// Those on which what waits may not go: it would be read through every few seconds.
    private final Set<Detour> fruitless = new HashSet<>();

    private int rounds;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("detours").factory());

    Detours(Routes routes, Router router, Queue queue, Services services, Access access) {
        this.routes = routes;
        this.router = router;
        this.queue = queue;
        this.services = services;
        this.access = access;
    }

    void start() {
        services.onChange(this::soon);
        routes.onChange(this::soon);
        timer.scheduleWithFixedDelay(
                this::look, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        Rounds.end(timer);
    }

    private void soon() {
        if (routes.all().isEmpty() || timer.isShutdown() || !wanted.compareAndSet(false, true))
            return;
        timer.execute(() -> {
            wanted.set(false);
            lookAnew();
        });
    }

    private synchronized void lookAnew() {
        fruitless.clear();
        look();
    }

    /// One round.
    synchronized void look() {
        if (rounds++ % ROUNDS_OF_A_DETOUR == 0) fruitless.clear();
        try {
            for (var route : routes.all()) for (var way : route.ways()) goAround(route, way);
        } catch (RuntimeException trouble) {
            log.warn("detours are looked at again soon after {}", trouble.toString());
        }
    }

    /// How many recipients moved in all rounds until now.
    synchronized long moved() {
        return moved;
    }

    private void goAround(Route route, Way way) {
        for (var other : router.around(route, way.service())) {
            var detour = detour(route, way.service(), other);
            if (fruitless.contains(detour)) continue;
            // asked anew for every bite: the other way may close meanwhile
            int some = BITE;
            long before = moved;
            while (some == BITE && router.around(route, way.service()).contains(other)) {
                some = queue.move(detour, BITE);
                moved += some;
            }
            if (moved == before && queue.hasToStay(detour)) fruitless.add(detour);
        }
    }

    private Detour detour(Route route, long from, Service to) {
        var why =
                services.byId(from).map(it -> it.name() + " is ").orElse("it is ")
                        + services.status(from).state().word();
        var barred =
                access.credentials().stream()
                        .filter(it -> !it.mayUse(to.id()))
                        .map(Credential::id)
                        .toList();
        return new Detour(
                route.name(), from, to.id(), why, barred, to.usages(), to.limits().messageSize());
    }
}
