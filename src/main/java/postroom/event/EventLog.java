package postroom.event;

import postroom.mail.QueueId;
import postroom.store.Store;
import postroom.store.Tx;
import postroom.tally.Tallies;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The timeline of everything. Safe for use by many threads.
public final class EventLog {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

    private final Store store;
    private final InstantSource clock;
    private final Tallies tallies;
    private final Audit audit;

    public EventLog(Store store, InstantSource clock) {
        this(store, clock, new Tallies());
    }

    /// @param tallies where what happens here is counted, too
    public EventLog(Store store, InstantSource clock, Tallies tallies) {
        this.store = store;
        this.clock = clock;
        this.tallies = tallies;
        this.audit = new Audit(store, clock);
    }

    /// What this process counted.
    public Tallies tallies() {
        return tallies;
    }

    /// Who changed what.
    public Audit audit() {
        return audit;
    }

    /// Writes what happened to a message, in the transaction that makes it true.
    public void append(
            Tx tx, EventType type, QueueId message, long service, Map<String, Object> data)
            throws SQLException {
        append(
                tx,
                type,
                Optional.of(message),
                OptionalLong.of(service),
                OptionalLong.empty(),
                data);
    }

    /// Writes what happened to whatever the event is about, in the transaction that makes it true.
    public void append(
            Tx tx,
            EventType type,
            Optional<QueueId> message,
            OptionalLong service,
            OptionalLong credential,
            Map<String, Object> data)
            throws SQLException {
        append(tx, type, message, service, credential, data, Difference.made(data));
    }

    /// As above; the audit shows what the change was, where somebody made one.
    public void append(
            Tx tx,
            EventType type,
            Optional<QueueId> message,
            OptionalLong service,
            OptionalLong credential,
            Map<String, Object> data,
            Difference difference)
            throws SQLException {
        tx.later(
                """
                insert into event (id, at, type, message_id, service_id, credential_id, data)
                values (?, ?, ?, ?, ?, ?, ?)
                """,
                store.nextId(),
                clock.instant(),
                type.word(),
                message.map(QueueId::value),
                service.isPresent() ? service.getAsLong() : null,
                credential.isPresent() ? credential.getAsLong() : null,
                JSON.writeValueAsString(data));
        if (type.isDeed())
            audit.heed(tx, Deed.of(type, message, service, credential, data, difference), data);
        tx.afterCommit(() -> Tallying.count(tallies, type, service, credential, data));
    }

    /// Up to `most` events after the cursor, oldest first.
    public List<Event> after(long cursor, int most) {
        long end = store.settledBefore();
        return store.read(tx ->
                tx.query(
                        """
                        select id, at, type, message_id, service_id, credential_id, data
                        from event where id > ? and id < ? order by id limit ?
                        """,
                        EventLog::read,
                        cursor,
                        end,
                        most));
    }

    /// The cursor behind the newest event.
    public long latest() {
        long end = store.settledBefore();
        return store.read(tx ->
                        tx.first(
                                "select max(id) as id from event where id < ?",
                                row -> row.number("id"),
                                end))
                .orElse(0L);
    }

    /// The newest events, newest first.
    public List<Event> newest(int most) {
        return store.read(tx ->
                tx.query(
                        """
                        select id, at, type, message_id, service_id, credential_id, data
                        from event order by id desc limit ?
                        """,
                        EventLog::read,
                        most));
    }

    /// One message's timeline, oldest first.
    public List<Event> ofMessage(QueueId message) {
        return store.read(tx ->
                tx.query(
                        """
                        select id, at, type, message_id, service_id, credential_id, data
                        from event where message_id = ? order by id limit 10000
                        """,
                        EventLog::read,
                        message.value()));
    }

    /// What happened to a service itself, newest first; looks at the newest events only.
    public List<Event> ofService(long service, int most) {
        return store.read(tx ->
                tx.query(
                        """
                        select id, at, type, message_id, service_id, credential_id, data from
                          (select id, at, type, message_id, service_id, credential_id, data
                           from event order by id desc limit 20000) as newest
                        where service_id = ? and message_id is null order by id desc limit ?
                        """,
                        EventLog::read,
                        service,
                        most));
    }

    /// How often each kind of event happened since then; looks at the newest `most` events only.
    public Map<EventType, Long> countSince(Instant since, int most) {
        return store.read(tx -> {
            var counts = new EnumMap<EventType, Long>(EventType.class);
            tx.query(
                    """
                    select type, count(*) as n from
                      (select type, at from event order by id desc limit ?) as newest
                    where at >= ? group by type
                    """,
                    row -> counts.put(EventType.of(row.string("type")), row.number("n")),
                    most,
                    since);
            return counts;
        });
    }

    /// One event, unless retention took it.
    public Optional<Event> find(long id) {
        return store.read(tx ->
                tx.first(
                        """
                        select id, at, type, message_id, service_id, credential_id, data
                        from event where id = ?
                        """,
                        EventLog::read,
                        id));
    }

    /// Forgets what happened before `time` among the `most` oldest events; says how many. IDs are
    /// in the order of time, so there is no need to look at more.
    public int eraseBefore(Instant time, int most) {
        return store.write(tx ->
                tx.update(
                        """
                        delete from event where id in
                          (select id from (select id, at from event order by id limit ?) as oldest
                           where at < ?)
                        """,
                        most,
                        time));
    }

    private static Event read(Tx.Row row) throws SQLException {
        return new Event(
                row.number("id"),
                row.time("at"),
                EventType.of(row.string("type")),
                row.maybeNumber("message_id").map(QueueId::new),
                row.maybeNumber("service_id"),
                row.maybeNumber("credential_id"),
                JSON.readValue(row.string("data"), MAP));
    }
}
