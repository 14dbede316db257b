package postroom.queue;

import postroom.event.Deed;
import postroom.event.Difference;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.QueueId;
import postroom.queue.Change.Cancel;
import postroom.queue.Change.Hold;
import postroom.queue.Change.Outcome;
import postroom.queue.Change.Release;
import postroom.queue.Change.Reroute;
import postroom.queue.Change.Retry;
import postroom.queue.Change.Why;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Does to a message what an operator wants; what is being tried this moment is left alone.
final class Changing {
    private Changing() {}

    /// Changes one message in a transaction.
    static Outcome apply(Tx tx, EventLog events, Change change, QueueId id, Instant now)
            throws SQLException {
        int touched = touch(tx, events, change, id, now);
        return new Outcome(
                id,
                touched,
                touched > 0 ? Optional.empty() : Optional.of(why(tx, change, id, now)));
    }

    private static int touch(Tx tx, EventLog events, Change change, QueueId id, Instant now)
            throws SQLException {
        return switch (change) {
            case Retry _ -> retry(tx, events, id, now);
            case Hold _ -> hold(tx, events, id, now);
            case Release _ -> release(tx, events, id, now);
            case Cancel _ -> cancel(tx, events, id, now);
            case Reroute(long service) -> reroute(tx, events, id, service, now);
        };
    }

    private static int retry(Tx tx, EventLog events, QueueId id, Instant now) throws SQLException {
        int hurried =
                tx.update(
                        """
                        update recipient set due_at = ?
                        where message_id = ? and state in ('queued', 'deferred')
                          and coalesce(claimed_until, 0) <= ?
                        """,
                        now,
                        id.value(),
                        now);
        if (hurried > 0 && tx.actor().isPresent()) {
            var made = Difference.made(Map.of("recipients", hurried));
            events.audit().note(tx, new Deed("message.retried", id.toString(), "", made));
        }
        return hurried;
    }

    private static int hold(Tx tx, EventLog events, QueueId id, Instant now) throws SQLException {
        return move(tx, events, id, now, "held", "('queued', 'deferred')", EventType.MESSAGE_HELD);
    }

    private static int release(Tx tx, EventLog events, QueueId id, Instant now)
            throws SQLException {
        return move(tx, events, id, now, "queued", "('held')", EventType.MESSAGE_RELEASED);
    }

    private static int cancel(Tx tx, EventLog events, QueueId id, Instant now) throws SQLException {
        return move(
                tx,
                events,
                id,
                now,
                "cancelled",
                "('queued', 'deferred', 'held')",
                EventType.MESSAGE_CANCELLED);
    }

    private static int move(
            Tx tx,
            EventLog events,
            QueueId id,
            Instant now,
            String to,
            String from,
            EventType event)
            throws SQLException {
        Settling.lock(tx, id);
        var services =
                tx.query(
                        "update recipient set state = ?, due_at = case when attempts ="
                                + " 0 and due_at > ? then due_at else ? end, changed_at = ?"
                                + " where message_id = ? and coalesce(claimed_until, 0) <="
                                + " ? and state in "
                                + from
                                + " returning service_id",
                        row -> row.number("service_id"),
                        to,
                        now,
                        now,
                        now,
                        id.value(),
                        now);
        if (!services.isEmpty())
            events.append(
                    tx, event, id, services.getFirst(), Map.of("recipients", services.size()));
        Settling.markDone(tx, id, now);
        return services.size();
    }

    private static int reroute(Tx tx, EventLog events, QueueId id, long service, Instant now)
            throws SQLException {
        int moved =
                tx.update(
                        """
                        update recipient set service_id = ?, route = '', due_at =
                            case when attempts = 0 and due_at > ? then due_at else ? end,
                          closed_before =
                            (select closed_total + coalesce(? - closed_since, 0)
                             from service where id = ?)
                        where message_id = ? and state in ('queued', 'deferred', 'held')
                          and coalesce(claimed_until, 0) <= ? and service_id <> ?
                        """,
                        service,
                        now,
                        now,
                        now,
                        service,
                        id.value(),
                        now,
                        service);
        if (moved > 0)
            events.append(tx, EventType.MESSAGE_REROUTED, id, service, Map.of("recipients", moved));
        return moved;
    }

    private static Why why(Tx tx, Change change, QueueId id, Instant now) throws SQLException {
        Set<String> states = new TreeSet<>();
        var claimed =
                tx.query(
                        """
                        select state, coalesce(claimed_until, 0) > ? as claimed from recipient where message_id = ?
                        """,
                        row -> {
                            states.add(row.string("state"));
                            return row.flag("claimed");
                        },
                        now,
                        id.value());
        if (states.isEmpty()) return Why.NOT_FOUND;
        if (claimed.contains(true)) return Why.UNDER_WAY;
        boolean waits = states.contains("queued") || states.contains("deferred");
        return switch (change) {
            case Release _ -> waits ? Why.NOT_HELD : Why.DONE;
            case Reroute _ when waits || states.contains("held") -> Why.SAME_SERVICE;
            case Retry _, Hold _ when states.contains("held") -> Why.HELD;
            default -> Why.DONE;
        };
    }
}
