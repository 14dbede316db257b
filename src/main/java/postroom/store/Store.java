package postroom.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/// Where everything is kept. Safe for use by many threads.
///
/// Errors of the database come as [StoreException]; nothing of that work is kept then.
public interface Store extends AutoCloseable {

    /// Runs the work in a transaction that it may share with others, and returns once it is
    /// durable. The work may run more than once and must have no effect but on its `Tx`.
    <T> T write(Work<T> work);

    /// As [#write], without waiting. The future fails with a [StoreException], or with whatever the
    /// work threw. Works that are under way at the same time may be done in any order.
    <T> CompletableFuture<T> writeLater(Work<T> work);

    /// Runs the work on a consistent snapshot; it sees all that was written before.
    <T> T read(Work<T> work);

    /// A new ID: positive, greater than those given out before on this node, unique over all nodes,
    /// and roughly ordered by time.
    long nextId();

    /// When an ID was given out, by the clock of then.
    static Instant timeOf(long id) {
        return Instant.ofEpochMilli(Ids.millisOf(id));
    }

    /// IDs given out at that time or later are not smaller than this.
    static long firstIdAt(Instant time) {
        return Ids.firstAt(Math.clamp(time.toEpochMilli(), 0, LATEST));
    }

    /// The latest time that fits into an ID.
    long LATEST = 4_102_444_800_000L; // 2100-01-01T00:00:00Z

    /// Events and whatever else got an ID below this one in a work is there to be read, or will
    /// never be: who reads by a cursor over IDs goes no further.
    default long settledBefore() {
        return Long.MAX_VALUE;
    }

    /// This process's name, unlike that of any other process that uses the same database.
    default String node() {
        return "node";
    }

    /// Writes that wait for a commit at the moment, for metrics.
    int writesWaiting();

    /// How large it is, for metrics.
    default Figures figures() {
        return Figures.UNKNOWN;
    }

    /// Makes what was erased unreadable and gives its space back, a small bite of it; for whoever
    /// erased something. Databases that do so by themselves have nothing to do here.
    default void giveBackSpace() {}

    /// @param size of the database, in octets; negative where nobody knows
    /// @param log of what is not in it yet
    /// @param reusable of the database, kept for what comes next
    /// @param diskFree where the database is
    record Figures(long size, long log, long reusable, long diskFree) {
        public static final Figures UNKNOWN = new Figures(-1, -1, -1, -1);
    }

    @Override
    void close();

    /// Statements that belong together.
    @FunctionalInterface
    interface Work<T extends @org.jspecify.annotations.Nullable Object> {
        T run(Tx tx) throws SQLException;
    }
}
