package postroom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.queue.Detour;
import postroom.queue.Queue;
import postroom.route.Route;
import postroom.route.Route.Way;
import postroom.route.Router;
import postroom.route.Routes;
import postroom.service.Services;

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

    private final Routes routes;
    private final Router router;
    private final Queue queue;
    private final Services services;
    private final AtomicBoolean wanted = new AtomicBoolean();
    private long moved;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("detours").factory());

    Detours(Routes routes, Router router, Queue queue, Services services) {
        this.routes = routes;
        this.router = router;
        this.queue = queue;
        this.services = services;
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
            look();
        });
    }

    /// One round.
    synchronized void look() {
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
        // asked anew for every bite: the other way may close meanwhile
        for (var other = router.around(route, way.service());
                other.isPresent();
                other = router.around(route, way.service())) {
            var why =
                    services.byId(way.service()).map(it -> it.name() + " is ").orElse("it is ")
                            + services.status(way.service()).state().word();
            var detour = new Detour(route.name(), way.service(), other.get().id(), why);
            int some = queue.move(detour, BITE);
            moved += some;
            if (some < BITE) break;
        }
    }
}
