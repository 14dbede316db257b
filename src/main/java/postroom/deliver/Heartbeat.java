package postroom.deliver;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.queue.Claim;
import postroom.queue.Queue;

import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Renews the leases of what lanes hold, three times within a lease. A node that dies stops
/// renewing.
final class Heartbeat implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

    private final Queue queue;
    private final Map<Long, Lanes> lanes;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("heartbeat").factory());

    Heartbeat(Queue queue, Map<Long, Lanes> lanes) {
        this.queue = queue;
        this.lanes = lanes;
    }

    void start() {
        long every = Queue.LEASE.toMillis() / 3;
        timer.scheduleWithFixedDelay(this::beat, every, every, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private void beat() {
        try {
            var held = new ArrayList<Claim>();
            lanes.values().forEach(one -> held.addAll(one.held()));
            if (held.isEmpty()) return;
            var renewed = queue.renew(held);
            lanes.values().forEach(one -> one.renewed(renewed));
        } catch (RuntimeException trouble) {
            log.warn("claims were not renewed: {}", trouble.toString());
        }
    }
}
