package postroom.event;

import postroom.mail.QueueId;
import postroom.store.Store;
import postroom.store.StoreException;
import postroom.store.Tx;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Reads every event once, in their order, and keeps something up to date with what they say. How
/// far it got is moved on in the transaction that keeps what was made of them, and only from where
/// this reading began: of two nodes that read the same events, one counts them.
public final class Follower {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Store store;
    private final String name;
    private final int most;
    private final Reading reading;

    /// @param name under which the schema knows it
    /// @param most events to be read at once
    public Follower(Store store, String name, int most, Reading reading) {
        this.store = store;
        this.name = name;
        this.most = most;
        this.reading = reading;
    }

    /// Makes something of events.
    @FunctionalInterface
    public interface Reading {
        /// Reads what else is needed, and says what is to be written.
        Store.Work<?> read(Tx tx, List<Told> events) throws SQLException;
    }

    /// An event whose data nobody has looked at.
    public record Told(
            long id,
            Instant at,
            EventType type,
            Optional<QueueId> message,
            Optional<Long> service,
            String json) {

        public JsonNode data() {
            return JSON.readTree(json);
        }
    }

    /// Reads on until nothing is new, `times` times at most. What cannot be written now is read
    /// again next time.
    ///
    /// @return true when everything was read
    public boolean catchUp(int times) {
        try {
            for (int i = 0; i < times; i++) if (!follow(false)) return true;
        } catch (StoreException later) {
            return false;
        }
        return false;
    }

    /// Reads the newest for somebody who waits for it; nothing where more than one batch is left,
    /// as after an upgrade: that is for whoever comes by regularly.
    public void catchUpForReader() {
        try {
            follow(true);
        } catch (StoreException readNextTime) {
            // what was found so far is shown
        }
    }

    private record Batch(long from, List<Told> events, Store.Work<?> work) {}

    /// @return true when there may be more
    private boolean follow(boolean onlyIfFew) {
        long end = store.settledBefore();
        var batch = store.read(tx -> batch(tx, end, onlyIfFew));
        if (batch.events.isEmpty()) return false;
        store.write(tx -> {
            boolean ours =
                    tx.update(
                                    "update follower set read_to = ? where name = ? and read_to ="
                                            + " ?",
                                    batch.events.getLast().id,
                                    name,
                                    batch.from)
                            > 0;
            if (ours) batch.work.run(tx);
            return true;
        });
        return batch.events.size() == most;
    }

    private Batch batch(Tx tx, long end, boolean onlyIfFew) throws SQLException {
        long from =
                tx.first(
                                "select read_to from follower where name = ?",
                                row -> row.number("read_to"),
                                name)
                        .orElseThrow(() -> new SQLException("no follower " + name));
        var events =
                tx.query(
                        """
                        select id, at, type, message_id, service_id, data
                        from event where id > ? and id < ? order by id limit ?
                        """,
                        row ->
                                new Told(
                                        row.number("id"),
                                        row.time("at"),
                                        EventType.of(row.string("type")),
                                        row.maybeNumber("message_id").map(QueueId::new),
                                        row.maybeNumber("service_id"),
                                        row.string("data")),
                        from,
                        end,
                        most);
        boolean tooMany = onlyIfFew && events.size() == most;
        if (events.isEmpty() || tooMany) return new Batch(from, List.of(), _ -> true);
        return new Batch(from, events, reading.read(tx, events));
    }
}
