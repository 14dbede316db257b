package postroom.store;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One transaction on one connection. Statements are prepared once per connection and kept, so the
/// text of a statement must be constant: values go in as arguments.
///
/// Arguments may be `String`, `Long`, `Integer`, `Boolean`, `byte[]`, `Instant` (kept as
/// milliseconds since 1970), an `Optional` of these, or null. Belongs to the thread that runs the
/// work.
public final class Tx {

    private static final int NOWHERE = -1;

    private final Connection connection;
    private final boolean severalWriters;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final Map<String, Batch> batches = new LinkedHashMap<>();
    private int place = NOWHERE;
    private List<Runnable> afterCommit = new ArrayList<>();
    private boolean counted;
    private Optional<Actor> actor = Optional.empty();

    Tx(Connection connection, boolean severalWriters) {
        this.connection = connection;
        this.severalWriters = severalWriters;
    }

    /// True on PostgreSQL, where others write at the same time and each statement sees what was
    /// committed before it began. False on SQLite, where one writes after the other.
    public boolean severalWriters() {
        return severalWriters;
    }

    /// On whose behalf the work runs, if somebody asked for it.
    public Optional<Actor> actor() {
        return actor;
    }

    void actFor(Optional<Actor> somebody) {
        actor = somebody;
    }

    /// For a work that reads and then writes what it made of that; comes before the reading. Until
    /// the transaction ends nobody else, on any node, gets past this for the same subject, and all
    /// nodes hear that the subject changed.
    public void lock(Subject subject) throws SQLException {
        flush();
        update("update subject set changes = changes + 1 where name = ?", subject.word());
    }

    /// Statements that read and change the same subject take turns.
    public enum Subject {
        SERVICES,
        ROUTES,
        PEOPLE,
        NODES,
        LINES;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// Runs insert, update or delete and says how many rows it touched.
    public int update(String sql, @Nullable Object... arguments) throws SQLException {
        return bound(sql, arguments).executeUpdate();
    }

    /// As [#update], for what nobody counts. On PostgreSQL, where each statement is a round trip,
    /// the same statement of several works goes in one: before the next statement of its own work,
    /// and at the latest before the commit. What one work has to say is said in its order. What
    /// fails fails the work, as ever.
    public void later(String sql, @Nullable Object... arguments) throws SQLException {
        if (!severalWriters) {
            update(sql, arguments);
            return;
        }
        var before = batches.get(sql);
        if (before != null && before.place < place) flush();
        var batch = batches.get(sql);
        if (batch == null) {
            batch = new Batch(batches.size(), connection.prepareStatement(sql));
            batches.put(sql, batch);
        }
        bind(batch.statement, arguments);
        batch.statement.addBatch();
        place = batch.place;
    }

    private record Batch(int place, PreparedStatement statement) {}

    /// Another work begins in this transaction: works do not wait for each other.
    void beginWork() {
        place = NOWHERE;
    }

    /// What was to go later goes now, of all works: for a work that reads what others in its
    /// transaction may have written.
    public void flush() throws SQLException {
        for (var batch : batches.values()) {
            batch.statement.executeBatch();
            batch.statement.close();
        }
        batches.clear();
        place = NOWHERE;
    }

    /// For counting what the work did: runs once the work is durable, and never if it is not. Must
    /// be quick and may not fail. A store that nobody counts does not heed it, see [TalliedStore].
    public void afterCommit(Runnable count) {
        if (counted) afterCommit.add(count);
    }

    /// What was to run, for whoever runs it.
    List<Runnable> forgetAfterCommit() {
        counted = true;
        var forgotten = afterCommit;
        afterCommit = new ArrayList<>();
        return forgotten;
    }

    /// All rows of a query (or of a statement with `returning`), in the order of the database.
    public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... arguments)
            throws SQLException {
        var found = new ArrayList<T>();
        try (var rows = bound(sql, arguments).executeQuery()) {
            var row = new Row(rows);
            while (rows.next()) found.add(reader.read(row));
        }
        return found;
    }

    /// The first row, if there is one.
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... arguments)
            throws SQLException {
        try (var rows = bound(sql, arguments).executeQuery()) {
            return rows.next() ? Optional.of(reader.read(new Row(rows))) : Optional.empty();
        }
    }

    /// Makes a value out of one row.
    @FunctionalInterface
    public interface RowReader<T> {
        T read(Row row) throws SQLException;
    }

    /// One row of a result, by column name.
    public static final class Row {
        private final ResultSet rows;

        Row(ResultSet rows) {
            this.rows = rows;
        }

        public String string(String column) throws SQLException {
            var value = rows.getString(column);
            if (value == null) throw new SQLException("null in column " + column);
            return value;
        }

        public Optional<String> maybeString(String column) throws SQLException {
            return Optional.ofNullable(rows.getString(column));
        }

        public long number(String column) throws SQLException {
            return rows.getLong(column);
        }

        public int integer(String column) throws SQLException {
            return rows.getInt(column);
        }

        public Optional<Long> maybeNumber(String column) throws SQLException {
            long value = rows.getLong(column);
            return rows.wasNull() ? Optional.empty() : Optional.of(value);
        }

        public boolean flag(String column) throws SQLException {
            return rows.getBoolean(column);
        }

        public Instant time(String column) throws SQLException {
            return Instant.ofEpochMilli(rows.getLong(column));
        }

        public Optional<Instant> maybeTime(String column) throws SQLException {
            return maybeNumber(column).map(Instant::ofEpochMilli);
        }

        public byte[] bytes(String column) throws SQLException {
            var value = rows.getBytes(column);
            if (value == null) throw new SQLException("null in column " + column);
            return value;
        }
    }

    void close() throws SQLException {
        for (var statement : prepared.values()) statement.close();
        connection.close();
    }

    Connection connection() {
        return connection;
    }

    private PreparedStatement bound(String sql, @Nullable Object... arguments) throws SQLException {
        if (place != NOWHERE) flush();
        var statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        bind(statement, arguments);
        return statement;
    }

    private void bind(PreparedStatement statement, @Nullable Object... arguments)
            throws SQLException {
        for (int i = 0; i < arguments.length; i++) bind(statement, i + 1, arguments[i]);
    }

    private void bind(PreparedStatement statement, int index, @Nullable Object argument)
            throws SQLException {
        switch (argument) {
            case null -> statement.setNull(index, Types.NULL);
            case String text -> statement.setString(index, severalWriters ? storable(text) : text);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case Boolean flag -> statement.setBoolean(index, flag);
            case byte[] bytes -> statement.setBytes(index, bytes);
            case Instant time -> statement.setLong(index, time.toEpochMilli());
            case Optional<?> maybe -> bind(statement, index, maybe.orElse(null));
            default -> throw new SQLException("no way to store a " + argument.getClass().getName());
        }
    }

    // PostgreSQL: "invalid byte sequence for encoding UTF8: 0x00"
    private static String storable(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
    }
}
