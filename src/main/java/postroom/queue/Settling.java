package postroom.queue;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic;
import postroom.mail.QueueId;
import postroom.mail.ReportWish.Occasion;
import postroom.mail.Scope;
import postroom.store.Store;
import postroom.store.Tx;
import postroom.tally.Timing;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Results become states: sent is done, deferred gets a time, refused or too old has failed.
/// Trouble of the service spends no try and no lifetime.
final class Settling {

    private static final String ATTEMPT =
            """
            insert into attempt (id, message_id, service_id, node, at, millis, conversation)
            select ?, message.id, ?, ?, ?, ?, ?
            from (select id from message where id = ?) as message where true
            on conflict (id) do nothing
            """;

    /// As [#lock] in the same round trip.
    private static final String LOCKED_ATTEMPT =
            ATTEMPT.replace("where id = ?)", "where id = ? for update)");

    // SQLite takes the index of what is not sent only where that is said in so many words.
    static final String IMPATIENT =
            """
            select recipient.id as id, recipient.message_id as message_id,
              recipient.address as address, recipient.service_id as service_id
            from service join recipient on recipient.service_id = service.id
            where service.closed_since is not null and recipient.message_id < ?
              and recipient.state in ('queued', 'deferred') and recipient.state <> 'sent'
              and recipient.due_at <= ?
              and coalesce(recipient.claimed_until, 0) <= ? and recipient.accepted_at <= ?
              and service.closed_total + ? - service.closed_since - recipient.closed_before >= ?
            limit ?
            """;

    private final EventLog events;
    private final Patience patience;
    private final InstantSource clock;
    private final String node;

    Settling(EventLog events, Patience patience, InstantSource clock, String node) {
        this.events = events;
        this.patience = patience;
        this.clock = clock;
        this.node = node;
    }

    void settle(Tx tx, Claim claim, List<Settlement> settlements, Settlement.AttemptRecord attempt)
            throws SQLException {
        long attemptId = attempt.id();
        int fresh =
                tx.update(
                        tx.severalWriters() ? LOCKED_ATTEMPT : ATTEMPT,
                        attemptId,
                        claim.service(),
                        node,
                        attempt.at(),
                        attempt.took().toMillis(),
                        attempt.conversation(),
                        claim.id().value());
        // Nobody heard whether the commit before was kept; it was.
        if (fresh == 0) return;
        tx.afterCommit(() ->
                events.tallies()
                        .time(Timing.ATTEMPT, attempt.took(), Long.toString(claim.service())));
        int notTaken = 0;
        boolean owed = false;
        for (var settlement : settlements) {
            owed |= settle(tx, claim, settlement, attemptId);
            if (!mayHaveBeenTaken(settlement.result())) notTaken++;
        }
        if (claim.counted().isPresent())
            Quotas.refund(
                    tx,
                    claim.service(),
                    claim.counted().get().at(),
                    settlements.stream().allMatch(Settling::isUntried)
                            ? claim.counted().get().messages()
                            : 0,
                    notTaken);
        markDone(tx, claim.id(), clock.instant());
        if (owed) Owing.hurry(tx, claim.id());
    }

    // The line could not be opened, or the service had closed.
    private static boolean isUntried(Settlement settlement) {
        return settlement.result() instanceof Deferred deferred
                && deferred.scope() == Scope.SERVICE
                && !endedAfterFinalDot(deferred);
    }

    // What a provider did not take it does not count either.
    private static boolean mayHaveBeenTaken(DeliveryResult result) {
        return switch (result) {
            case Sent _ -> true;
            case Refused _ -> false;
            case Deferred deferred -> endedAfterFinalDot(deferred);
        };
    }

    private static boolean endedAfterFinalDot(Deferred deferred) {
        return deferred.diagnostic() instanceof Diagnostic.NoAnswer silence
                && silence.stage() == Diagnostic.Stage.AFTER_FINAL_DOT;
    }

    /// Comes before changes of a message's recipients: where several settle at the same time, the
    /// last one has to see what the others did, or none of them finds the message done.
    static void lock(Tx tx, QueueId id) throws SQLException {
        if (!tx.severalWriters()) return;
        tx.flush();
        tx.query(
                "select id from message where id = ? for update",
                row -> row.number("id"),
                id.value());
    }

    static void markDone(Tx tx, QueueId id, Instant now) throws SQLException {
        tx.later(
                """
                update message set done_at = ? where id = ? and not exists
                  (select 1 from recipient where message_id = ? and state in ('queued', 'deferred', 'held'))
                """,
                now,
                id.value(),
                id.value());
    }

    /// Recipients that waited for a closed service longer than patience allows; for a transaction
    /// that holds up nobody, since behind a closed service a million may wait. Their IDs, which are
    /// in the index, tell of most that they are too young. What is not due waits for its own time.
    List<Impatient> impatient(Tx tx, int most) throws SQLException {
        var now = clock.instant();
        var latest = now.minus(patience.patience());
        return tx.query(
                IMPATIENT,
                row ->
                        new Impatient(
                                row.number("id"),
                                new QueueId(row.number("message_id")),
                                row.string("address"),
                                row.number("service_id")),
                Store.firstIdAt(latest.plusMillis(1)),
                now,
                now,
                latest,
                now,
                patience.patience().toMillis(),
                most);
    }

    /// Fails those that are still the same: somebody may have moved, held or claimed one.
    int fail(Tx tx, List<Impatient> impatient) throws SQLException {
        var now = clock.instant();
        int failed = 0;
        for (var one : impatient) {
            lock(tx, one.message);
            int changed =
                    tx.update(
                            """
                            update recipient set state = 'failed', changed_at = ?
                            where id = ? and service_id = ? and state in ('queued', 'deferred')
                              and coalesce(claimed_until, 0) <= ?
                              and exists (select 1 from service where service.id = recipient.service_id
                                and closed_since is not null)
                            """,
                            now,
                            one.id,
                            one.service,
                            now);
            if (changed == 0) continue; // or another node was quicker
            var data = new LinkedHashMap<String, Object>();
            data.put("recipient", one.address);
            data.put("status", "4.4.7");
            data.put("reason", "patience");
            tellFailed(tx, one.message, one.service, data);
            Owing.failed(tx, one.id, "patience", now);
            markDone(tx, one.message, now);
            Owing.hurry(tx, one.message);
            failed++;
        }
        return failed;
    }

    private void tellFailed(Tx tx, QueueId message, long service, Map<String, Object> data)
            throws SQLException {
        var credential =
                tx.first(
                                "select credential_id from message where id = ?",
                                row -> row.maybeNumber("credential_id"),
                                message.value())
                        .flatMap(found -> found);
        events.append(
                tx,
                EventType.MESSAGE_FAILED,
                Optional.of(message),
                OptionalLong.of(service),
                credential.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                data);
    }

    record Impatient(long id, QueueId message, String address, long service) {}

    /// True when the sender may have to be told.
    private boolean settle(Tx tx, Claim claim, Settlement settlement, long attemptId)
            throws SQLException {
        var result = settlement.result();
        var data = new LinkedHashMap<String, Object>();
        data.put("recipient", result.recipient().address().toString());
        data.put("attempt", attemptId);
        data.put("diagnostic", result.diagnostic().text());
        settlement.advice().ifPresent(advice -> data.put("advice", advice));
        return switch (result) {
            case Sent sent -> {
                send(tx, claim, sent);
                events.append(tx, EventType.MESSAGE_SENT, claim.id(), claim.service(), data);
                // RFC 3461 §5.2.2: who cannot be asked to report success will not.
                boolean owed =
                        !sent.passedOn() && sent.recipient().wish().asksFor(Occasion.SUCCESS);
                if (owed) Owing.relayed(tx, sent.recipient().id(), clock.instant());
                yield owed;
            }
            case Refused refused -> {
                boolean ours =
                        fail(
                                tx,
                                refused.recipient().id(),
                                refused.diagnostic().text(),
                                settlement.advice(),
                                1);
                if (!ours) yield false;
                data.put("reason", "refused");
                tellFailed(tx, claim.id(), claim.service(), data);
                Owing.failed(tx, refused.recipient().id(), "refused", clock.instant());
                yield true;
            }
            case Deferred deferred -> defer(tx, claim, deferred, settlement.advice(), data);
        };
    }

    private void send(Tx tx, Claim claim, Sent sent) throws SQLException {
        var now = clock.instant();
        tx.later(
                """
                update recipient set state = 'sent', claimed_by = null, claimed_until = null,
                  attempts = attempts + 1, diagnostic = ?, advice = null, changed_at = ?
                where id = ?
                """,
                sent.diagnostic().text(),
                now,
                sent.recipient().id());
        tx.afterCommit(() ->
                events.tallies()
                        .time(
                                Timing.DELIVERY,
                                Duration.between(Store.timeOf(claim.id().value()), now),
                                Long.toString(claim.service())));
    }

    /// False when this node was taken for dead meanwhile, and another one tries the recipient now,
    /// or has sent to it, or somebody held or cancelled it: their word counts. What was sent here
    /// was sent, whoever holds it.
    private boolean fail(Tx tx, long recipient, String why, Optional<String> advice, int tries)
            throws SQLException {
        return tx.update(
                        """
                        update recipient set state = 'failed', claimed_by = null, claimed_until = null,
                          attempts = attempts + ?, diagnostic = ?, advice = ?, changed_at = ?
                        where id = ? and claimed_by = ? and state in ('queued', 'deferred')
                        """,
                        tries,
                        why,
                        advice,
                        clock.instant(),
                        recipient,
                        node)
                > 0;
    }

    /// True when it was the last try.
    private boolean defer(
            Tx tx,
            Claim claim,
            Deferred deferred,
            Optional<String> advice,
            Map<String, Object> data)
            throws SQLException {
        var now = clock.instant();
        long id = deferred.recipient().id();
        boolean ofService = deferred.scope() == Scope.SERVICE;
        var age = age(tx, id, now);
        boolean tooOld = age.tried.compareTo(patience.lifetime()) >= 0;
        boolean impatient = ofService && age.closed.compareTo(patience.patience()) >= 0;
        data.put("scope", deferred.scope().name().toLowerCase(java.util.Locale.ROOT));
        if (endedAfterFinalDot(deferred)) data.put("may_have_been_sent", true);
        if (impatient || (tooOld && !ofService)) {
            if (!fail(tx, id, deferred.diagnostic().text(), advice, ofService ? 0 : 1))
                return false;
            data.put("status", "4.4.7");
            data.put("reason", impatient ? "patience" : "lifetime");
            tellFailed(tx, claim.id(), claim.service(), data);
            Owing.failed(tx, id, impatient ? "patience" : "lifetime", now);
            return true;
        }
        var due = ofService ? now : now.plus(pause(deferred, age));
        int ours =
                tx.update(
                        """
                        update recipient set state = 'deferred', due_at = ?, claimed_by = null, claimed_until = null,
                          attempts = attempts + ?, closed_before = ?, diagnostic = ?, advice = ?, changed_at = ?
                        where id = ? and claimed_by = ? and state in ('queued', 'deferred')
                        """,
                        due,
                        ofService ? 0 : 1,
                        age.closedBefore,
                        deferred.diagnostic().text(),
                        advice,
                        now,
                        id,
                        node);
        if (ours == 0) return false;
        if (!ofService) data.put("next_attempt_at", due.toString());
        events.append(tx, EventType.MESSAGE_DEFERRED, claim.id(), claim.service(), data);
        return false;
    }

    /// As the schedule says, not earlier than the far side asked for, and once more at the very end
    /// of the lifetime.
    private Duration pause(Deferred deferred, Age age) {
        var pause = patience.schedule().pauseAfter(age.attempts + 1);
        var asked = deferred.askedToWait().orElse(Duration.ZERO);
        var longer = asked.compareTo(pause) > 0 ? asked : pause;
        var left = patience.lifetime().minus(age.tried);
        return left.isPositive() && longer.compareTo(left) > 0 ? left : longer;
    }

    /// Both count from when it was accepted, or was to be sent; what it was held is left out.
    ///
    /// @param tried how long the message has been tried: time behind a closed gate does not count
    /// @param closed how long it waited behind a closed gate
    /// @param closedBefore how long the gate had been closed in all when that began to count
    private record Age(int attempts, Duration tried, Duration closed, long closedBefore) {
        static Age of(Tx.Row row) throws SQLException {
            long whole = Math.max(0, row.number("age"));
            long total = row.number("closed_total");
            // A gate may have been closed for long before scheduled mail was due.
            long before = Math.max(row.number("closed_before"), total - whole);
            long closed = Math.max(0, total - before);
            return new Age(
                    row.integer("attempts"),
                    Duration.ofMillis(whole - closed),
                    Duration.ofMillis(closed),
                    before);
        }
    }

    private Age age(Tx tx, long recipient, Instant now) throws SQLException {
        return tx.first(
                        """
                        select attempts, ? - recipient.accepted_at as age, closed_before,
                          coalesce((select closed_total + coalesce(? - closed_since, 0) from service
                            where service.id = recipient.service_id), 0) as closed_total
                        from recipient where id = ?
                        """,
                        Age::of,
                        now,
                        now,
                        recipient)
                .orElseThrow(() -> new SQLException("no recipient " + recipient));
    }
}
