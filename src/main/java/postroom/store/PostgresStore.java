package postroom.store;

import org.flywaydb.core.api.FlywayException;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

/// One database for several nodes. A few writers of this node take what waits, some works at a time
/// into one transaction and one commit. Transactions are READ COMMITTED: a work that reads and then
/// writes locks its subject first ([Tx#lock]) or says in its statement what has to be true.
///
/// A work that lost a race runs once more. While the database is away every work fails within
/// seconds; once it is back, the next one finds it.
public final class PostgresStore implements Store {

    /// @param url `jdbc:postgresql://…`
    public record Login(String url, Optional<String> username, Optional<String> password) {
        @Override
        public String toString() {
            return shownUrl();
        }

        DataSource asDataSource() {
            var database = new PGSimpleDataSource();
            database.setUrl(url);
            username.ifPresent(database::setUser);
            password.ifPresent(database::setPassword);
            return database;
        }

        /// Without whatever parameters, a password among them perhaps.
        String shownUrl() {
            int question = url.indexOf('?');
            return question < 0 ? url : url.substring(0, question);
        }
    }

    static final String APPLICATION = "postroom";

    private static final int WRITERS = 4;
    private static final int READERS = 8;
    private static final int MOST_WORKS_PER_COMMIT = 64;
    private static final int MOST_RUNS = 6;
    private static final Duration LOOK_WHETHER_CLOSED = Duration.ofMillis(100);

    private static final Logger log = LoggerFactory.getLogger(PostgresStore.class);

    private final Login login;
    private final PostgresConnections connections;
    private final Ids ids;
    private final Nodes nodes;
    private final BlockingQueue<Pending<?>> waiting = new LinkedBlockingQueue<>();
    private final ConcurrentSkipListSet<Long> begun = new ConcurrentSkipListSet<>();
    private final Semaphore readers = new Semaphore(READERS);
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean closed;

    private PostgresStore(Login login, InstantSource clock) {
        this.login = login;
        Schema.make(login.asDataSource(), "postgres");
        this.connections = new PostgresConnections(login, WRITERS, READERS);
        this.ids = new Ids(clock, 0);
        this.nodes = new Nodes(this, ids, clock);
        for (int i = 0; i < WRITERS; i++)
            writers.add(Thread.ofVirtual().name("store-writer-" + i).start(this::writeUntilClosed));
    }

    /// Opens the database at that address, makes its schema where it is missing, and registers this
    /// process as a node.
    ///
    /// @throws StoreException when it does not answer or does not hold Postroom's schema
    public static PostgresStore open(Login login, InstantSource clock) {
        try {
            var store = new PostgresStore(login, clock);
            try {
                store.nodes.join();
            } catch (RuntimeException refused) {
                store.close();
                throw refused;
            }
            return store;
        } catch (FlywayException trouble) {
            throw new StoreException(
                    "cannot open " + login + ": " + innermost(trouble), trouble, false);
        }
    }

    /// What the database said, on one line, without what was wrapped around it.
    private static String innermost(Throwable trouble) {
        var innermost = trouble;
        while (innermost.getCause() != null) innermost = innermost.getCause();
        return String.valueOf(innermost.getMessage()).lines().findFirst().orElse("");
    }

    /// This process and the others that use the database.
    public Nodes nodes() {
        return nodes;
    }

    @Override
    public String node() {
        return nodes.name();
    }

    @Override
    public <T> T write(Work<T> work) {
        try {
            return writeLater(work).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) throw cause;
            throw failed;
        }
    }

    @Override
    public <T> CompletableFuture<T> writeLater(Work<T> work) {
        var pending = new Pending<T>(work);
        if (closed) pending.fail(isClosed());
        else waiting.add(pending);
        return pending.future;
    }

    @Override
    public <T> T read(Work<T> work) {
        if (closed) throw isClosed();
        try {
            readers.acquire();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted", interrupted, false);
        }
        try {
            return readOnce(work);
        } catch (SQLException trouble) {
            if (PostgresTrouble.of(trouble) != PostgresTrouble.UNREACHABLE)
                throw storeException(trouble);
            return readAgain(work);
        } finally {
            readers.release();
        }
    }

    // The connection may have been one that broke while nobody used it.
    private <T> T readAgain(Work<T> work) {
        try {
            return readOnce(work);
        } catch (SQLException trouble) {
            throw storeException(trouble);
        }
    }

    private <T> T readOnce(Work<T> work) throws SQLException {
        try (var connection = connections.toRead()) {
            var tx = new Tx(connection, true);
            try {
                return work.run(tx);
            } finally {
                rollback(connection);
            }
        }
    }

    @Override
    public long nextId() {
        return ids.next();
    }

    @Override
    public long settledBefore() {
        long next = ids.next();
        long here = begun.isEmpty() ? next : Math.min(next, begun.first());
        return Math.min(here, nodes.settledElsewhere());
    }

    @Override
    public int writesWaiting() {
        return waiting.size();
    }

    @Override
    public void close() {
        if (closed) return;
        try {
            nodes.leave();
        } catch (StoreException othersWillNotice) {
            log.warn("this node could not say goodbye: {}", othersWillNotice.getMessage());
        }
        closed = true;
        try {
            for (var writer : writers) writer.join();
            for (var late = waiting.poll(); late != null; late = waiting.poll())
                late.fail(isClosed());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        connections.close();
    }

    private void writeUntilClosed() {
        var group = new ArrayList<Pending<?>>(MOST_WORKS_PER_COMMIT);
        while (!closed || !waiting.isEmpty()) {
            try {
                var first = waiting.poll(LOOK_WHETHER_CLOSED.toMillis(), TimeUnit.MILLISECONDS);
                if (first == null) continue;
                group.add(first);
                waiting.drainTo(group, fairShare() - 1);
                commitTogether(group);
            } catch (InterruptedException interrupted) {
                return;
            } catch (RuntimeException unexpected) {
                log.error("the writer goes on after", unexpected);
            } finally {
                group.clear();
            }
        }
    }

    /// What one writer takes of what waits, so that the others have something to do, too.
    private int fairShare() {
        return Math.clamp(waiting.size() / WRITERS + 1, 1, MOST_WORKS_PER_COMMIT);
    }

    private void commitTogether(List<Pending<?>> group) {
        switch (commit(group)) {
            case Outcome.Kept kept -> group.forEach(Pending::succeed);
            case Outcome.Away(var why) -> group.forEach(pending -> pending.fail(why));
            case Outcome.Failed failed -> {
                if (group.size() == 1) commitAlone(group.getFirst(), failed);
                else for (var pending : group) commitTogether(List.of(pending));
            }
        }
    }

    private void commitAlone(Pending<?> pending, Outcome.Failed first) {
        var group = List.<Pending<?>>of(pending);
        Outcome outcome = first;
        for (int run = 2; run <= MOST_RUNS; run++) {
            if (!(outcome instanceof Outcome.Failed failed && failed.lostARace)) break;
            outcome = commit(group);
        }
        switch (outcome) {
            case Outcome.Kept kept -> pending.succeed();
            case Outcome.Away(var why) -> pending.fail(why);
            case Outcome.Failed(var why, _) -> pending.fail(why);
        }
    }

    private sealed interface Outcome {
        record Kept() implements Outcome {}

        record Away(StoreException why) implements Outcome {}

        record Failed(RuntimeException why, boolean lostARace) implements Outcome {}
    }

    /// One transaction, twice if the connection turns out to be dead before anything was committed.
    private Outcome commit(List<Pending<?>> group) {
        var id = ids.next();
        begun.add(id);
        try {
            for (boolean again = false; ; again = true) {
                var outcome = commitOnce(group, again);
                if (outcome.isPresent()) return outcome.get();
            }
        } finally {
            begun.remove(id);
        }
    }

    private Optional<Outcome> commitOnce(List<Pending<?>> group, boolean again) {
        boolean committing = false;
        try (var connection = connections.toWrite()) {
            try {
                var tx = new Tx(connection, true);
                for (var pending : group) pending.run(tx);
                tx.flush();
                committing = true;
                connection.commit();
                return Optional.of(new Outcome.Kept());
            } catch (SQLException | RuntimeException | Error trouble) {
                rollback(connection);
                throw trouble;
            }
        } catch (SQLException trouble) {
            var kind = PostgresTrouble.of(trouble);
            if (kind == PostgresTrouble.UNREACHABLE && !committing && !again)
                return Optional.empty();
            if (kind == PostgresTrouble.UNREACHABLE)
                return Optional.of(new Outcome.Away(storeException(trouble)));
            return Optional.of(
                    new Outcome.Failed(
                            storeException(trouble), kind == PostgresTrouble.LOST_A_RACE));
        } catch (RuntimeException thrown) {
            return Optional.of(new Outcome.Failed(thrown, false));
        } catch (Error thrown) {
            return Optional.of(
                    new Outcome.Failed(
                            new StoreException("the work failed: " + thrown, thrown, false),
                            false));
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException connectionIsGone) {
            // and the transaction with it
        }
    }

    private static StoreException isClosed() {
        return new StoreException("the store is closed", new IllegalStateException(), false);
    }

    private StoreException storeException(SQLException trouble) {
        return switch (PostgresTrouble.of(trouble)) {
            case UNREACHABLE ->
                    StoreException.unreachable(
                            "the database " + login + " does not answer: " + innermost(trouble),
                            trouble);
            case FULL -> new StoreException(login + ": " + innermost(trouble), trouble, true);
            case LOST_A_RACE, OTHER ->
                    new StoreException(login + ": " + innermost(trouble), trouble, false);
        };
    }
}
