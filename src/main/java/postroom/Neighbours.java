package postroom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.queue.Queue;
import postroom.store.Nodes;
import postroom.store.Nodes.Node;
import postroom.store.Store;
import postroom.store.Tx.Subject;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Where several nodes share a database: hears every second what the others changed, says every
/// five that this one is alive, and gives back what a dead one held. Another node is dead when its
/// beats stand still for six looks in a row, thirty seconds; nobody's clock is asked. While the
/// database is away nobody can beat, so looking begins anew after that.
final class Neighbours implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Neighbours.class);

    private static final int SECONDS_BETWEEN_LOOKS = 5;
    private static final int LOOKS_AT_THE_DEAD = 6;

    private final Nodes nodes;
    private final Store store;
    private final Queue queue;
    private final SequencedMap<Subject, Runnable> changes;
    private final Runnable takenForDead;
    private final Map<Subject, Long> heard = new EnumMap<>(Subject.class);
    private final Map<String, Seen> seen = new HashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("neighbours").factory());
    private int seconds;
    private boolean away;

    /// @param looks how often it stood there since
    private record Seen(long beats, int looks) {}

    /// @param changes what to do, in this order, when another node changed one of these
    /// @param takenForDead what to do when the others thought this node was dead
    Neighbours(
            Nodes nodes,
            Store store,
            Queue queue,
            SequencedMap<Subject, Runnable> changes,
            Runnable takenForDead) {
        this.nodes = nodes;
        this.store = store;
        this.queue = queue;
        this.changes = changes;
        this.takenForDead = takenForDead;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::second, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        Rounds.end(timer);
    }

    private void second() {
        try {
            hear();
            if (seconds++ % SECONDS_BETWEEN_LOOKS == 0) {
                if (!nodes.beat()) takenForDead.run();
                look();
            }
            if (away) log.info("the database is back");
            away = false;
        } catch (RuntimeException trouble) {
            seen.clear();
            seconds = 0;
            if (!away) log.warn("this node goes on as soon as it can: {}", trouble.getMessage());
            away = true;
        }
    }

    /// What changed on other nodes counts here, too.
    void hear() {
        changes.forEach((subject, reload) -> {
            long now = nodes.changes(subject);
            if (Long.valueOf(now).equals(heard.get(subject))) return;
            reload.run();
            heard.put(subject, now);
        });
    }

    /// One look at the others.
    void look() {
        var others = nodes.look();
        seen.keySet().retainAll(others.stream().map(Node::name).toList());
        for (var other : others) {
            var before = seen.get(other.name());
            int looks = before != null && before.beats == other.beats() ? before.looks + 1 : 0;
            seen.put(other.name(), new Seen(other.beats(), looks));
            if (looks >= LOOKS_AT_THE_DEAD) bury(other);
        }
    }

    private void bury(Node dead) {
        int givenBack =
                store.write(tx -> nodes.forget(tx, dead) ? queue.giveBackAll(tx, dead.name()) : 0);
        seen.remove(dead.name());
        log.warn("node={} is dead; given back recipients={}", dead.name(), givenBack);
        if (givenBack > 0) queue.nudge();
    }
}
