package postroom.queue;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/// What is owed: messages go in, due recipients are claimed, results are settled. Safe for use by
/// many threads; every method that writes returns (or completes) once its change is durable.
public final class Queue {

    /// How long a claim holds without being renewed: what a dead node held is due again after that.
    public static final Duration LEASE = Duration.ofSeconds(60);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Store store;
    private final Spool spool;
    private final EventLog events;
    private final Settling settling;
    private final Leases leases;
    private final InstantSource clock;
    private final String node;
    private volatile LongConsumer whenDue = service -> {};

    public Queue(
            Store store,
            Spool spool,
            EventLog events,
            Patience patience,
            InstantSource clock,
            String node) {
        this.store = store;
        this.spool = spool;
        this.events = events;
        this.settling = new Settling(events, patience, clock, node);
        this.leases = new Leases(node);
        this.clock = clock;
        this.node = node;
    }

    /// Who wants to know that something of a service may be due (0: of any service). Runs on the
    /// thread that made it so, and has to be quick.
    public void onDue(LongConsumer listener) {
        whenDue = listener;
    }

    /// A queue ID for a message that is coming in.
    public QueueId newId() {
        return new QueueId(store.nextId());
    }

    /// Takes the message: content, recipients and event in one commit. Once this returns, the
    /// message survives a power cut.
    ///
    /// @throws postroom.store.StoreException when it could not be kept; nothing of it remains
    public void put(NewMessage message) {
        put(message, tx -> true);
    }

    /// As [#put], with more to be done in the same transaction.
    public void put(NewMessage message, Store.Work<?> also) {
        store.write(tx -> {
            insert(tx, message);
            also.run(tx);
            return true;
        });
        message.content().wasPut();
        whenDue.accept(message.service());
    }

    /// Durable before it is given out: should the machine die, the timeline can tell that an
    /// attempt may have been under way. Leases up to about `most` due recipients of the service,
    /// whole messages where possible, oldest due first.
    public CompletableFuture<List<Claim>> claim(long service, int most) {
        return store.writeLater(tx -> claim(tx, service, most));
    }

    /// Gives claims a new lease.
    public void renew(List<Claim> claims) {
        var until = clock.instant().plus(LEASE);
        store.write(tx -> {
            for (var claim : claims)
                for (var recipient : claim.recipients()) leases.renew(tx, recipient.id(), until);
            return true;
        });
    }

    /// Ends claims that were not tried: they are due at once, and nothing was spent.
    public CompletableFuture<Boolean> giveBack(List<Claim> claims) {
        var now = clock.instant();
        return store.writeLater(tx -> {
            for (var claim : claims)
                for (var recipient : claim.recipients())
                    tx.update(
                            """
                            update recipient set due_at = ?, claimed_by = null, claimed_until = null
                            where id = ? and claimed_by = ? and state in ('queued', 'deferred')
                            """,
                            now,
                            recipient.id(),
                            node);
            return true;
        });
    }

    /// Ends what this node held when it stopped without saying goodbye; for the start. What was on
    /// its way then may have been sent, and its timeline says so.
    public int giveBackAll() {
        return store.write(tx -> giveBackAll(tx, node));
    }

    /// As [#giveBackAll()], for another node that is dead, in the transaction that finds it so.
    public int giveBackAll(Tx tx, String dead) throws SQLException {
        var now = clock.instant();
        var interrupted =
                tx.query(
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
        for (var one : interrupted) tellInterrupted(tx, one);
        return interrupted.size();
    }

    /// Says that something may be due, after [#giveBackAll(Tx, String)] was committed.
    public void nudge() {
        whenDue.accept(0);
    }

    private void tellInterrupted(Tx tx, Interrupted one) throws SQLException {
        events.append(tx, EventType.MESSAGE_DEFERRED, one.message(), one.service(), one.data());
    }

    /// Writes down what came of a claim: states, events, attempt and retries in one transaction.
    public CompletableFuture<Boolean> settle(
            Claim claim, List<Settlement> settlements, Settlement.AttemptRecord attempt) {
        return store.writeLater(tx -> {
            settling.settle(tx, claim, settlements, attempt);
            return true;
        });
    }

    /// When the next recipient of the service is due, if any waits.
    public Optional<Instant> nextDue(long service) {
        return store.read(tx ->
                tx.first(
                        """
                        select due_at as due from recipient
                        where service_id = ? and state in ('queued', 'deferred')
                        order by due_at limit 1
                        """,
                        row -> row.time("due"),
                        service));
    }

    /// Fails what waited for closed services longer than patience allows; up to `most` recipients.
    public int failImpatient(int most) {
        return store.write(tx -> settling.failImpatient(tx, most));
    }

    public Waiting waiting(long service) {
        return store.read(tx ->
                tx.first(
                                """
                                select count(*) as n, min(accepted_at) as oldest from recipient
                                where service_id = ? and state in ('queued', 'deferred')
                                """,
                                row -> new Waiting(row.number("n"), row.maybeTime("oldest")),
                                service)
                        .orElseThrow());
    }

    public Optional<MessageRow> message(QueueId id) {
        return store.read(tx -> Listing.message(tx, id));
    }

    public Page messages(Filter filter, Optional<String> cursor, int limit) {
        return store.read(tx -> Listing.messages(tx, filter, cursor, Math.clamp(limit, 1, 500)));
    }

    /// In the order they came.
    public List<RecipientRow> recipients(QueueId id) {
        return store.read(tx -> Listing.recipients(tx, id, clock.instant()));
    }

    public List<AttemptRow> attempts(QueueId id) {
        return store.read(tx -> Listing.attempts(tx, id));
    }

    /// The content, while retention keeps it.
    public Optional<Content> content(QueueId id) {
        return store.read(tx ->
                tx.first(
                        """
                        select message.content_id as content_id, message.size as size from message
                        where id = ? and exists
                          (select 1 from content where content.id = message.content_id)
                        """,
                        row -> spool.content(row.number("content_id"), row.number("size")),
                        id.value()));
    }

    /// How many recipients are in each of the six states, for a dashboard; counts what is not sent
    /// exactly.
    public Map<String, Long> unsent() {
        return store.read(tx -> {
            var counts = new LinkedHashMap<String, Long>();
            tx.query(
                    """
                    select state, count(*) as n from recipient where state <> 'sent' group by state
                    """,
                    row -> counts.put(row.string("state"), row.number("n")));
            return counts;
        });
    }

    /// Makes waiting recipients due now. Says how many.
    public int retry(QueueId id) {
        return told(
                store.write(tx ->
                        tx.update(
                                """
                                update recipient set due_at = ?
                                where message_id = ? and state in ('queued', 'deferred')
                                  and coalesce(claimed_until, 0) <= ?
                                """,
                                clock.instant(),
                                id.value(),
                                clock.instant())));
    }

    /// Keeps waiting recipients back until they are released; what is being tried this moment is
    /// left alone.
    public int hold(QueueId id) {
        return change(id, "held", "('queued', 'deferred')", EventType.MESSAGE_HELD);
    }

    public int release(QueueId id) {
        return change(id, "queued", "('held')", EventType.MESSAGE_RELEASED);
    }

    /// Gives up waiting and held recipients because somebody said so.
    public int cancel(QueueId id) {
        return change(
                id, "cancelled", "('queued', 'deferred', 'held')", EventType.MESSAGE_CANCELLED);
    }

    /// Moves waiting and held recipients to another service, where they are due at once.
    public int reroute(QueueId id, long service) {
        return told(
                store.write(tx -> {
                    int moved =
                            tx.update(
                                    """
                                    update recipient set service_id = ?, due_at = ?, closed_before =
                                      (select closed_total + coalesce(? - closed_since, 0)
                                       from service where id = ?)
                                    where message_id = ? and state in ('queued', 'deferred', 'held')
                                      and coalesce(claimed_until, 0) <= ? and service_id <> ?
                                    """,
                                    service,
                                    clock.instant(),
                                    clock.instant(),
                                    service,
                                    id.value(),
                                    clock.instant(),
                                    service);
                    if (moved > 0)
                        events.append(
                                tx,
                                EventType.MESSAGE_REROUTED,
                                id,
                                service,
                                Map.of("recipients", moved));
                    return moved;
                }));
    }

    /// Erases the content of messages that were done before `done`, at most `most` of them.
    public int eraseContent(Instant done, int most) {
        return store.write(tx -> Housekeeping.eraseContent(tx, done, most));
    }

    /// Erases messages (recipients, attempts, events) that were done before `done`, at most `most`.
    public int eraseMessages(Instant done, int most) {
        return store.write(tx -> Housekeeping.eraseMessages(tx, done, most));
    }

    private int told(int changed) {
        if (changed > 0) whenDue.accept(0);
        return changed;
    }

    private int change(QueueId id, String to, String from, EventType event) {
        return told(
                store.write(tx -> {
                    Settling.lock(tx, id);
                    var services =
                            tx.query(
                                    "update recipient set state = ?, due_at = ?, changed_at = ?"
                                        + " where message_id = ? and coalesce(claimed_until, 0) <="
                                        + " ? and state in "
                                            + from
                                            + " returning service_id",
                                    row -> row.number("service_id"),
                                    to,
                                    clock.instant(),
                                    clock.instant(),
                                    id.value(),
                                    clock.instant());
                    if (!services.isEmpty())
                        events.append(
                                tx,
                                event,
                                id,
                                services.getFirst(),
                                Map.of("recipients", services.size()));
                    Settling.markDone(tx, id, clock.instant());
                    return services.size();
                }));
    }

    private void insert(Tx tx, NewMessage message) throws SQLException {
        var now = clock.instant();
        var envelope = message.envelope();
        message.content().writeLastPart(tx);
        tx.update(
                """
                insert into message (id, accepted_at, credential_id, door, remote, reverse_path, header_from,
                  subject, message_id, size, content_id, eight_bit, smtputf8, usage, tags, metadata, recipients)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                message.id().value(),
                now,
                message.credential().isPresent() ? message.credential().getAsLong() : null,
                message.door(),
                message.remote(),
                envelope.reversePathText(),
                message.headerFrom(),
                message.subject(),
                message.messageId(),
                message.content().size(),
                message.content().id(),
                envelope.body() == Body.EIGHT_BIT,
                envelope.smtputf8(),
                message.usage().name().toLowerCase(java.util.Locale.ROOT),
                message.tags().isEmpty() ? "[]" : JSON.writeValueAsString(message.tags()),
                message.metadata().isEmpty() ? "{}" : JSON.writeValueAsString(message.metadata()),
                envelope.forwardPaths().size());
        for (var address : envelope.forwardPaths())
            tx.update(
                    """
                    insert into recipient (id, message_id, address, state, service_id, due_at, accepted_at,
                      closed_before, changed_at)
                    values (?, ?, ?, 'queued', ?, ?, ?,
                      (select closed_total + coalesce(? - closed_since, 0) from service where id = ?), ?)
                    """,
                    store.nextId(),
                    message.id().value(),
                    address.toString(),
                    message.service(),
                    message.sendAt().orElse(now),
                    now,
                    now,
                    message.service(),
                    now);
        events.append(
                tx,
                EventType.MESSAGE_ACCEPTED,
                Optional.of(message.id()),
                java.util.OptionalLong.of(message.service()),
                message.credential(),
                acceptedData(message));
    }

    private static Map<String, Object> acceptedData(NewMessage message) {
        var data = new LinkedHashMap<String, Object>();
        data.put("door", message.door());
        data.put("remote", message.remote());
        data.put("from", message.headerFrom());
        data.put("recipients", message.envelope().forwardPaths().size());
        data.put("size", message.content().size());
        message.sendAt().ifPresent(at -> data.put("send_at", at.toString()));
        return data;
    }

    private List<Claim> claim(Tx tx, long service, int most) throws SQLException {
        var now = clock.instant();
        var until = now.plus(LEASE);
        var byMessage = new LinkedHashMap<Long, List<Leases.Due>>();
        for (var due : leases.take(tx, service, now, until, most))
            byMessage.computeIfAbsent(due.message(), id -> new ArrayList<>()).add(due);
        var claims = new ArrayList<Claim>(byMessage.size());
        for (var message : byMessage.entrySet()) {
            var dues = message.getValue();
            if (dues.getFirst().recipients() > dues.size())
                dues.addAll(leases.takeRest(tx, message.getKey(), service, now, until));
            claims.add(read(tx, new QueueId(message.getKey()), service, dues));
            for (var due : dues)
                if (due.heldBy().isPresent()) tellInterrupted(tx, due.interrupted(service));
        }
        return claims;
    }

    private Claim read(Tx tx, QueueId id, long service, List<Leases.Due> dues) throws SQLException {
        var recipients =
                dues.stream()
                        .sorted(java.util.Comparator.comparingLong(Leases.Due::id))
                        .map(due -> new Recipient(due.id(), Address.of(due.address())))
                        .toList();
        var first = dues.getFirst();
        return tx.first(
                        """
                        select reverse_path, size, content_id, eight_bit, smtputf8 from message where id = ?
                        """,
                        row ->
                                new Claim(
                                        id,
                                        service,
                                        Address.parse(row.string("reverse_path")),
                                        recipients,
                                        row.flag("eight_bit") ? Body.EIGHT_BIT : Body.SEVEN_BIT,
                                        row.flag("smtputf8"),
                                        spool.content(row.number("content_id"), row.number("size")),
                                        first.advice(),
                                        first.changedAt()),
                        id.value())
                .orElseThrow(() -> new SQLException("a recipient without its message: " + id));
    }
}
