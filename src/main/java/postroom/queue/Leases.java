package postroom.queue;

import postroom.mail.QueueId;
import postroom.mail.ReportWish;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which node may try which recipients, and until when. On SQLite there is one node and one writer.
/// On PostgreSQL nobody waits for a row that somebody else has in hand, and what a living node
/// holds stays its own even while it could not renew: the database was away, for all of them. What
/// a dead one held is given back by whoever finds it dead, or taken here.
final class Leases {

    private final String node;

    Leases(String node) {
        this.node = node;
    }

    /// @param until when the lease ends
    record Lease(long service, Instant now, Instant until) {}

    /// @param heldBy another node that is gone, whose attempt may have got anywhere
    record Due(
            long id,
            long message,
            long turn,
            String route,
            String address,
            int attempts,
            Optional<String> advice,
            Instant changedAt,
            ReportWish wish,
            int recipients,
            Optional<String> heldBy) {

        Interrupted interrupted(long service) {
            return new Interrupted(new QueueId(message), address, service);
        }
    }

    /// Up to `most` due recipients of one turn, oldest due first.
    List<Due> take(Tx tx, Lease lease, long turn, int most) throws SQLException {
        if (tx.severalWriters())
            return tx.query(
                    """
                      with due as (
                        select id, nullif(claimed_by, ?) as held_by from recipient
                        where service_id = ? and turn = ? and state in ('queued', 'deferred') and due_at <= ?
                          and (claimed_by is null or claimed_by = ?
                            or not exists (select 1 from node where node.name = recipient.claimed_by))
                        order by due_at limit ? for update of recipient skip locked)
                      update recipient set due_at = ?, claimed_by = ?, claimed_until = ?
                      from due where recipient.id = due.id
                      returning recipient.id as id, message_id, turn, route, address, attempts, advice, changed_at, notify,
                    original_recipient,
                        (select recipients from message where message.id = recipient.message_id) as recipients,
                        due.held_by as held_by
                    """,
                    Leases::due,
                    node,
                    lease.service,
                    turn,
                    lease.now,
                    node,
                    most,
                    lease.until,
                    node,
                    lease.until);
        return tx.query(
                """
                update recipient set due_at = ?, claimed_by = ?, claimed_until = ?
                where id in (
                  select id from recipient
                  where service_id = ? and turn = ? and state in ('queued', 'deferred') and due_at <= ?
                  order by due_at limit ?)
                returning id, message_id, turn, route, address, attempts, advice, changed_at, notify,
                  original_recipient,
                  (select recipients from message where message.id = recipient.message_id) as recipients,
                  null as held_by
                """,
                Leases::due,
                lease.until,
                node,
                lease.until,
                lease.service,
                turn,
                lease.now,
                most);
    }

    /// What else of that message is due, up to `most`.
    List<Due> takeRest(Tx tx, long message, Lease lease, int most) throws SQLException {
        if (most < 1) return List.of();
        if (tx.severalWriters())
            return tx.query(
                    """
                      with due as (
                        select id, nullif(claimed_by, ?) as held_by from recipient
                        where message_id = ? and service_id = ? and state in ('queued', 'deferred')
                          and due_at <= ?
                          and (claimed_by is null or claimed_by = ?
                            or not exists (select 1 from node where node.name = recipient.claimed_by))
                        order by id limit ? for update of recipient skip locked)
                      update recipient set due_at = ?, claimed_by = ?, claimed_until = ?
                      from due where recipient.id = due.id
                      returning recipient.id as id, message_id, turn, route, address, attempts, advice, changed_at, notify,
                    original_recipient,
                        0 as recipients, due.held_by as held_by
                    """,
                    Leases::due,
                    node,
                    message,
                    lease.service,
                    lease.now,
                    node,
                    most,
                    lease.until,
                    node,
                    lease.until);
        return tx.query(
                """
                update recipient set due_at = ?, claimed_by = ?, claimed_until = ?
                where id in (
                  select id from recipient
                  where message_id = ? and service_id = ? and state in ('queued', 'deferred') and due_at <= ?
                  order by id limit ?)
                returning id, message_id, turn, route, address, attempts, advice, changed_at, notify,
                  original_recipient, 0 as recipients,
                  null as held_by
                """,
                Leases::due,
                lease.until,
                node,
                lease.until,
                message,
                lease.service,
                lease.now,
                most);
    }

    /// A recipient that is being settled this moment needs no new lease.
    int renew(Tx tx, long recipient, Instant until) throws SQLException {
        if (tx.severalWriters())
            return tx.update(
                    """
                    update recipient set due_at = ?, claimed_until = ?
                    where id in (
                      select id from recipient
                      where id = ? and claimed_by = ? and state in ('queued', 'deferred')
                      for update skip locked)
                    """,
                    until,
                    until,
                    recipient,
                    node);
        return tx.update(
                """
                update recipient set due_at = ?, claimed_until = ?
                where id = ? and claimed_by = ? and state in ('queued', 'deferred')
                """,
                until,
                until,
                recipient,
                node);
    }

    /// What a node held when it ended. A transaction that it left open may have some of it locked
    /// still: that is taken when its lease has ended.
    List<Interrupted> giveBackAll(Tx tx, String dead, Instant now) throws SQLException {
        if (tx.severalWriters())
            return tx.query(
                    """
                    update recipient set state = 'deferred', due_at = ?, claimed_by = null,
                      claimed_until = null, diagnostic = ?, advice = null, changed_at = ?
                    where id in (
                      select id from recipient where claimed_by = ? and state in ('queued', 'deferred')
                      for update skip locked)
                    returning message_id, address, service_id
                    """,
                    Interrupted::of,
                    now,
                    Interrupted.TEXT,
                    now,
                    dead);
        return tx.query(
                """
                update recipient set state = 'deferred', due_at = ?, claimed_by = null,
                  claimed_until = null, diagnostic = ?, advice = null, changed_at = ?
                where claimed_by = ? and state in ('queued', 'deferred')
                returning message_id, address, service_id
                """,
                Interrupted::of,
                now,
                Interrupted.TEXT,
                now,
                dead);
    }

    private static Due due(Tx.Row row) throws SQLException {
        return new Due(
                row.number("id"),
                row.number("message_id"),
                row.number("turn"),
                row.string("route").strip(), // Changing.BY_HAND
                row.string("address"),
                row.integer("attempts"),
                row.maybeString("advice"),
                row.time("changed_at"),
                wish(row),
                row.integer("recipients"),
                row.maybeString("held_by"));
    }

    private static ReportWish wish(Tx.Row row) throws SQLException {
        var notify = row.maybeString("notify");
        var original = row.maybeString("original_recipient");
        return notify.isEmpty() && original.isEmpty()
                ? ReportWish.NONE
                : new ReportWish(notify.flatMap(ReportWish::readNotify), original);
    }
}
