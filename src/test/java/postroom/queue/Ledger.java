package postroom.queue;

import postroom.Clock;
import postroom.event.EventLog;
import postroom.event.HourlyCounts;
import postroom.mail.Address;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.mail.Reply;
import postroom.mail.Scope;
import postroom.service.Limits;
import postroom.service.Usage;
import postroom.store.Store;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// A queue with two services, and mail that is put and settled in one line each.
final class Ledger implements AutoCloseable {
    static final long OFFICE = 1;
    static final long OTHER = 2;

    final Store store;
    final Clock clock;
    final EventLog events;
    final Queue queue;
    final HourlyCounts counts;
    private final Spool spool;

    Ledger(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
        events = new EventLog(store, clock);
        spool = new Spool(store, clock);
        counts = new HourlyCounts(store, clock);
        queue =
                new Queue(
                        store,
                        spool,
                        events,
                        new Patience(
                                Duration.ofDays(5),
                                Duration.ofDays(14),
                                new RetrySchedule(List.of(Duration.ofMinutes(5)))),
                        clock,
                        store.node());
    }

    /// Where the database is new.
    Ledger withServices() {
        service(OFFICE, "office");
        service(OTHER, "other");
        return this;
    }

    private void service(long id, String name) {
        store.write(tx ->
                tx.update(
                        """
                        insert into service (id, name, settings, state, state_since, created_at, changed_at)
                        values (?, ?, '{}', 'ready', ?, ?, ?)
                        """,
                        id,
                        name,
                        clock.instant(),
                        clock.instant(),
                        clock.instant()));
    }

    /// What is put; the rest is as it usually is.
    record Put(
            String from,
            String reversePath,
            String subject,
            String messageId,
            List<String> tags,
            OptionalLong credential,
            long service) {
        static Put saying(String subject) {
            return new Put(
                    "shop@example.com",
                    "shop@example.com",
                    subject,
                    "<m1@mail.example.com>",
                    List.of(),
                    OptionalLong.empty(),
                    OFFICE);
        }

        Put from(String headerFrom, String envelopeFrom) {
            return new Put(headerFrom, envelopeFrom, subject, messageId, tags, credential, service);
        }

        Put as(String id) {
            return new Put(from, reversePath, subject, id, tags, credential, service);
        }

        Put tagged(String... wanted) {
            return new Put(
                    from, reversePath, subject, messageId, List.of(wanted), credential, service);
        }

        Put of(long application) {
            return new Put(
                    from,
                    reversePath,
                    subject,
                    messageId,
                    tags,
                    OptionalLong.of(application),
                    service);
        }

        Put via(long other) {
            return new Put(from, reversePath, subject, messageId, tags, credential, other);
        }
    }

    QueueId put(String subject, String... to) {
        return put(Put.saying(subject), to);
    }

    QueueId put(Put what, String... to) {
        return put(what, "", Optional.empty(), false, to);
    }

    /// To be sent at that time; its sender is told what becomes of it.
    QueueId putFor(Instant at, String... to) {
        return put(Put.saying("x"), "", Optional.of(at), true, to);
    }

    /// Came to its service by that rule.
    QueueId putBy(String route, String... to) {
        return put(Put.saying("x"), route, Optional.empty(), false, to);
    }

    private QueueId put(
            Put what, String route, Optional<Instant> sendAt, boolean tellsSender, String... to) {
        try {
            var draft = spool.draft();
            draft.write(new byte[] {'x', '\r', '\n'});
            var envelope =
                    new Envelope(
                            Optional.of(Address.of(what.reversePath)),
                            Arrays.stream(to).map(Address::of).toList(),
                            Envelope.Body.SEVEN_BIT,
                            false);
            var id = queue.newId();
            queue.put(
                    new NewMessage(
                            id,
                            what.credential,
                            "smtp",
                            "127.0.0.1",
                            envelope,
                            what.from,
                            what.subject,
                            what.messageId,
                            Usage.TRANSACTIONAL,
                            what.tags,
                            Map.of(),
                            Collections.nCopies(to.length, new Assignment(what.service, route)),
                            Optional.empty(),
                            sendAt,
                            tellsSender,
                            draft));
            return id;
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    void closeGate(long service) {
        store.write(tx ->
                tx.update(
                        "update service set closed_since = ? where id = ?",
                        clock.instant(),
                        service));
    }

    void openGate(long service) {
        store.write(tx ->
                tx.update(
                        """
                        update service set closed_total = closed_total + ? - closed_since, closed_since = null
                        where id = ?
                        """,
                        clock.instant(),
                        service));
    }

    List<Claim> claim(long service) {
        return queue.claim(new Demand(service, 100, Limits.ofConnections(1), false))
                .join()
                .claims();
    }

    /// Everything that is due at the service comes to this end.
    void settle(long service, String advice, Function<Recipient, DeliveryResult> end) {
        for (var claims = claim(service); !claims.isEmpty(); claims = claim(service))
            for (var claim : claims) settle(claim, advice, end);
    }

    void settle(Claim claim, String advice, Function<Recipient, DeliveryResult> end) {
        queue.settle(
                        claim,
                        claim.recipients().stream()
                                .map(one ->
                                        new Settlement(
                                                end.apply(one),
                                                advice.isEmpty()
                                                        ? Optional.empty()
                                                        : Optional.of(advice)))
                                .toList(),
                        new Settlement.AttemptRecord(
                                queue.newId().value(), clock.instant(), Duration.ofMillis(5), "[]"))
                .join();
    }

    static DeliveryResult sent(Recipient one) {
        return new Sent(one, new SmtpReply(Stage.RCPT, Reply.of(250, "2.0.0", "OK")), true);
    }

    static DeliveryResult full(Recipient one) {
        return new Deferred(
                one,
                new SmtpReply(Stage.RCPT, Reply.of(452, "4.2.2", "The mailbox is full")),
                Scope.RECIPIENT,
                Optional.empty());
    }

    static DeliveryResult unknown(Recipient one) {
        return new Refused(
                one, new SmtpReply(Stage.RCPT, Reply.of(550, "5.1.1", "No such mailbox")));
    }

    List<QueueId> found(Filter filter) {
        return queue.messages(filter, Optional.empty(), 100).messages().stream()
                .map(MessageRow::id)
                .toList();
    }

    List<QueueId> found(String words) {
        return found(Filter.ALL.withText(words));
    }

    List<String> states(QueueId id) {
        return queue.recipients(id).stream().map(RecipientRow::state).toList();
    }

    @Override
    public void close() {
        store.close();
    }
}
