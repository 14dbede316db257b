package postroom.deliver.smtp;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Ends connections whose time is up. A blocked write knows no timeout of its own, and a read
/// timeout per octet lets a server drip; so every wire names the moment by which its present step
/// must be over, and one thread looks at all of them. The thread lives while there are wires.
final class Watch {

    private final Duration tick;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private boolean walking;

    Watch(Duration tick) {
        this.tick = tick;
    }

    synchronized void add(Wire wire) {
        wires.add(wire);
        if (walking) return;
        walking = true;
        Thread.ofVirtual().name("smtp-watch").start(this::walk);
    }

    void remove(Wire wire) {
        wires.remove(wire);
    }

    private void walk() {
        while (anythingToWatch()) {
            try {
                Thread.sleep(tick);
            } catch (InterruptedException nobodyDoesThat) {
                Thread.currentThread().interrupt();
            }
            long now = System.nanoTime();
            for (var wire : wires) wire.endIfOverdue(now);
        }
    }

    private synchronized boolean anythingToWatch() {
        walking = !wires.isEmpty();
        return walking;
    }
}
