package postroom.store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The processes that use one PostgreSQL, this one among them. Each has a name of its own, and a
/// number that makes its IDs unlike those of the others. Whether another one is alive is told from
/// its beats alone, not from anybody's clock.
public final class Nodes {

    /// Clocks of nodes may differ by that much before a reader by cursor could miss an event.
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(Nodes.class);

    private final PostgresStore store;
    private final Ids ids;
    private final InstantSource clock;
    private final String name;

    Nodes(PostgresStore store, Ids ids, InstantSource clock) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
        this.name =
                machine()
                        + "-"
                        + Long.toString(new java.security.SecureRandom().nextLong(1L << 40), 36);
    }

    /// A node as it was last seen.
    ///
    /// @param beats goes up every few seconds
    public record Node(String name, int number, long beats) {}

    public String name() {
        return name;
    }

    /// Takes a number that is free, and not one that was free a moment ago: whoever had it may have
    /// given out IDs of this very millisecond.
    void join() {
        int number =
                store.write(tx -> {
                    tx.lock(Tx.Subject.NODES);
                    var taken = new HashSet<Integer>();
                    for (var node : all(tx)) {
                        if (node.name.equals(name)) return node.number;
                        taken.add(node.number);
                    }
                    int free = free(taken, changes(tx, Tx.Subject.NODES));
                    tx.update(
                            "insert into node (name, number, started_at) values (?, ?, ?)",
                            name,
                            free,
                            clock.instant());
                    return free;
                });
        ids.become(number);
        log.info("node={} number={}", name, number);
    }

    private static int free(Set<Integer> taken, long joined) {
        for (int i = 0; i < Ids.NODES; i++) {
            int number = Math.floorMod(joined + i, Ids.NODES);
            if (!taken.contains(number)) return number;
        }
        throw new StoreException(
                "there are " + Ids.NODES + " nodes already, the most there can be",
                new IllegalStateException("no number is free"),
                false);
    }

    /// Says that this node is alive. Joins anew when the others thought it was not, and says false.
    public boolean beat() {
        int known =
                store.write(
                        tx -> tx.update("update node set beats = beats + 1 where name = ?", name));
        if (known > 0) return true;
        log.warn("node={} was silent so long that the others took it for dead", name);
        join();
        return false;
    }

    /// The others, dead or alive.
    public List<Node> look() {
        return store.read(Nodes::all).stream().filter(node -> !node.name.equals(name)).toList();
    }

    /// Goes up with every change of that subject, on any node.
    public long changes(Tx.Subject subject) {
        return store.read(tx -> changes(tx, subject));
    }

    private static long changes(Tx tx, Tx.Subject subject) throws SQLException {
        return tx.first(
                        "select changes from subject where name = ?",
                        row -> row.number("changes"),
                        subject.word())
                .orElseThrow();
    }

    /// Forgets a node whose beats stand still; false when it beats, or is forgotten already.
    public boolean forget(Tx tx, Node dead) throws SQLException {
        return tx.update("delete from node where name = ? and beats = ?", dead.name, dead.beats)
                > 0;
    }

    void leave() {
        store.write(tx -> tx.update("delete from node where name = ?", name));
    }

    /// As [Store#settledBefore], for works of the other nodes: older than the oldest transaction
    /// that writes, as far as clocks agree.
    long settledElsewhere() {
        long now = clock.millis();
        return store.read(tx ->
                        tx.first(
                                """
                                select (select count(*) from node where name <> ?) as others,
                                  coalesce(max(ceil(extract(epoch from clock_timestamp() - xact_start))), 0)
                                    as seconds
                                from pg_stat_activity
                                where datname = current_database() and application_name = ?
                                  and pid <> pg_backend_pid()
                                """,
                                row ->
                                        row.number("others") == 0
                                                ? Long.MAX_VALUE
                                                : settled(now, row.number("seconds")),
                                name,
                                PostgresStore.APPLICATION))
                .orElseThrow();
    }

    private static long settled(long now, long seconds) {
        return Ids.firstAt(now - CLOCKS_DIFFER.plusSeconds(seconds).toMillis());
    }

    private static List<Node> all(Tx tx) throws SQLException {
        return tx.query(
                "select name, number, beats from node order by number",
                row -> new Node(row.string("name"), row.integer("number"), row.number("beats")));
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "node";
        }
    }
}
