package postroom.access;

import postroom.store.Store;
import postroom.store.Tx;
import postroom.tally.Tallies;
import postroom.tally.Tally;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What became of the mail of each application in the last day. Counted in memory and added to the
/// database now and then, so that taking a message costs nothing more; what a process that died had
/// not written yet is missing here, and nowhere else.
public final class CredentialUse {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    /// The last use is shown for so long.
    private static final Duration KEPT = Duration.ofDays(400);

    private static final List<Tally> COUNTED =
            List.of(Tally.CREDENTIAL_ACCEPTED, Tally.CREDENTIAL_REJECTED, Tally.CREDENTIAL_FAILED);

    private final Store store;
    private final Tallies tallies;
    private final InstantSource clock;
    private final Map<Tally, Map<List<String>, Long>> written = new HashMap<>();

    public CredentialUse(Store store, Tallies tallies, InstantSource clock) {
        this.store = store;
        this.tallies = tallies;
        this.clock = clock;
    }

    /// The last 24 hours, to the hour.
    ///
    /// @param accepted messages
    /// @param rejected messages
    /// @param failed recipients that were given up
    /// @param lastAt when something was last counted, in the last year
    public record Use(long accepted, long rejected, long failed, Optional<Instant> lastAt) {
        public static final Use NONE = new Use(0, 0, 0, Optional.empty());
    }

    /// By the ID of the credential; those that were never used are not in it.
    public Map<Long, Use> lastDay() {
        write();
        var since = clock.instant().minus(DAY);
        return store.read(tx -> {
            var uses = new HashMap<Long, Use>();
            tx.query(
                    """
                    select credential_id, max(last_at) as last_at,
                      sum(case when hour >= ? then accepted else 0 end) as accepted,
                      sum(case when hour >= ? then rejected else 0 end) as rejected,
                      sum(case when hour >= ? then failed else 0 end) as failed
                    from credential_use group by credential_id
                    """,
                    row ->
                            uses.put(
                                    row.number("credential_id"),
                                    new Use(
                                            row.number("accepted"),
                                            row.number("rejected"),
                                            row.number("failed"),
                                            row.maybeTime("last_at"))),
                    since,
                    since,
                    since);
            return Map.copyOf(uses);
        });
    }

    /// Adds what was counted since the last time.
    public synchronized void write() {
        var more = new HashMap<Long, long[]>();
        var seen = new HashMap<Tally, Map<List<String>, Long>>();
        for (int i = 0; i < COUNTED.size(); i++) {
            var tally = COUNTED.get(i);
            var counts = tallies.counts(tally);
            seen.put(tally, counts);
            var before = written.getOrDefault(tally, Map.of());
            for (var count : counts.entrySet()) {
                long added = count.getValue() - before.getOrDefault(count.getKey(), 0L);
                if (added == 0 || !isId(count.getKey().getFirst())) continue;
                more.computeIfAbsent(
                                        Long.parseLong(count.getKey().getFirst()),
                                        _ -> new long[COUNTED.size()])[i] +=
                        added;
            }
        }
        if (more.isEmpty()) return;
        store.write(tx -> add(tx, more, clock.instant()));
        written.putAll(seen);
    }

    private static boolean isId(String label) {
        return label.matches("\\d{1,19}");
    }

    private static boolean add(Tx tx, Map<Long, long[]> more, Instant now) throws SQLException {
        long hour = now.toEpochMilli() - now.toEpochMilli() % HOUR.toMillis();
        for (var one : more.entrySet()) {
            tx.update(
                    """
                    insert into credential_use (credential_id, hour, accepted, rejected, failed, last_at)
                    values (?, ?, ?, ?, ?, ?)
                    on conflict (credential_id, hour) do update set
                      accepted = credential_use.accepted + excluded.accepted,
                      rejected = credential_use.rejected + excluded.rejected,
                      failed = credential_use.failed + excluded.failed, last_at = excluded.last_at
                    """,
                    one.getKey(),
                    hour,
                    one.getValue()[0],
                    one.getValue()[1],
                    one.getValue()[2],
                    now);
            // one row tells of the last use; the others only of their day
            tx.update(
                    """
                    delete from credential_use
                    where credential_id = ? and hour < ?
                    """,
                    one.getKey(),
                    hour - DAY.toMillis());
        }
        tx.update("delete from credential_use where hour < ?", now.minus(KEPT));
        return true;
    }
}
