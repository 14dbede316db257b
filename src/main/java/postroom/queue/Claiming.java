package postroom.queue;

import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.mail.ReportRequest.Returned;
import postroom.service.Limits;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Leases what is due: within the limits of the service, in turns, whole messages where possible.
final class Claiming {

    private final Spool spool;
    private final InstantSource clock;
    private final EventLog events;
    private final Leases leases;
    private final LastTurns lastTurns = new LastTurns();

    Claiming(Spool spool, EventLog events, Leases leases, InstantSource clock) {
        this.spool = spool;
        this.events = events;
        this.leases = leases;
        this.clock = clock;
    }

    Claimed claim(Tx tx, Demand demand) throws SQLException {
        var now = clock.instant();
        var limits = demand.limits();
        var left = Quotas.left(tx, demand.service(), limits, now);
        int room = Math.min(left.messages(), left.recipients());
        int most = Math.min(room, Math.min(demand.most(), Places.MOST));
        if (most < 1) return new Claimed(List.of(), left.reached());
        var lease = new Leases.Lease(demand.service(), now, now.plus(Queue.LEASE));
        var byMessage = new LinkedHashMap<Long, List<Leases.Due>>();
        for (var due : due(tx, demand, lease, most))
            byMessage.computeIfAbsent(due.message(), id -> new ArrayList<>()).add(due);
        int taken = byMessage.values().stream().mapToInt(List::size).sum();
        int parts = byMessage.values().stream().mapToInt(some -> parts(limits, some)).sum();
        for (var message : byMessage.entrySet()) {
            var dues = message.getValue();
            if (dues.getFirst().recipients() > dues.size()) {
                int own = parts(limits, dues);
                int fit = mostIn(limits, left.messages() - parts + own) - dues.size();
                int more = Math.min(fit, left.recipients() - taken);
                var rest = leases.takeRest(tx, message.getKey(), lease, more);
                dues.addAll(rest);
                taken += rest.size();
                parts += parts(limits, dues) - own;
            }
            for (var due : dues)
                if (due.heldBy().isPresent()) due.interrupted(demand.service()).tell(tx, events);
        }
        if (Quotas.counts(limits) && taken > 0)
            Quotas.charge(tx, demand.service(), limits, now, parts, taken);
        return new Claimed(
                byMessage.isEmpty() ? List.of() : read(tx, lease, limits, byMessage),
                left.reached());
    }

    /// In how many messages these recipients of one leave.
    private static int parts(Limits limits, List<Leases.Due> dues) {
        return Math.ceilDiv(dues.size(), limits.recipientsPerMessage().orElse(Integer.MAX_VALUE));
    }

    /// How many recipients of one message leave in so many.
    private static int mostIn(Limits limits, int parts) {
        long most = (long) parts * limits.recipientsPerMessage().orElse(Integer.MAX_VALUE);
        return (int) Math.min(Integer.MAX_VALUE, most);
    }

    private List<Leases.Due> due(Tx tx, Demand demand, Leases.Lease lease, int most)
            throws SQLException {
        var turns = Turns.waiting(tx, demand.service());
        var transactional = turns.stream().filter(Turns::isTransactional).toList();
        var due = new ArrayList<>(inTurn(tx, lease, transactional, most));
        if (!demand.onlyTransactional()) {
            var marketing = turns.stream().filter(turn -> !Turns.isTransactional(turn)).toList();
            due.addAll(inTurn(tx, lease, marketing, most - due.size()));
        }
        return due;
    }

    /// Of turns that are all transactional, or none.
    private List<Leases.Due> inTurn(Tx tx, Leases.Lease lease, List<Long> turns, int most)
            throws SQLException {
        if (turns.isEmpty()) return List.of();
        var last = lastTurns.of(lease.service(), Turns.isTransactional(turns.getFirst()));
        return Turns.take(
                turns,
                last,
                most,
                (turn, some) -> {
                    var taken = leases.take(tx, lease, turn, some);
                    if (!taken.isEmpty()) lastTurns.served(lease.service(), turn);
                    return taken;
                });
    }

    private List<Claim> read(
            Tx tx, Leases.Lease lease, Limits limits, Map<Long, List<Leases.Due>> byMessage)
            throws SQLException {
        var places = Places.of(byMessage.keySet());
        var claims = new HashMap<Long, Claim>();
        tx.query(
                "select id, reverse_path, header_from, size, content_id, eight_bit, smtputf8, ret,"
                        + " envelope_id from message where id in "
                        + places.marks(),
                row -> {
                    long id = row.number("id");
                    var dues = byMessage.getOrDefault(id, List.of());
                    return claims.put(id, claim(row, lease, limits, dues));
                },
                places.with());
        for (long id : byMessage.keySet())
            if (!claims.containsKey(id))
                throw new SQLException("a recipient without its message: " + new QueueId(id));
        return byMessage.keySet().stream().map(claims::get).toList();
    }

    private Claim claim(Tx.Row message, Leases.Lease lease, Limits limits, List<Leases.Due> dues)
            throws SQLException {
        var recipients =
                dues.stream()
                        .sorted(Comparator.comparingLong(Leases.Due::id))
                        .map(due -> new Recipient(due.id(), Address.of(due.address()), due.wish()))
                        .toList();
        var first = dues.getFirst();
        return new Claim(
                new QueueId(message.number("id")),
                lease.service(),
                Address.parse(message.string("reverse_path")),
                recipients,
                message.flag("eight_bit") ? Body.EIGHT_BIT : Body.SEVEN_BIT,
                message.flag("smtputf8"),
                spool.content(message.number("content_id"), message.number("size")),
                first.advice(),
                first.changedAt(),
                message.string("header_from"),
                first.route(),
                Turns.isTransactional(first.turn()),
                message.maybeString("ret").flatMap(Returned::read),
                message.maybeString("envelope_id"),
                Quotas.counts(limits)
                        ? Optional.of(new Claim.Counted(lease.now(), parts(limits, dues)))
                        : Optional.empty());
    }
}
