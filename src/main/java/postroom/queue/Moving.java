package postroom.queue;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.QueueId;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// Mail that leaves a closed service for another one of its rule. How long it waited goes with it.
final class Moving {
    private Moving() {}

    static int move(Tx tx, EventLog events, Detour detour, Instant now, int most)
            throws SQLException {
        var moved =
                tx.query(
                        """
                        update recipient set service_id = ?, closed_before = closed_before
                          + (select closed_total + coalesce(? - closed_since, 0) from service where id = ?)
                          - coalesce((select closed_total + coalesce(? - closed_since, 0) from service
                              where id = recipient.service_id), 0)
                        where id in (
                          select id from recipient
                          where route = ? and route <> '' and service_id = ?
                            and state in ('queued', 'deferred') and coalesce(claimed_until, 0) <= ?
                          limit ?)
                          and state in ('queued', 'deferred') and coalesce(claimed_until, 0) <= ?
                        returning message_id
                        """,
                        row -> row.number("message_id"),
                        detour.to(),
                        now,
                        detour.to(),
                        now,
                        detour.route(),
                        detour.from(),
                        now,
                        most,
                        now);
        var perMessage = new TreeMap<Long, Integer>();
        for (long message : moved) perMessage.merge(message, 1, Integer::sum);
        for (var message : perMessage.entrySet())
            events.append(
                    tx,
                    EventType.MESSAGE_REROUTED,
                    new QueueId(message.getKey()),
                    detour.to(),
                    Map.of(
                            "recipients", message.getValue(),
                            "from_service", Long.toString(detour.from()),
                            "route", detour.route(),
                            "why", detour.why()));
        return moved.size();
    }
}
