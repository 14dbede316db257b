package postroom.event;

import postroom.event.Follower.Told;
import postroom.mail.QueueId;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What became of mail by the hour, and what went wrong: rows of their own, kept by reading the
/// events, so that nobody who looks has to count. Exact on every node, and as fresh as the events.
public final class HourlyCounts {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration KEPT = Duration.ofDays(40);
    private static final int EVENTS_AT_ONCE = 2_000;
    private static final int BATCHES_FOR_NOBODY = 200;

    private final Store store;
    private final InstantSource clock;
    private final Follower follower;

    public HourlyCounts(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.follower = new Follower(store, "hourly", EVENTS_AT_ONCE, this::count);
    }

    /// What became of the mail that was accepted in one hour.
    ///
    /// @param accepted messages
    /// @param sent recipients
    /// @param failed recipients
    public record Hour(Instant begins, long accepted, long sent, long failed) {}

    /// How often something went wrong with a service, whatever mail it was.
    ///
    /// @param said the code of the last diagnostic: `452 4.2.2`, `invalid_grant`, or nothing
    public record Trouble(long service, String advice, long deferred, long failed, String said) {
        public long times() {
            return deferred + failed;
        }
    }

    /// Reads what happened meanwhile; for whoever comes by regularly.
    public boolean catchUp() {
        return follower.catchUp(BATCHES_FOR_NOBODY);
    }

    /// The hours since then in which anything was accepted, in their order.
    public List<Hour> since(Instant time) {
        follower.catchUpForReader();
        return store.read(tx ->
                tx.query(
                        """
                        select hour, sum(accepted) as accepted, sum(sent) as sent, sum(failed) as failed
                        from hourly where hour >= ? group by hour order by hour
                        """,
                        row ->
                                new Hour(
                                        row.time("hour"),
                                        row.number("accepted"),
                                        row.number("sent"),
                                        row.number("failed")),
                        beginning(time)));
    }

    /// What went wrong since the hour of that time, the most frequent first.
    public List<Trouble> troubleSince(Instant time, int most) {
        follower.catchUpForReader();
        return store.read(tx ->
                tx.query(
                        """
                        select service_id, advice, sum(deferred) as deferred, sum(failed) as failed,
                          max(said) as said
                        from hourly_trouble where hour >= ? group by service_id, advice
                        order by sum(deferred) + sum(failed) desc, advice, service_id limit ?
                        """,
                        row ->
                                new Trouble(
                                        row.number("service_id"),
                                        row.string("advice"),
                                        row.number("deferred"),
                                        row.number("failed"),
                                        row.string("said")),
                        beginning(time),
                        most));
    }

    /// When the hour of that time began.
    public static Instant beginning(Instant time) {
        return Instant.ofEpochMilli(
                Math.floorDiv(time.toEpochMilli(), HOUR.toMillis()) * HOUR.toMillis());
    }

    private record Slot(Instant hour, long service) {}

    private record Wrong(Instant hour, long service, String advice) {}

    private static final class Counts {
        long accepted;
        long sent;
        long failed;
    }

    private static final class Times {
        long deferred;
        long failed;
        String said = "";
    }

    private Store.Work<?> count(Tx tx, List<Told> events) {
        var counts = new HashMap<Slot, Counts>();
        var wrongs = new HashMap<Wrong, Times>();
        for (var event : events) {
            if (event.message().isEmpty() || event.service().isEmpty()) continue;
            switch (event.type()) {
                case MESSAGE_ACCEPTED -> of(counts, event).accepted++;
                case MESSAGE_SENT -> of(counts, event).sent++;
                case MESSAGE_DEFERRED -> note(wrongs, event).deferred++;
                case MESSAGE_FAILED -> {
                    of(counts, event).failed++;
                    note(wrongs, event).failed++;
                }
                default -> {}
            }
        }
        return written -> write(written, counts, wrongs);
    }

    private static Counts of(Map<Slot, Counts> counts, Told event) {
        var accepted = event.message().map(QueueId::value).map(Store::timeOf).orElseThrow();
        var slot = new Slot(beginning(accepted), event.service().orElseThrow());
        return counts.computeIfAbsent(slot, _ -> new Counts());
    }

    // What nobody knows a remedy for is counted, too, under no name.
    private static Times note(Map<Wrong, Times> wrongs, Told event) {
        var data = event.data();
        var wrong =
                new Wrong(
                        beginning(event.at()),
                        event.service().orElseThrow(),
                        data.path("advice").asString(""));
        var times = wrongs.computeIfAbsent(wrong, _ -> new Times());
        times.said = code(data.path("diagnostic").asString(""));
        return times;
    }

    private static final Pattern CODE =
            Pattern.compile(
                    "[245]\\d\\d(?:[ -][245]\\.\\d{1,3}\\.\\d{1,3})?(?="
                            + " |$)|[a-z]{2,20}(?:_[a-z]{2,20}){1,3}(?=[ :]|$)");

    /// Never more of a diagnostic than its code: the rest may name a recipient.
    static String code(String diagnostic) {
        var code = CODE.matcher(diagnostic);
        return code.lookingAt() ? code.group() : "";
    }

    private boolean write(Tx tx, Map<Slot, Counts> counts, Map<Wrong, Times> wrongs)
            throws SQLException {
        for (var one : counts.entrySet())
            tx.update(
                    """
                    insert into hourly (hour, service_id, accepted, sent, failed) values (?, ?, ?, ?, ?)
                    on conflict (hour, service_id) do update set
                      accepted = hourly.accepted + excluded.accepted,
                      sent = hourly.sent + excluded.sent, failed = hourly.failed + excluded.failed
                    """,
                    one.getKey().hour,
                    one.getKey().service,
                    one.getValue().accepted,
                    one.getValue().sent,
                    one.getValue().failed);
        for (var one : wrongs.entrySet())
            tx.update(
                    """
                    insert into hourly_trouble (hour, service_id, advice, deferred, failed, said)
                    values (?, ?, ?, ?, ?, ?)
                    on conflict (hour, service_id, advice) do update set
                      deferred = hourly_trouble.deferred + excluded.deferred,
                      failed = hourly_trouble.failed + excluded.failed, said = excluded.said
                    """,
                    one.getKey().hour,
                    one.getKey().service,
                    one.getKey().advice,
                    one.getValue().deferred,
                    one.getValue().failed,
                    one.getValue().said);
        var old = clock.instant().minus(KEPT);
        tx.update("delete from hourly where hour < ?", old);
        tx.update("delete from hourly_trouble where hour < ?", old);
        return true;
    }
}
