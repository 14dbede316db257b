package postroom.queue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Connections to services that several nodes count together: each open one is a numbered row, and
/// there are no more numbers than the limit. A node that dies loses its rows with its claims. Safe
/// for use by many threads.
public final class Lines {

    private static final Logger log = LoggerFactory.getLogger(Lines.class);

    private final Store store;

    public Lines(Store store) {
        this.store = store;
    }

    /// One more connection, until it is given back.
    ///
    /// @return its number; empty: all nodes together have as many as the limit allows
    public OptionalInt take(long service, int limit) {
        var mine = OptionalInt.empty();
        // a number that another node takes at the same moment is no longer free: look again
        for (int look = 0; look <= limit && mine.isEmpty(); look++) {
            var free = store.read(tx -> free(tx, service, limit));
            if (free.isEmpty()) return OptionalInt.empty();
            mine = taken(service, free.getAsInt());
        }
        return mine;
    }

    public void giveBack(long service, int seat) {
        store.writeLater(tx ->
                        tx.update(
                                "delete from line where service_id = ? and seat = ? and node = ?",
                                service,
                                seat,
                                store.node()))
                .whenComplete((done, trouble) -> {
                    if (trouble == null) return;
                    log.warn("a connection is not given back yet: {}", trouble.toString());
                    CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
                            .execute(() -> giveBack(service, seat));
                });
    }

    /// For a node that is dead.
    static void giveBackAll(Tx tx, String node) throws SQLException {
        tx.update("delete from line where node = ?", node);
    }

    private OptionalInt taken(long service, int seat) {
        int rows =
                store.write(tx ->
                        tx.update(
                                """
                                insert into line (service_id, seat, node) values (?, ?, ?)
                                on conflict (service_id, seat) do nothing
                                """,
                                service,
                                seat,
                                store.node()));
        return rows == 0 ? OptionalInt.empty() : OptionalInt.of(seat);
    }

    private static OptionalInt free(Tx tx, long service, int limit) throws SQLException {
        var taken =
                new HashSet<>(
                        tx.query(
                                "select seat from line where service_id = ?",
                                row -> row.integer("seat"),
                                service));
        // after a limit was lowered, numbers above it count as well
        if (taken.size() >= limit) return OptionalInt.empty();
        for (int seat = 1; seat <= limit; seat++)
            if (!taken.contains(seat)) return OptionalInt.of(seat);
        return OptionalInt.empty();
    }
}
