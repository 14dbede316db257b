package postroom.queue;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// Connections to services that several nodes count together: each open one is a numbered row, and
/// there are no more numbers than the limit. Whoever cannot wait until one ends by itself asks for
/// it: the next one is kept for them. A node that dies loses its rows with its claims. Safe for use
/// by many threads.
public final class Lines {

    private static final Logger log = LoggerFactory.getLogger(Lines.class);

    private final Store store;

    public Lines(Store store) {
        this.store = store;
    }

    /// A connection that may be open. Its ID tells it from a later one with the same number, that a
    /// node took which had been taken for dead meanwhile.
    public record Seat(long service, int number, long id) {}

    /// One more connection, until it is given back. Empty: all nodes together have as many as the
    /// limit allows, or somebody asked for those that are free.
    public Optional<Seat> take(long service, int limit) {
        return take(service, limit, tx -> asked(tx, service));
    }

    /// As [#take(long, int)], for whoever may have asked.
    public Optional<Seat> takeBeforeOthers(long service, int limit) {
        return take(service, limit, tx -> 0);
    }

    private Optional<Seat> take(long service, int limit, Store.Work<Integer> kept) {
        Optional<Seat> mine = Optional.empty();
        // a number that another node takes at the same moment is no longer free: look again
        for (int look = 0; look <= limit && mine.isEmpty(); look++) {
            var free = store.read(tx -> free(tx, service, limit, kept.run(tx)));
            if (free.isEmpty()) return Optional.empty();
            mine = taken(service, free.getAsInt());
        }
        return mine;
    }

    /// Asks all nodes for a connection, until the request is withdrawn.
    public long ask(long service) {
        long id = store.nextId();
        store.write(tx -> {
            tx.lock(Tx.Subject.LINES);
            return tx.update(
                    "insert into line_request (id, service_id, node) values (?, ?, ?)",
                    id,
                    service,
                    store.node());
        });
        return id;
    }

    public void withdraw(long request) {
        store.write(tx -> tx.update("delete from line_request where id = ?", request));
    }

    /// How many connections this node has to give up for those who asked: of each service that has
    /// none free the node with the most of them gives.
    public Map<Long, Integer> toGiveUp() {
        return store.read(tx -> {
            var wanted = new LinkedHashMap<Long, Integer>();
            for (var request :
                    tx.query(
                            "select service_id, count(*) as n from line_request group by"
                                    + " service_id",
                            row -> Map.entry(row.number("service_id"), row.integer("n"))))
                if (hasMost(tx, request.getKey())) wanted.put(request.getKey(), request.getValue());
            return wanted;
        });
    }

    private boolean hasMost(Tx tx, long service) throws SQLException {
        return tx.first(
                        """
                        select node from line where service_id = ?
                        group by node order by count(*) desc, node limit 1
                        """,
                        row -> row.string("node"),
                        service)
                .filter(store.node()::equals)
                .isPresent();
    }

    /// Returns once the others may have it, or when the database is away: then it is given back
    /// later.
    public void giveBack(Seat seat) {
        try {
            givenBack(seat).join();
        } catch (CompletionException trouble) {
            log.warn("a connection is not given back yet: {}", trouble.toString());
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> giveBack(seat));
        }
    }

    CompletableFuture<Integer> givenBack(Seat seat) {
        return store.writeLater(tx ->
                tx.update(
                        "delete from line where service_id = ? and seat = ? and id = ?",
                        seat.service,
                        seat.number,
                        seat.id));
    }

    /// For a node that is dead.
    static void giveBackAll(Tx tx, String node) throws SQLException {
        tx.update("delete from line where node = ?", node);
        tx.update("delete from line_request where node = ?", node);
    }

    private Optional<Seat> taken(long service, int number) {
        var seat = new Seat(service, number, store.nextId());
        int rows =
                store.write(tx ->
                        tx.update(
                                """
                                insert into line (service_id, seat, node, id) values (?, ?, ?, ?)
                                on conflict (service_id, seat) do nothing
                                """,
                                service,
                                number,
                                store.node(),
                                seat.id));
        return rows == 0 ? Optional.empty() : Optional.of(seat);
    }

    private static int asked(Tx tx, long service) throws SQLException {
        return tx.first(
                        "select count(*) as n from line_request where service_id = ?",
                        row -> row.integer("n"),
                        service)
                .orElseThrow();
    }

    private static OptionalInt free(Tx tx, long service, int limit, int kept) throws SQLException {
        var taken =
                new HashSet<>(
                        tx.query(
                                "select seat from line where service_id = ?",
                                row -> row.integer("seat"),
                                service));
        // after a limit was lowered, numbers above it count as well
        if (taken.size() + kept >= limit) return OptionalInt.empty();
        for (int seat = 1; seat <= limit; seat++)
            if (!taken.contains(seat)) return OptionalInt.of(seat);
        return OptionalInt.empty();
    }
}
