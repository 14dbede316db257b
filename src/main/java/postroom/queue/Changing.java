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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Does to a message what an operator wants; what is being tried this moment is left alone.
final class Changing {

    /// Stands before the name of the rule where somebody chose another service than the rule did;
    /// no name of a rule begins like that.
    static final String BY_HAND = " ";

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
            case Retry(boolean scheduledToo) -> retry(tx, events, id, scheduledToo, now);
            case Hold _ -> hold(tx, events, id, now);
            case Release _ -> release(tx, events, id, now);
            case Cancel _ -> cancel(tx, events, id, now);
            case Reroute(long service) -> reroute(tx, events, id, service, now);
        };
    }

    private static int retry(Tx tx, EventLog events, QueueId id, boolean scheduledToo, Instant now)
            throws SQLException {
        int hurried =
                tx.update(
                        """
                        update recipient set due_at = ?
                        where message_id = ? and state in ('queued', 'deferred')
                          and coalesce(claimed_until, 0) <= ? and not (attempts = 0 and due_at > ?)
                        """,
                        now,
                        id.value(),
                        now,
                        now);
        if (hurried > 0 && tx.actor().isPresent()) {
            var made = Difference.made(Map.of("recipients", hurried));
            events.audit().note(tx, new Deed("message.retried", id.toString(), "", made));
        }
        return scheduledToo ? hurried + callFor(tx, events, id, now) : hurried;
    }

    /// Before its time.
    private static int callFor(Tx tx, EventLog events, QueueId id, Instant now)
            throws SQLException {
        var scheduled =
                tx.query(
                        """
                        select service_id, due_at from recipient
                        where message_id = ? and state in ('queued', 'deferred')
                          and coalesce(claimed_until, 0) <= ? and attempts = 0 and due_at > ?
                        limit 1
                        """,
                        row -> new Scheduled(row.number("service_id"), row.time("due_at")),
                        id.value(),
                        now,
                        now);
        if (scheduled.isEmpty()) return 0;
        int called =
                tx.update(
                        """
                        update recipient set due_at = ?, accepted_at = ?
                        where message_id = ? and state in ('queued', 'deferred')
                          and coalesce(claimed_until, 0) <= ? and attempts = 0 and due_at > ?
                        """,
                        now,
                        now,
                        id.value(),
                        now,
                        now);
        var first = scheduled.getFirst();
        events.append(
                tx,
                EventType.MESSAGE_RETRIED,
                id,
                first.service,
                Map.of("recipients", called, "send_at", first.at.toString()));
        return called;
    }

    private record Scheduled(long service, Instant at) {}

    // While it is held, closed_before is less than nothing by how long it waited for its service.
    private static int hold(Tx tx, EventLog events, QueueId id, Instant now) throws SQLException {
        Settling.lock(tx, id);
        var services =
                tx.query(
                        """
                        update recipient set state = 'held', changed_at = ?, closed_before = closed_before
                          - coalesce((select closed_total + coalesce(? - closed_since, 0) from service
                              where id = recipient.service_id), 0)
                        where message_id = ? and coalesce(claimed_until, 0) <= ?
                          and state in ('queued', 'deferred')
                        returning service_id
                        """,
                        row -> row.number("service_id"),
                        now,
                        now,
                        id.value(),
                        now);
        return told(tx, events, EventType.MESSAGE_HELD, id, services);
    }

    // As old as it was when it was held.
    private static int release(Tx tx, EventLog events, QueueId id, Instant now)
            throws SQLException {
        Settling.lock(tx, id);
        var services =
                tx.query(
                        """
                        update recipient set state = 'queued', changed_at = ?,
                          due_at = case when attempts = 0 and due_at > ? then due_at else ? end,
                          accepted_at = case when accepted_at >= ? or changed_at >= ? then accepted_at
                            when accepted_at >= changed_at then ? else accepted_at + ? - changed_at end,
                          closed_before = closed_before
                            + coalesce((select closed_total + coalesce(? - closed_since, 0) from service
                                where id = recipient.service_id), 0)
                        where message_id = ? and state = 'held'
                        returning service_id
                        """,
                        row -> row.number("service_id"),
                        now,
                        now,
                        now,
                        now,
                        now,
                        now,
                        now,
                        now,
                        id.value());
        return told(tx, events, EventType.MESSAGE_RELEASED, id, services);
    }

    private static int cancel(Tx tx, EventLog events, QueueId id, Instant now) throws SQLException {
        Settling.lock(tx, id);
        var services =
                tx.query(
                        """
                        update recipient set state = 'cancelled', changed_at = ?
                        where message_id = ? and coalesce(claimed_until, 0) <= ?
                          and state in ('queued', 'deferred', 'held')
                        returning service_id
                        """,
                        row -> row.number("service_id"),
                        now,
                        id.value(),
                        now);
        if (!services.isEmpty()) Settling.markDone(tx, id, now);
        return told(tx, events, EventType.MESSAGE_CANCELLED, id, services);
    }

    private static int told(
            Tx tx, EventLog events, EventType event, QueueId id, List<Long> services)
            throws SQLException {
        if (!services.isEmpty())
            events.append(
                    tx, event, id, services.getFirst(), Map.of("recipients", services.size()));
        return services.size();
    }

    private static int reroute(Tx tx, EventLog events, QueueId id, long service, Instant now)
            throws SQLException {
        var from =
                tx.query(
                        """
                        select distinct service_id from recipient
                        where message_id = ? and state in ('queued', 'deferred', 'held') and service_id <> ?
                        """,
                        row -> row.number("service_id"),
                        id.value(),
                        service);
        int moved = 0;
        for (long other : from) moved += reroute(tx, events, id, other, service, now);
        return moved;
    }

    // How long it waited goes with it; of what is held, that stands in closed_before already. The
    // rule goes with it as well, since it says how mail leaves, but moves it no more.
    private static int reroute(
            Tx tx, EventLog events, QueueId id, long from, long service, Instant now)
            throws SQLException {
        int moved =
                tx.update(
                        """
                        update recipient set service_id = ?,
                          route = case when route = '' then '' else ? || trim(route) end,
                          due_at = case when attempts = 0 and due_at > ? then due_at else ? end,
                          closed_before = case when state = 'held' then closed_before else closed_before
                            + (select closed_total + coalesce(? - closed_since, 0) from service where id = ?)
                            - coalesce((select closed_total + coalesce(? - closed_since, 0) from service
                                where id = recipient.service_id), 0) end
                        where message_id = ? and state in ('queued', 'deferred', 'held')
                          and coalesce(claimed_until, 0) <= ? and service_id = ?
                        """,
                        service,
                        BY_HAND,
                        now,
                        now,
                        now,
                        service,
                        now,
                        id.value(),
                        now,
                        from);
        if (moved > 0)
            events.append(
                    tx,
                    EventType.MESSAGE_REROUTED,
                    id,
                    service,
                    Map.of("recipients", moved, "from_service", Long.toString(from)));
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
            case Retry _ when waits -> Why.SCHEDULED;
            case Retry _, Hold _ when states.contains("held") -> Why.HELD;
            default -> Why.DONE;
        };
    }
}
