package postroom.queue;

import postroom.queue.Claimed.LimitReached;
import postroom.service.Limits;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Counts what goes out of services that may send only so much. It is counted when it is claimed,
/// in the same transaction, so that neither a crash nor another node makes it more; what did not go
/// after all is given back to the slot it was taken from.
final class Quotas {
    private Quotas() {}

    /// How much may go now.
    ///
    /// @param reached the limit that leaves nothing
    record Left(int messages, int recipients, Optional<LimitReached> reached) {
        static final Left EVERYTHING =
                new Left(Integer.MAX_VALUE, Integer.MAX_VALUE, Optional.empty());

        Left without(int someMessages, int someRecipients) {
            return new Left(
                    Math.max(0, messages - someMessages),
                    Math.max(0, recipients - someRecipients),
                    reached);
        }
    }

    private record Slot(long began, long used) {}

    static boolean counts(Limits limits) {
        for (var quota : Quota.values()) if (quota.of(limits).isPresent()) return true;
        return false;
    }

    /// Until the transaction ends, nobody else counts for this service.
    static Left left(Tx tx, long service, Limits limits, Instant now) throws SQLException {
        if (!counts(limits)) return Left.EVERYTHING;
        tx.update(
                """
                insert into quota (service_id, quota, slot, used) values (?, 'lock', 0, 0)
                on conflict (service_id, quota, slot) do update set used = quota.used
                """,
                service);
        int messages = Integer.MAX_VALUE;
        int recipients = Integer.MAX_VALUE;
        Optional<LimitReached> reached = Optional.empty();
        for (var quota : Quota.values()) {
            var limit = quota.of(limits);
            if (limit.isEmpty()) continue;
            var slots = slots(tx, service, quota, now);
            int free = free(limit.getAsInt(), slots);
            if (free <= 0) {
                var until = until(quota, limit.getAsInt(), slots, now);
                if (reached.isEmpty() || reached.get().until().isBefore(until))
                    reached = Optional.of(new LimitReached(quota, limit.getAsInt(), until));
            }
            switch (quota) {
                case MESSAGES_PER_MINUTE -> messages = free;
                case RECIPIENTS_PER_DAY -> recipients = free;
            }
        }
        return new Left(messages, recipients, reached);
    }

    /// How many went within the window of the quota.
    static long used(Tx tx, long service, Quota quota, Instant now) throws SQLException {
        return slots(tx, service, quota, now).stream().mapToLong(Slot::used).sum();
    }

    /// When the service may send again that has reached the limit.
    static Instant until(Tx tx, long service, Quota quota, int limit, Instant now)
            throws SQLException {
        return until(quota, limit, slots(tx, service, quota, now), now);
    }

    static void charge(
            Tx tx, long service, Limits limits, Instant now, int messages, int recipients)
            throws SQLException {
        for (var quota : Quota.values()) {
            if (quota.of(limits).isEmpty()) continue;
            add(tx, service, quota, slotOf(quota, now), amount(quota, messages, recipients));
            tx.update(
                    "delete from quota where service_id = ? and quota = ? and slot < ?",
                    service,
                    quota.word(),
                    now.minus(quota.window()).minus(quota.slot()));
        }
    }

    /// Gives back what was charged for a claim that was made at that time.
    static void refund(Tx tx, long service, Instant claimed, int messages, int recipients)
            throws SQLException {
        for (var quota : Quota.values()) {
            int amount = amount(quota, messages, recipients);
            if (amount == 0) continue;
            tx.update(
                    """
                    update quota set used = used - ?
                    where service_id = ? and quota = ? and slot = ? and used >= ?
                    """,
                    amount,
                    service,
                    quota.word(),
                    slotOf(quota, claimed),
                    amount);
        }
    }

    private static void add(Tx tx, long service, Quota quota, long slot, int amount)
            throws SQLException {
        tx.update(
                """
                insert into quota (service_id, quota, slot, used) values (?, ?, ?, ?)
                on conflict (service_id, quota, slot) do update set used = quota.used + excluded.used
                """,
                service,
                quota.word(),
                slot,
                amount);
    }

    private static int amount(Quota quota, int messages, int recipients) {
        return switch (quota) {
            case MESSAGES_PER_MINUTE -> messages;
            case RECIPIENTS_PER_DAY -> recipients;
        };
    }

    // What lies further ahead than the window itself was counted before the clock was set back.
    private static List<Slot> slots(Tx tx, long service, Quota quota, Instant now)
            throws SQLException {
        return tx.query(
                """
                select slot, used from quota
                where service_id = ? and quota = ? and slot > ? and slot <= ? order by slot
                """,
                row -> new Slot(row.number("slot"), row.number("used")),
                service,
                quota.word(),
                now.minus(quota.window()).minus(quota.slot()),
                now.plus(quota.window()));
    }

    private static int free(int limit, List<Slot> slots) {
        return (int) Math.max(0, limit - slots.stream().mapToLong(Slot::used).sum());
    }

    private static Instant until(Quota quota, int limit, List<Slot> slots, Instant now) {
        long free = limit - slots.stream().mapToLong(Slot::used).sum();
        for (var slot : slots) {
            free += slot.used;
            if (free >= quota.worthwhile(limit))
                return Instant.ofEpochMilli(slot.began).plus(quota.slot()).plus(quota.window());
        }
        return now.plus(quota.window());
    }

    private static long slotOf(Quota quota, Instant at) {
        long length = quota.slot().toMillis();
        return at.toEpochMilli() / length * length;
    }
}
