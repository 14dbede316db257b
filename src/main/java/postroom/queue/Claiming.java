package postroom.queue;

import postroom.mail.Address;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.mail.ReportRequest.Returned;
import postroom.mail.ReportWish;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Leases what is due: within the limits of the service, in turns, whole messages where possible.
final class Claiming {

    private final Spool spool;
    private final InstantSource clock;
    private final String node;
    private final AtomicLong round = new AtomicLong();

    Claiming(Spool spool, InstantSource clock, String node) {
        this.spool = spool;
        this.clock = clock;
        this.node = node;
    }

    private record Due(
            long id,
            long message,
            long turn,
            String route,
            String address,
            int attempts,
            Optional<String> advice,
            Instant changedAt,
            ReportWish wish,
            int recipients) {}

    /// @param until when the lease ends
    private record Lease(long service, Instant now, Instant until) {}

    Claimed claim(Tx tx, Demand demand) throws SQLException {
        var now = clock.instant();
        var limits = demand.limits();
        var left = Quotas.left(tx, demand.service(), limits, now);
        int most = Math.min(demand.most(), Math.min(left.messages(), left.recipients()));
        if (most < 1) return new Claimed(List.of(), left.reached());
        var lease = new Lease(demand.service(), now, now.plus(Queue.LEASE));
        var byMessage = new LinkedHashMap<Long, List<Due>>();
        for (var due : due(tx, demand, lease, most))
            byMessage.computeIfAbsent(due.message, id -> new ArrayList<>()).add(due);
        boolean counts = Quotas.counts(limits);
        int perMessage = limits.recipientsPerMessage().orElse(Integer.MAX_VALUE);
        var claims = new ArrayList<Claim>(byMessage.size());
        int taken = byMessage.values().stream().mapToInt(List::size).sum();
        int messages = 0;
        for (var message : byMessage.entrySet()) {
            var dues = message.getValue();
            if (dues.getFirst().recipients > dues.size()) {
                var rest = leaseRest(tx, message.getKey(), lease, left.recipients() - taken);
                taken += rest.size();
                dues.addAll(rest);
            }
            messages += Math.ceilDiv(dues.size(), perMessage);
            claims.add(read(tx, new QueueId(message.getKey()), lease, dues, counts));
        }
        if (counts && taken > 0) Quotas.charge(tx, demand.service(), limits, now, messages, taken);
        return new Claimed(claims, left.reached());
    }

    private List<Due> due(Tx tx, Demand demand, Lease lease, int most) throws SQLException {
        var turns = Turns.waiting(tx, demand.service());
        long first = round.getAndIncrement();
        var due =
                new ArrayList<>(
                        Turns.take(
                                turns.stream().filter(Turns::isTransactional).toList(),
                                first,
                                most,
                                (turn, some) -> lease(tx, lease, turn, some)));
        if (!demand.onlyTransactional())
            due.addAll(
                    Turns.take(
                            turns.stream().filter(turn -> !Turns.isTransactional(turn)).toList(),
                            first,
                            most - due.size(),
                            (turn, some) -> lease(tx, lease, turn, some)));
        return due;
    }

    // PostgreSQL takes the same statement with "for update skip locked" inside the parentheses.
    private List<Due> lease(Tx tx, Lease lease, long turn, int most) throws SQLException {
        return tx.query(
                """
                update recipient set due_at = ?, claimed_by = ?, claimed_until = ?
                where id in (
                  select id from recipient
                  where service_id = ? and turn = ? and state in ('queued', 'deferred') and due_at <= ?
                  order by due_at limit ?)
                returning id, message_id, turn, route, address, attempts, advice, changed_at, notify, original_recipient,
                  (select recipients from message where message.id = recipient.message_id) as recipients
                """,
                Claiming::due,
                lease.until,
                node,
                lease.until,
                lease.service,
                turn,
                lease.now,
                most);
    }

    private List<Due> leaseRest(Tx tx, long message, Lease lease, int most) throws SQLException {
        if (most < 1) return List.of();
        return tx.query(
                """
                update recipient set due_at = ?, claimed_by = ?, claimed_until = ?
                where id in (
                  select id from recipient
                  where message_id = ? and service_id = ? and state in ('queued', 'deferred') and due_at <= ?
                  order by id limit ?)
                returning id, message_id, turn, route, address, attempts, advice, changed_at, notify, original_recipient, 0 as recipients
                """,
                Claiming::due,
                lease.until,
                node,
                lease.until,
                message,
                lease.service,
                lease.now,
                most);
    }

    private static Due due(Tx.Row row) throws SQLException {
        return new Due(
                row.number("id"),
                row.number("message_id"),
                row.number("turn"),
                row.string("route"),
                row.string("address"),
                row.integer("attempts"),
                row.maybeString("advice"),
                row.time("changed_at"),
                wish(row),
                row.integer("recipients"));
    }

    private static ReportWish wish(Tx.Row row) throws SQLException {
        var notify = row.maybeString("notify");
        var original = row.maybeString("original_recipient");
        return notify.isEmpty() && original.isEmpty()
                ? ReportWish.NONE
                : new ReportWish(notify.flatMap(ReportWish::readNotify), original);
    }

    private Claim read(Tx tx, QueueId id, Lease lease, List<Due> dues, boolean counts)
            throws SQLException {
        var recipients =
                dues.stream()
                        .sorted(Comparator.comparingLong(Due::id))
                        .map(due -> new Recipient(due.id, Address.of(due.address), due.wish))
                        .toList();
        var first = dues.getFirst();
        return tx.first(
                        """
                        select reverse_path, header_from, size, content_id, eight_bit, smtputf8, ret, envelope_id
                        from message where id = ?
                        """,
                        row ->
                                new Claim(
                                        id,
                                        lease.service,
                                        Address.parse(row.string("reverse_path")),
                                        recipients,
                                        row.flag("eight_bit") ? Body.EIGHT_BIT : Body.SEVEN_BIT,
                                        row.flag("smtputf8"),
                                        spool.content(row.number("content_id"), row.number("size")),
                                        first.advice,
                                        first.changedAt,
                                        row.string("header_from"),
                                        first.route,
                                        Turns.isTransactional(first.turn),
                                        row.maybeString("ret").flatMap(Returned::read),
                                        row.maybeString("envelope_id"),
                                        counts ? Optional.of(lease.now) : Optional.empty()),
                        id.value())
                .orElseThrow(() -> new SQLException("a recipient without its message: " + id));
    }
}
