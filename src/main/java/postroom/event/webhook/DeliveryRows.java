package postroom.event.webhook;

import postroom.event.webhook.Delivery.State;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is owed to webhooks, and what came of it, in the database.
final class DeliveryRows {

    private DeliveryRows() {}

    static void insert(Tx tx, Delivery delivery) throws SQLException {
        tx.update(
                """
                insert into webhook_delivery (id, webhook_id, event_id, type, lane, state, attempts,
                  first_tried_at, tried_at, millis, status, answer, next_try_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                delivery.id(),
                delivery.webhook(),
                delivery.event(),
                delivery.type(),
                delivery.lane(),
                delivery.state().word(),
                delivery.attempts(),
                delivery.triedAt(),
                delivery.triedAt(),
                delivery.millis(),
                delivery.status(),
                delivery.answer(),
                delivery.nextTryAt().orElse(Instant.EPOCH));
    }

    static long waiting(Tx tx, long webhook) throws SQLException {
        return tx.first(
                        """
                        select count(*) as n from webhook_delivery where webhook_id = ? and state = 'waiting'
                        """,
                        row -> row.number("n"),
                        webhook)
                .orElse(0L);
    }

    /// What may be tried now: of each lane only its first, so that no event overtakes another.
    static List<Delivery> due(Tx tx, long webhook, Instant now, int most) throws SQLException {
        return tx.query(
                """
                select id, webhook_id, event_id, type, lane, state, attempts, tried_at, millis, status, answer,
                  next_try_at
                from webhook_delivery
                where webhook_id = ? and state = 'waiting' and next_try_at <= ?
                  and not exists
                    (select 1 from webhook_delivery as earlier
                     where earlier.webhook_id = webhook_delivery.webhook_id and earlier.state = 'waiting'
                       and earlier.lane = webhook_delivery.lane
                       and earlier.event_id < webhook_delivery.event_id)
                order by next_try_at, event_id limit ?
                """,
                DeliveryRows::read,
                webhook,
                now,
                most);
    }

    static Optional<Delivery> find(Tx tx, long webhook, long id) throws SQLException {
        return tx.first(
                """
                select id, webhook_id, event_id, type, lane, state, attempts, tried_at, millis, status, answer,
                  next_try_at
                from webhook_delivery where webhook_id = ? and id = ?
                """,
                DeliveryRows::read,
                webhook,
                id);
    }

    static List<Delivery> newest(Tx tx, long webhook, int most) throws SQLException {
        return tx.query(
                """
                select id, webhook_id, event_id, type, lane, state, attempts, tried_at, millis, status, answer,
                  next_try_at
                from webhook_delivery where webhook_id = ? order by id desc limit ?
                """,
                DeliveryRows::read,
                webhook,
                most);
    }

    static List<Delivery> ofMessage(Tx tx, long message, int most) throws SQLException {
        return tx.query(
                """
                select webhook_delivery.id as id, webhook_id, event_id, webhook_delivery.type as type, lane, state,
                  attempts, tried_at, millis, status, answer, next_try_at
                from event join webhook_delivery on webhook_delivery.event_id = event.id
                where event.message_id = ? order by event_id, webhook_delivery.id limit ?
                """,
                DeliveryRows::read,
                message,
                most);
    }

    /// To be tried at once, with three days anew.
    static void wake(Tx tx, long webhook, long id, Instant now) throws SQLException {
        tx.update(
                """
                update webhook_delivery set state = 'waiting', first_tried_at = null, next_try_at = ?
                where webhook_id = ? and id = ?
                """,
                now,
                webhook,
                id);
    }

    static void skipWaiting(Tx tx, long webhook) throws SQLException {
        tx.update(
                "delete from webhook_delivery where webhook_id = ? and state = 'waiting'", webhook);
    }

    /// Keeps so many of the newest of each outcome, so that failures are not lost among successes.
    static void forgetOld(Tx tx, long webhook, int kept) throws SQLException {
        for (var state : List.of(State.DONE, State.FAILED))
            tx.update(
                    """
                    delete from webhook_delivery where webhook_id = ? and state = ? and id not in
                      (select id from webhook_delivery where webhook_id = ? and state = ?
                       order by id desc limit ?)
                    """,
                    webhook,
                    state.word(),
                    webhook,
                    state.word(),
                    kept);
    }

    private static Delivery read(Tx.Row row) throws SQLException {
        var state = State.of(row.string("state"));
        return new Delivery(
                row.number("id"),
                row.number("webhook_id"),
                row.number("event_id"),
                row.string("type"),
                row.number("lane"),
                state,
                row.integer("attempts"),
                row.maybeTime("tried_at"),
                row.maybeNumber("millis"),
                row.maybeNumber("status"),
                row.maybeString("answer"),
                state == State.WAITING ? Optional.of(row.time("next_try_at")) : Optional.empty());
    }
}
