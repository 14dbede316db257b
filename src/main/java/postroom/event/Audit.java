package postroom.event;

import postroom.store.Actor;
import postroom.store.Actor.Kind;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Who changed what, from where, before and after, without secrets. Every event that somebody
/// brought about comes here by itself; what is no event of its own is noted. Safe for use by many
/// threads.
public final class Audit {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

    private final Store store;
    private final InstantSource clock;

    Audit(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// What to look for; an empty text, or a time at the end of the world, asks for nothing.
    ///
    /// @param action `service.changed`, or `service` for all of its kind
    public record Filter(String who, String action, String subject, Instant since, Instant until) {
        public static final Filter NONE =
                new Filter("", "", "", Instant.EPOCH, Instant.ofEpochMilli(Long.MAX_VALUE / 2));
    }

    /// Notes a deed in the transaction that makes it true, on behalf of whoever that is for.
    public void note(Tx tx, Deed deed) throws SQLException {
        note(tx, tx.actor().orElse(Actor.POSTROOM), deed);
    }

    public void note(Tx tx, Actor actor, Deed deed) throws SQLException {
        tx.update(
                """
                insert into audit (id, at, who, kind, remote, action, subject, name, was, became)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                store.nextId(),
                clock.instant(),
                actor.name(),
                actor.kind().word(),
                actor.from(),
                deed.action(),
                deed.subject(),
                deed.name(),
                JSON.writeValueAsString(deed.difference().before()),
                JSON.writeValueAsString(deed.difference().after()));
    }

    /// Notes what is set otherwise than when this was last asked.
    ///
    /// @param shown the settings by their keys, without secrets
    public void noteSettings(Map<String, String> shown) {
        var now = JSON.valueToTree(new TreeMap<>(shown));
        store.write(tx -> {
            var before =
                    tx.first(
                            "select value from setting where name = 'shown'",
                            row -> JSON.readTree(row.string("value")));
            tx.update(
                    """
                    insert into setting (name, value) values ('shown', ?)
                    on conflict (name) do update set value = excluded.value
                    """,
                    now.toString());
            var difference = Difference.between(before.orElse(now), now);
            if (!difference.isEmpty()) note(tx, new Deed("settings.changed", "", "", difference));
            return true;
        });
    }

    /// An event's deed, if somebody brought it about: now, or when they asked for it some time ago.
    void heed(Tx tx, Deed deed, Map<String, Object> data) throws SQLException {
        if (tx.actor().isPresent()) note(tx, tx.actor().get(), deed);
        else if (data.get("by") instanceof String by) note(tx, formerly(by), deed);
    }

    private static Actor formerly(String by) {
        if (by.equals(Actor.POSTROOM.name())) return Actor.POSTROOM;
        return new Actor(by, by.startsWith("key ") ? Kind.KEY : Kind.PERSON, "");
    }

    /// Up to `most` entries after the cursor, oldest first.
    public List<AuditEntry> after(long cursor, Filter filter, int most) {
        long end = store.settledBefore();
        return store.read(tx ->
                tx.query(
                        """
                        select id, at, who, kind, remote, action, subject, name, was, became
                        from audit
                        where id > ? and id < ? and at >= ? and at < ? and (? = '' or who = ?)
                          and (? = '' or subject = ?) and (? = '' or action = ? or action like ?)
                        order by id limit ?
                        """,
                        Audit::read,
                        arguments(cursor, end, filter, most)));
    }

    /// Up to `most` entries before the cursor, newest first.
    public List<AuditEntry> before(long cursor, Filter filter, int most) {
        return store.read(tx ->
                tx.query(
                        """
                        select id, at, who, kind, remote, action, subject, name, was, became
                        from audit
                        where id > ? and id < ? and at >= ? and at < ? and (? = '' or who = ?)
                          and (? = '' or subject = ?) and (? = '' or action = ? or action like ?)
                        order by id desc limit ?
                        """,
                        Audit::read,
                        arguments(0, cursor, filter, most)));
    }

    private static Object[] arguments(long above, long below, Filter filter, int most) {
        return new Object[] {
            above,
            below,
            filter.since,
            filter.until,
            filter.who,
            filter.who,
            filter.subject,
            filter.subject,
            filter.action,
            filter.action,
            filter.action.replace("%", "").replace("_", "") + ".%",
            most
        };
    }

    /// Forgets what was done before `time` among the `most` oldest entries; says how many.
    public int eraseBefore(Instant time, int most) {
        return store.write(tx ->
                tx.update(
                        """
                        delete from audit where id in
                          (select id from (select id, at from audit order by id limit ?) as oldest
                           where at < ?)
                        """,
                        most,
                        time));
    }

    private static AuditEntry read(Tx.Row row) throws SQLException {
        var kind = Kind.valueOf(row.string("kind").toUpperCase(Locale.ROOT));
        var difference =
                new Difference(
                        JSON.readValue(row.string("was"), MAP),
                        JSON.readValue(row.string("became"), MAP));
        return new AuditEntry(
                row.number("id"),
                row.time("at"),
                new Actor(row.string("who"), kind, row.string("remote")),
                new Deed(
                        row.string("action"),
                        row.string("subject"),
                        row.string("name"),
                        difference));
    }
}
