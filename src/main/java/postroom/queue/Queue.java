package postroom.queue;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.ReportRequest.Returned;
import postroom.mail.ReportWish;
import postroom.service.Limits;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;

/// What is owed: messages go in, due recipients are claimed, results are settled. Safe for use by
/// many threads; every method that writes returns (or completes) once its change is durable.
public final class Queue {

    /// How long a claim holds without being renewed: what a dead node held is due again after that.
    public static final Duration LEASE = Duration.ofSeconds(60);

    /// More are not on one page of messages.
    public static final int MOST_PER_PAGE = 500;

    /// Nobody else waits for the writer longer than for so many changes.
    private static final int CHANGES_AT_ONCE = 50;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Store store;
    private final Spool spool;
    private final EventLog events;
    private final Settling settling;
    private final Leases leases;
    private final Claiming claiming;
    private final Housekeeping housekeeping;
    private final Search search;
    private final Census census;
    private final Patience patience;
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
        this.claiming = new Claiming(spool, events, leases, clock);
        this.housekeeping = new Housekeeping(store);
        this.search = new Search(store);
        this.census = new Census(store, clock);
        this.patience = patience;
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
        message.assignments().stream().mapToLong(Assignment::service).distinct().forEach(whenDue);
    }

    /// Leases what is due, whole messages where possible: transactional mail before marketing, one
    /// credential after the other, the oldest of each first. Durable before it is given out: should
    /// the machine die, the timeline can tell that an attempt may have been under way.
    public CompletableFuture<Claimed> claim(Demand demand) {
        return store.writeLater(tx -> claiming.claim(tx, demand));
    }

    /// True when transactional mail is due at the service.
    public boolean isTransactionalDue(long service) {
        return store.read(tx ->
                tx.first(
                                """
                                select 1 as found from recipient
                                where service_id = ? and turn <= 0 and state in ('queued', 'deferred')
                                  and due_at <= ? limit 1
                                """,
                                row -> row.number("found"),
                                service,
                                clock.instant())
                        .isPresent());
    }

    /// Counts a message that does not wait in the queue, such as a check's, with one recipient.
    /// When there is no room yet it is kept for this one: whoever asked before asks again with
    /// that.
    ///
    /// @param before what this said before, to the same one
    public Reserved reserve(long service, Limits limits, Optional<Reserved> before) {
        var now = clock.instant();
        return store.write(tx -> {
            if (before.isPresent()) Quotas.refund(tx, service, before.get().at(), 1, 1);
            if (!Quotas.counts(limits)) return new Reserved(now, Optional.empty());
            var left = Quotas.left(tx, service, limits, now);
            Quotas.charge(tx, service, limits, now, 1, 1);
            return new Reserved(now, left.reached());
        });
    }

    /// Ends a reservation that was not used.
    public void release(long service, Reserved reserved) {
        store.write(tx -> {
            Quotas.refund(tx, service, reserved.at(), 1, 1);
            return true;
        });
    }

    /// @param reached the limit that leaves no room yet
    public record Reserved(Instant at, Optional<Claimed.LimitReached> reached) {}

    /// How many recipients went through the service within the last 24 hours; counted where the
    /// service has such a limit.
    public long recipientsToday(long service) {
        return store.read(
                tx -> Quotas.used(tx, service, Quota.RECIPIENTS_PER_DAY, clock.instant()));
    }

    /// Gives claims a new lease.
    ///
    /// @return those that are still this node's
    public List<Claim> renew(List<Claim> claims) {
        var until = clock.instant().plus(LEASE);
        return store.write(tx -> {
            var renewed = new ArrayList<Claim>();
            for (var claim : claims) {
                int ours = 0;
                for (var recipient : claim.recipients())
                    ours += leases.renew(tx, recipient.id(), until);
                if (ours == claim.recipients().size()) renewed.add(claim);
            }
            return renewed;
        });
    }

    /// Ends claims that were not tried: they are due at once, and nothing was spent.
    public CompletableFuture<Boolean> giveBack(List<Claim> claims) {
        var now = clock.instant();
        return store.writeLater(tx -> {
            for (var claim : claims) {
                for (var recipient : claim.recipients())
                    tx.update(
                            """
                            update recipient set due_at = ?, claimed_by = null, claimed_until = null
                            where id = ? and claimed_by = ? and state in ('queued', 'deferred')
                            """,
                            now,
                            recipient.id(),
                            node);
                if (claim.counted().isPresent())
                    Quotas.refund(
                            tx,
                            claim.service(),
                            claim.counted().get().at(),
                            claim.counted().get().messages(),
                            claim.recipients().size());
            }
            return true;
        });
    }

    /// Ends what this node held when it stopped without saying goodbye; for the start. What was on
    /// its way then may have been sent, and its timeline says so.
    public int giveBackAll() {
        return store.write(tx -> giveBackAll(tx, node));
    }

    /// As [#giveBackAll()], for another node that is dead, in the transaction that finds it so. Its
    /// connections end with it.
    public int giveBackAll(Tx tx, String dead) throws SQLException {
        var interrupted = leases.giveBackAll(tx, dead, clock.instant());
        for (var one : interrupted) one.tell(tx, events);
        Lines.giveBackAll(tx, dead);
        return interrupted.size();
    }

    /// Says that something may be due, after [#giveBackAll(Tx, String)] was committed.
    public void nudge() {
        whenDue.accept(0);
    }

    /// Writes down what came of a claim: states, events, attempt and retries in one transaction.
    public CompletableFuture<Boolean> settle(
            Claim claim, List<Settlement> settlements, Settlement.AttemptRecord attempt) {
        return store.writeLater(tx -> {
            settling.settle(tx, claim, settlements, attempt);
            return true;
        });
    }

    /// What senders have to be told of.
    public OwedReports owedReports() {
        return new OwedReports(store, spool, patience, clock);
    }

    /// When something last happened here, by the clock of that time. Where other nodes write, too,
    /// it may have been the clock of one of them, and nothing is said.
    public Optional<Instant> latestSeen() {
        return store.read(tx ->
                tx.first(
                        """
                        select at from event where (select count(*) from node) < 2
                        order by id desc limit 1
                        """,
                        row -> row.time("at")));
    }

    /// The clock was set back by that much: what was due is due, and what waits for its next try
    /// waits no longer for that. What is to be sent at a time of its own keeps that, and claims are
    /// renewed by whoever holds them.
    public void clockWasSetBack(Duration by) {
        var now = clock.instant();
        store.write(tx ->
                tx.update(
                        """
                        update recipient set due_at = due_at - ?
                        where state in ('queued', 'deferred') and claimed_by is null and due_at > ?
                          and (state = 'deferred' or due_at <= ?)
                        """,
                        by.toMillis(),
                        now,
                        now.plus(by)));
    }

    /// When the next recipient of the service is due, if any waits.
    public Optional<Instant> nextDue(long service) {
        return store.read(tx -> Turns.nextDue(tx, service));
    }

    /// Fails what waited for closed services longer than patience allows; up to `most` recipients.
    public int failImpatient(int most) {
        var impatient = store.read(tx -> settling.impatient(tx, most));
        return impatient.isEmpty() ? 0 : store.write(tx -> settling.fail(tx, impatient));
    }

    /// What waits for the service. Where very much waits, it is what was counted some seconds ago.
    public Waiting waiting(long service) {
        if (!census.isQuick()) return census.standing().of(service);
        return store.read(tx ->
                tx.first(
                                """
                                select count(*) as n,
                                  min(case when state = 'deferred' or due_at <= ? then accepted_at end) as oldest
                                from recipient where service_id = ? and state in ('queued', 'deferred')
                                """,
                                row -> new Waiting(row.number("n"), row.maybeTime("oldest")),
                                clock.instant(),
                                service)
                        .orElseThrow());
    }

    /// Since when the oldest message waits that was accepted before `accepted` and has been due
    /// since before `due`: nobody comes for it, and it is not its own trouble it waits for. Looks
    /// at the thousand that have been due longest, and leaves alerts and reports out.
    public Optional<Instant> stuckSince(long service, Instant accepted, Instant due) {
        return store.read(tx ->
                tx
                        .query(
                                """
                                select recipient.accepted_at as accepted_at, message.door as door
                                from recipient join message on message.id = recipient.message_id
                                where recipient.service_id = ?
                                  and recipient.state in ('queued', 'deferred')
                                  and recipient.due_at <= ?
                                order by recipient.due_at limit 1000
                                """,
                                row ->
                                        NewMessage.isOurs(row.string("door"))
                                                ? Instant.MAX
                                                : row.time("accepted_at"),
                                service,
                                due)
                        .stream()
                        .filter(at -> !at.isAfter(accepted))
                        .min(Instant::compareTo));
    }

    public Optional<MessageRow> message(QueueId id) {
        return store.read(tx -> Listing.message(tx, id));
    }

    /// Newest first. What was just accepted is found, too, by its words as well.
    public Page messages(Filter filter, Optional<String> cursor, int limit) {
        if (filter.text().isPresent()) search.catchUpForReader();
        return store.read(
                tx -> new Finding(tx, filter).page(cursor, Math.clamp(limit, 1, MOST_PER_PAGE)));
    }

    /// How many messages the filter finds, counted up to about `most`.
    public Count count(Filter filter, int most) {
        long found = 0;
        Optional<String> cursor = Optional.empty();
        do {
            var page = messages(filter, cursor, MOST_PER_PAGE);
            found += page.messages().size();
            cursor = page.next();
            if (page.lookedBackTo().isPresent()) return new Count(found, true);
        } while (cursor.isPresent() && found < most);
        return new Count(found, cursor.isPresent());
    }

    /// @param more there may be more than those
    public record Count(long found, boolean more) {}

    /// Makes messages findable by their words; for whoever comes by regularly.
    ///
    /// @return true when all of them are
    public boolean catchUpSearch() {
        return search.catchUp();
    }

    /// In the order they came.
    public List<RecipientRow> recipients(QueueId id) {
        return store.read(tx -> Listing.recipients(tx, id, clock.instant()));
    }

    /// What a list shows of each message: how many recipients are in which state, and the first
    /// ones. One look at the database, whatever the length of the list.
    public Map<QueueId, Recipients> recipients(List<QueueId> messages, int most) {
        var now = clock.instant();
        return store.read(tx -> {
            var states = Listing.states(tx, messages);
            var first = Listing.firstRecipients(tx, messages, most, now);
            var all = new LinkedHashMap<QueueId, Recipients>();
            for (var id : messages)
                all.put(
                        id,
                        new Recipients(
                                states.getOrDefault(id, Map.of()),
                                first.getOrDefault(id, List.of())));
            return all;
        });
    }

    /// @param first in the order they came
    public record Recipients(Map<String, Integer> states, List<RecipientRow> first) {
        public Recipients {
            states = Collections.unmodifiableMap(new TreeMap<>(states));
            first = List.copyOf(first);
        }
    }

    public List<AttemptRow> attempts(QueueId id) {
        return store.read(tx -> Listing.attempts(tx, id));
    }

    /// The newest attempts with the queue ID each belongs to, newest first; for a bundle.
    public Map<String, AttemptRow> newestAttempts(int most) {
        return store.read(tx -> {
            var newest = new LinkedHashMap<String, AttemptRow>();
            for (var attempt : Listing.newestAttempts(tx, most))
                newest.put(attempt.message() + " #" + attempt.row().id(), attempt.row());
            return newest;
        });
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

    /// What waits, by service and age, for pages: of this moment where counting is quick, some
    /// seconds old where very much waits. Asking costs next to nothing in any case.
    public Standing standing() {
        return census.standing();
    }

    /// Writes down that somebody looked at the content.
    ///
    /// @param what `text`, `html`, `source`, `attachment` or `message`
    public void inspected(QueueId id, String by, String what) {
        store.write(tx -> {
            events.append(
                    tx,
                    EventType.MESSAGE_INSPECTED,
                    Optional.of(id),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Map.of("by", by, "what", what));
            return true;
        });
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
        return change(new Change.Retry(), id);
    }

    /// Keeps waiting recipients back until they are released; what is being tried this moment is
    /// left alone.
    public int hold(QueueId id) {
        return change(new Change.Hold(), id);
    }

    public int release(QueueId id) {
        return change(new Change.Release(), id);
    }

    /// Gives up waiting and held recipients because somebody said so.
    public int cancel(QueueId id) {
        return change(new Change.Cancel(), id);
    }

    /// As part of the caller's transaction.
    public int cancel(Tx tx, QueueId id) throws SQLException {
        return Changing.apply(tx, events, new Change.Cancel(), id, clock.instant()).recipients();
    }

    /// The services through which mail left lately, judged by so many of the newest attempts.
    public Set<Long> sentLately(int attempts) {
        return store.read(tx ->
                Set.copyOf(
                        tx.query(
                                """
                                select distinct newest.service_id as service_id
                                from (select message_id, service_id from attempt
                                      order by id desc limit ?) as newest
                                join recipient on recipient.message_id = newest.message_id
                                  and recipient.service_id = newest.service_id
                                where recipient.state = 'sent'
                                """,
                                row -> row.number("service_id"),
                                attempts)));
    }

    /// Moves waiting and held recipients to another service, where they are due at once.
    public int reroute(QueueId id, long service) {
        return change(new Change.Reroute(service), id);
    }

    private int change(Change change, QueueId id) {
        return change(change, List.of(id)).getFirst().recipients();
    }

    /// Changes what the filter finds, a page of it, and says where to go on. Whoever tries again
    /// what a filter finds does not mean what was never to be sent yet.
    public Swept change(Change change, Filter filter, Optional<String> cursor, int limit) {
        var page = messages(filter, cursor, limit);
        var meant = change instanceof Change.Retry ? new Change.Retry(false) : change;
        var outcomes = change(meant, page.messages().stream().map(MessageRow::id).toList());
        return new Swept(outcomes, page.next(), page.lookedBackTo());
    }

    /// @param next where the selection goes on; empty at its end
    /// @param lookedBackTo when there was more to look through than one step may
    public record Swept(
            List<Change.Outcome> outcomes, Optional<String> next, Optional<Instant> lookedBackTo) {
        public Swept {
            outcomes = List.copyOf(outcomes);
        }
    }

    /// Changes many messages, some of them in one transaction, and says what came of each.
    public List<Change.Outcome> change(Change change, List<QueueId> messages) {
        var outcomes = new ArrayList<Change.Outcome>(messages.size());
        for (int from = 0; from < messages.size(); from += CHANGES_AT_ONCE) {
            var some =
                    messages
                            .subList(from, Math.min(messages.size(), from + CHANGES_AT_ONCE))
                            .stream()
                            .sorted()
                            .toList();
            outcomes.addAll(
                    store.write(tx -> {
                        var done = new ArrayList<Change.Outcome>(some.size());
                        for (var id : some)
                            done.add(Changing.apply(tx, events, change, id, clock.instant()));
                        return done;
                    }));
        }
        told(outcomes.stream().mapToInt(Change.Outcome::recipients).sum());
        return List.copyOf(outcomes);
    }

    /// Moves mail that came to a service by a rule on to another one, up to `most` recipients, and
    /// says how many. It is due when it was due; its timeline says why it moved.
    public int move(Detour detour, int most) {
        return told(store.write(tx -> Moving.move(tx, events, detour, clock.instant(), most)));
    }

    /// True when some of the mail that waits may not go that way.
    public boolean hasToStay(Detour detour) {
        return store.read(tx -> Moving.anyHasToStay(tx, detour, clock.instant()));
    }

    /// Erases the content of messages that were done before `done`, at most `most` of them.
    public int eraseContent(Instant done, int most) {
        return housekeeping.eraseContent(done, most);
    }

    /// Erases messages (recipients, attempts, events) that were done before `done`, at most `most`.
    public int eraseMessages(Instant done, int most) {
        return housekeeping.eraseMessages(done, most);
    }

    private int told(int changed) {
        if (changed > 0) whenDue.accept(0);
        return changed;
    }

    private void insert(Tx tx, NewMessage message) throws SQLException {
        var now = clock.instant();
        var envelope = message.envelope();
        message.content().writeLastPart(tx);
        tx.later(
                """
                insert into message (id, accepted_at, credential_id, door, remote, reverse_path, header_from,
                  subject, message_id, size, content_id, eight_bit, smtputf8, usage, tags, metadata, recipients,
                  tells_sender, ret, envelope_id, asked_service)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
                envelope.forwardPaths().size(),
                message.tellsSender(),
                envelope.reports().returned().map(Returned::word),
                envelope.reports().envelopeId(),
                message.askedService());
        for (int i = 0; i < envelope.forwardPaths().size(); i++)
            insert(tx, message, envelope.forwardPaths().get(i), message.assignments().get(i), now);
        events.append(
                tx,
                EventType.MESSAGE_ACCEPTED,
                Optional.of(message.id()),
                OptionalLong.of(message.service()),
                message.credential(),
                acceptedData(message));
    }

    private void insert(
            Tx tx, NewMessage message, Address recipient, Assignment assignment, Instant now)
            throws SQLException {
        var wish = message.envelope().reports().wishFor(recipient);
        var due = message.sendAt().filter(now::isBefore).orElse(now);
        tx.later(
                """
                insert into recipient (id, message_id, address, state, service_id, route, turn, due_at,
                  accepted_at, closed_before, changed_at, notify, original_recipient)
                values (?, ?, ?, 'queued', ?, ?, ?, ?, ?,
                  (select closed_total + coalesce(? - closed_since, 0) from service where id = ?), ?, ?, ?)
                """,
                store.nextId(),
                message.id().value(),
                recipient.toString(),
                assignment.service(),
                assignment.route(),
                Turns.of(message.credential(), message.usage()),
                due,
                due, // its age is none before
                now,
                assignment.service(),
                now,
                wish.occasions().map(ReportWish::notifyText),
                wish.originalRecipient());
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
}
