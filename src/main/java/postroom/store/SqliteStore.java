package postroom.store;

import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;

/// One file, one writer. All writes go through one thread, which takes whatever waits (up to 256
/// works) into one transaction and one fsync (WAL, synchronous=FULL), so that fifty waiting clients
/// cost one commit. Readers have connections of their own and never wait for the writer.
public final class SqliteStore implements Store {

    private static final int MOST_WORKS_PER_COMMIT = 256;
    private static final int READERS = 4;

    /// Rare checkpoints: 64 MB of log; about 3 ms instead of 10 ms at the 99th percentile of a
    /// commit.
    private static final int PAGES_PER_CHECKPOINT = 16_000;

    /// 2 MB at once, so that no writer waits long, and at most 1 GB in one go.
    private static final int PAGES_PER_BITE = 512;

    private static final int BITES = 512;

    /// 16 MB are not worth the trouble.
    private static final int PAGES_KEPT = 4_096;

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Logger log = LoggerFactory.getLogger(SqliteStore.class);

    private final Path file;
    private final DatabaseLock lock;
    private final SQLiteDataSource database;
    private final Ids ids;
    private final BlockingQueue<Pending<?>> waiting = new LinkedBlockingQueue<>();
    private final BlockingQueue<Tx> readers = new ArrayBlockingQueue<>(READERS);
    private final Tx writer;
    private final Thread thread;
    private volatile boolean closed;

    private SqliteStore(Path file, DatabaseLock lock, InstantSource clock) throws SQLException {
        this.file = file;
        this.lock = lock;
        this.database = database(file);
        this.ids = new Ids(clock, 0);
        Schema.make(database, "sqlite");
        this.writer = new Tx(connect(), false);
        ids.startAbove(greatestId());
        execute("pragma wal_autocheckpoint = " + PAGES_PER_CHECKPOINT);
        for (int i = 0; i < READERS; i++) readers.add(new Tx(connect(), false));
        this.thread = Thread.ofPlatform().name("store-writer").start(this::writeUntilClosed);
    }

    /// Opens the database in that file, making file and schema where they are missing.
    ///
    /// @throws StoreException when the file cannot be opened, is in use by another server or does
    ///   not hold Postroom's schema
    public static SqliteStore open(Path file, InstantSource clock) {
        var lock = DatabaseLock.take(file);
        try {
            makeForOwnerOnly(file);
            if (sizeOf(file) == 0) letItShrink(file);
            return new SqliteStore(file, lock, clock);
        } catch (SQLException | IOException | FlywayException trouble) {
            lock.close();
            throw new StoreException(
                    "cannot open " + file + ": " + innermost(trouble).getMessage(), trouble, false);
        }
    }

    /// What the database said, without what was wrapped around it.
    private static Throwable innermost(Throwable trouble) {
        var innermost = trouble;
        while (innermost.getCause() != null) innermost = innermost.getCause();
        return innermost;
    }

    /// Mail is nobody else's business; SQLite gives its other files the same mode.
    static void makeForOwnerOnly(Path file) throws IOException {
        if (Files.exists(file)) return;
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix"))
            Files.createFile(file, OWNER_ONLY);
    }

    /// Has to be said before the first table; restoring a backup says it for older databases.
    private static void letItShrink(Path file) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("pragma auto_vacuum = incremental");
            statement.execute("vacuum");
        }
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
        var tx = borrowReader();
        try {
            tx.connection().setAutoCommit(false);
            try {
                return work.run(tx);
            } finally {
                tx.connection().rollback();
                tx.connection().setAutoCommit(true);
            }
        } catch (SQLException trouble) {
            throw storeException(trouble);
        } finally {
            readers.add(tx);
        }
    }

    @Override
    public long nextId() {
        return ids.next();
    }

    @Override
    public int writesWaiting() {
        return waiting.size();
    }

    @Override
    public Figures figures() {
        return new Figures(
                sizeOf(file),
                sizeOf(Path.of(file + "-wal")),
                read(tx -> pragma(tx, "freelist_count") * pragma(tx, "page_size")),
                file.toAbsolutePath().toFile().getUsableSpace());
    }

    private static long sizeOf(Path path) {
        return path.toFile().length(); // 0 while there is no such file
    }

    private static long pragma(Tx tx, String name) throws SQLException {
        return tx.first("pragma " + name, row -> row.number(name)).orElse(0L);
    }

    /// Free pages are used again; more of them than a quarter of the file are given back to the
    /// disk, in bites. Erased pages are overwritten when they are freed, and what the log still
    /// holds of them goes with it, unless a reader needs it: then the next bite does.
    @Override
    public void giveBackSpace() {
        for (int bite = 0; bite < BITES && read(SqliteStore::hasTooMuch); bite++)
            write(SqliteStore::giveBackPages);
        if (sizeOf(Path.of(file + "-wal")) == 0) return;
        try {
            var checkpoint = new Tx(connect(), false);
            try {
                checkpoint.query("pragma busy_timeout = 0", _ -> true);
                checkpoint.query("pragma wal_checkpoint(truncate)", _ -> true);
            } finally {
                checkpoint.close();
            }
        } catch (SQLException busy) {
            log.debug("the log is emptied next time: {}", busy.getMessage());
        }
    }

    private static boolean giveBackPages(Tx tx) throws SQLException {
        // A page is given back with each step of this statement, and only this kind makes them all.
        try (var statement = tx.connection().createStatement()) {
            statement.executeUpdate("pragma incremental_vacuum(" + PAGES_PER_BITE + ")");
        }
        return true;
    }

    private static boolean hasTooMuch(Tx tx) throws SQLException {
        long free = pragma(tx, "freelist_count");
        return free > PAGES_KEPT
                && free > pragma(tx, "page_count") / 4
                && pragma(tx, "auto_vacuum") == 2;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        waiting.add(new Pending<>(tx -> true)); // wakes the writer, which then finishes what waits
        try {
            thread.join();
            for (var late = waiting.poll(); late != null; late = waiting.poll())
                late.fail(isClosed());
            writer.close();
            for (int i = 0; i < READERS; i++) readers.take().close();
            lock.close();
        } catch (SQLException closingFailed) {
            throw storeException(closingFailed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeUntilClosed() {
        var group = new ArrayList<Pending<?>>(MOST_WORKS_PER_COMMIT);
        while (!closed || !waiting.isEmpty()) {
            try {
                group.add(waiting.take());
                waiting.drainTo(group, MOST_WORKS_PER_COMMIT - 1);
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

    private void commitTogether(List<Pending<?>> group) {
        try {
            execute("begin immediate");
            for (var pending : group) pending.run(writer);
            execute("commit");
            for (var pending : group) pending.succeed();
        } catch (SQLException | RuntimeException | Error trouble) {
            rollback();
            if (group.size() == 1) group.getFirst().fail(asUnchecked(trouble));
            else for (var pending : group) commitTogether(List.of(pending));
        }
    }

    private long greatestId() throws SQLException {
        return writer.first(
                        """
                        select max(id) as id from (
                          select max(id) as id from event
                          union all select max(id) from message
                          union all select max(id) from recipient) as given
                        """,
                        row -> row.number("id"))
                .orElse(0L);
    }

    private void execute(String sql) throws SQLException {
        try (var statement = writer.connection().createStatement()) {
            statement.execute(sql);
        }
    }

    private void rollback() {
        try {
            execute("rollback");
        } catch (SQLException nothingWasOpen) {
            // SQLite rolls back by itself on some errors, a full disk among them
        }
    }

    private Tx borrowReader() {
        try {
            return readers.take();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted", interrupted, false);
        }
    }

    private Connection connect() throws SQLException {
        return database.getConnection();
    }

    private static SQLiteDataSource database(Path file) {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(10_000);
        config.setCacheSize(-32_000);
        config.setPragma(
                SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, String.valueOf(256L * 1024 * 1024));
        // Erased is erased: what is freed is overwritten with zeros.
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "on");
        // Nobody asks for them, and the driver would ask the database after each insert.
        config.setGetGeneratedKeys(false);
        var database = new SQLiteDataSource(config);
        database.setUrl("jdbc:sqlite:" + file);
        return database;
    }

    private static StoreException isClosed() {
        return new StoreException("the store is closed", new IllegalStateException(), false);
    }

    private RuntimeException asUnchecked(Throwable trouble) {
        return switch (trouble) {
            case SQLException sql -> storeException(sql);
            case RuntimeException unchecked -> unchecked;
            default -> new StoreException("the work failed: " + trouble, trouble, false);
        };
    }

    private StoreException storeException(SQLException trouble) {
        boolean full =
                trouble instanceof SQLiteException sqlite
                        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL
                                || sqlite.getResultCode().code % 256
                                        == SQLiteErrorCode.SQLITE_IOERR.code);
        return new StoreException(file + ": " + trouble.getMessage(), trouble, full);
    }
}
