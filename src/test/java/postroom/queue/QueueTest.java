package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.event.Event;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Address;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.mail.Reply;
import postroom.mail.Scope;
import postroom.service.Limits;
import postroom.service.Usage;
import postroom.store.Database;
import postroom.store.Store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

class QueueTest {
    static final long OFFICE = 1;
    static final long OTHER = 2;

    @TempDir Path directory;

    final Clock clock = Clock.atNoon();
    Store store;
    Spool spool;
    EventLog events;
    Queue queue;

    @BeforeEach
    void open() {
        store = store(clock);
        spool = new Spool(store, clock);
        events = new EventLog(store, clock);
        queue = queueOf(store.node());
        service(OFFICE, "office");
        service(OTHER, "other");
    }

    Store store(Clock clock) {
        return Database.SQLITE.open(directory, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_put_message_is_due_at_once_and_claimed_once() {
        var id = put("a@example.net");

        var claims = claimed(queue, OFFICE, 10);

        assertThat(claims).hasSize(1);
        assertThat(claims.getFirst().id()).isEqualTo(id);
        assertThat(addresses(claims.getFirst())).containsExactly("a@example.net");
        assertThat(claimed(queue, OFFICE, 10)).isEmpty();
    }

    @Test
    void a_claim_takes_all_due_recipients_of_a_message_even_past_the_number_asked_for() {
        put("a@example.net", "b@example.net", "c@example.net");

        var claims = claimed(queue, OFFICE, 2);

        assertThat(claims).hasSize(1);
        assertThat(addresses(claims.getFirst()))
                .containsExactly("a@example.net", "b@example.net", "c@example.net");
    }

    @Test
    void content_comes_back_as_it_was_written_whatever_its_size() throws IOException {
        for (int size : List.of(0, 1, 5_000, Spool.PART, Spool.PART + 1, 3 * Spool.PART + 17)) {
            var octets = new byte[size];
            new java.util.Random(size).nextBytes(octets);
            var id = put(octets, "a@example.net");

            var content = queue.content(id).orElseThrow();

            assertThat(content.size()).isEqualTo(size);
            try (var in = content.open()) {
                assertThat(in.readAllBytes()).isEqualTo(octets);
            }
            var out = new java.io.ByteArrayOutputStream();
            content.writeTo(out);
            assertThat(out.toByteArray()).isEqualTo(octets);
        }
    }

    @Test
    void a_discarded_draft_leaves_nothing() throws IOException {
        var draft = spool.draft();
        draft.write(new byte[3 * Spool.PART]);

        draft.discard();

        assertThat(count("content")).isZero();
    }

    @Test
    void what_a_dead_node_held_is_due_again_when_its_lease_is_over() {
        put("a@example.net");
        assertThat(claimed(queueOf("dead"), OFFICE, 10)).hasSize(1);

        assertThat(claimed(queue, OFFICE, 10)).isEmpty();
        clock.pass(Queue.LEASE);

        assertThat(claimed(queue, OFFICE, 10)).hasSize(1);
    }

    @Test
    void a_renewed_lease_holds_on() {
        put("a@example.net");
        var claims = claimed(queue, OFFICE, 10);

        clock.pass(Queue.LEASE.minusSeconds(1));
        queue.renew(claims);
        clock.pass(Queue.LEASE.minusSeconds(1));

        assertThat(claimed(queueOf("other"), OFFICE, 10)).isEmpty();
    }

    @Test
    void a_node_that_starts_again_gives_back_what_it_held() {
        put("a@example.net");
        claimed(queue, OFFICE, 10);

        queue.giveBackAll();

        assertThat(claimed(queue, OFFICE, 10)).hasSize(1);
    }

    @Test
    void what_a_node_held_when_it_died_may_have_been_sent_and_the_rest_waits_untold() {
        var underWay = put("a@example.net");
        claimed(queue, OFFICE, 10);
        var waiting = put("b@example.net");

        queue.giveBackAll();

        assertThat(events.ofMessage(underWay).getLast().data())
                .containsEntry("reason", "interrupted")
                .containsEntry("may_have_been_sent", true)
                .containsEntry(
                        "diagnostic",
                        "the server ended while this message was in hand: it may have been sent, or"
                                + " not tried yet");
        assertThat(queue.recipients(underWay).getFirst().attempts()).isZero();
        assertThat(events.ofMessage(waiting)).hasSize(1);
    }

    @Test
    void sent_is_done_and_told() {
        var id = put("a@example.net");

        settle(claim ->
                claim.recipients().stream()
                        .<DeliveryResult>map(r -> new Sent(r, reply(250, "2.0.0")))
                        .toList());

        assertThat(states(id)).containsExactly("sent");
        assertThat(queue.message(id).orElseThrow().doneAt()).isPresent();
        assertThat(types(id)).containsExactly(EventType.MESSAGE_ACCEPTED, EventType.MESSAGE_SENT);
        assertThat(queue.attempts(id)).hasSize(1);
    }

    @Test
    void trouble_of_one_recipient_is_that_recipients() {
        var id = put("a@example.net", "b@example.net", "c@example.net");

        settle(claim ->
                List.of(
                        new Sent(claim.recipients().get(0), reply(250, "2.0.0")),
                        new Deferred(
                                claim.recipients().get(1),
                                reply(452, "4.2.2"),
                                Scope.RECIPIENT,
                                Optional.empty()),
                        new Refused(claim.recipients().get(2), reply(550, "5.1.1"))));

        assertThat(states(id)).containsExactly("sent", "deferred", "failed");
        assertThat(queue.message(id).orElseThrow().doneAt()).isEmpty();
        clock.pass(Duration.ofMinutes(1));
        assertThat(addresses(claimed(queue, OFFICE, 10).getFirst()))
                .containsExactly("b@example.net");
    }

    @Test
    void retries_follow_the_schedule_and_the_last_pause_repeats() {
        var id = put("a@example.net");
        for (var pause : List.of(1, 5, 15, 15, 15)) {
            defer(Scope.RECIPIENT, Optional.empty());

            var due = queue.recipients(id).getFirst().dueAt().orElseThrow();

            assertThat(due).isEqualTo(clock.instant().plus(Duration.ofMinutes(pause)));
            clock.pass(Duration.ofMinutes(pause));
        }
    }

    @Test
    void the_far_side_may_ask_for_more_time_but_not_for_less() {
        var id = put("a@example.net");

        defer(Scope.RECIPIENT, Optional.of(Duration.ofHours(2)));

        assertThat(queue.recipients(id).getFirst().dueAt())
                .contains(clock.instant().plus(Duration.ofHours(2)));
    }

    @Test
    void a_message_older_than_its_lifetime_fails_and_says_so() {
        var id = put("a@example.net");
        clock.pass(Duration.ofDays(5));

        defer(Scope.RECIPIENT, Optional.empty());

        assertThat(states(id)).containsExactly("failed");
        assertThat(events.ofMessage(id).getLast().data())
                .containsEntry("reason", "lifetime")
                .containsEntry("status", "4.4.7");
    }

    @Test
    void trouble_of_the_service_spends_no_tries_and_no_lifetime() {
        var id = put("a@example.net");

        for (int day = 0; day < 9; day++) {
            closeGate(OFFICE);
            defer(Scope.SERVICE, Optional.empty());
            clock.pass(Duration.ofDays(1));
            openGate(OFFICE);
        }
        defer(Scope.RECIPIENT, Optional.empty());

        assertThat(states(id)).containsExactly("deferred");
        assertThat(queue.recipients(id).getFirst().attempts()).isEqualTo(1);
    }

    @Test
    void a_message_that_waited_longer_than_patience_fails_after_all() {
        var id = put("a@example.net");
        closeGate(OFFICE);
        clock.pass(Duration.ofDays(13));
        assertThat(queue.failImpatient(100)).isZero();
        var late = put("b@example.net");

        clock.pass(Duration.ofDays(1));

        assertThat(queue.failImpatient(100)).isEqualTo(1);
        assertThat(states(id)).containsExactly("failed");
        assertThat(states(late)).containsExactly("queued");
        assertThat(events.ofMessage(id).getLast().data()).containsEntry("reason", "patience");
    }

    @Test
    void held_mail_is_not_claimed_until_it_is_released() {
        var id = put("a@example.net");

        assertThat(queue.hold(id)).isEqualTo(1);
        assertThat(claimed(queue, OFFICE, 10)).isEmpty();
        assertThat(queue.release(id)).isEqualTo(1);

        assertThat(claimed(queue, OFFICE, 10)).hasSize(1);
    }

    @Test
    void cancelled_mail_is_done_and_stays_so() {
        var id = put("a@example.net");

        assertThat(queue.cancel(id)).isEqualTo(1);

        assertThat(states(id)).containsExactly("cancelled");
        assertThat(queue.message(id).orElseThrow().doneAt()).isPresent();
        assertThat(queue.release(id)).isZero();
        assertThat(claimed(queue, OFFICE, 10)).isEmpty();
    }

    @Test
    void what_is_being_sent_this_moment_is_not_cancelled_under_the_lane() {
        var id = put("a@example.net");
        claimed(queue, OFFICE, 10);

        assertThat(queue.cancel(id)).isZero();
        assertThat(queue.hold(id)).isZero();
        assertThat(queue.reroute(id, OTHER)).isZero();
    }

    @Test
    void rerouted_mail_belongs_to_the_other_service() {
        var id = put("a@example.net");

        assertThat(queue.reroute(id, OTHER)).isEqualTo(1);

        assertThat(claimed(queue, OFFICE, 10)).isEmpty();
        assertThat(claimed(queue, OTHER, 10)).hasSize(1);
        assertThat(types(id)).contains(EventType.MESSAGE_REROUTED);
    }

    @Test
    void mail_to_be_sent_later_is_not_due_before() {
        putAt(clock.instant().plus(Duration.ofHours(3)));

        assertThat(claimed(queue, OFFICE, 10)).isEmpty();
        assertThat(queue.nextDue(OFFICE)).contains(clock.instant().plus(Duration.ofHours(3)));
        clock.pass(Duration.ofHours(3));

        assertThat(claimed(queue, OFFICE, 10)).hasSize(1);
    }

    @Test
    void lists_are_newest_first_and_paged_by_cursor() {
        var ids =
                java.util.stream.IntStream.range(0, 25)
                        .mapToObj(i -> put("a" + i + "@example.net"))
                        .toList();

        var first = queue.messages(Filter.ALL, Optional.empty(), 10);
        var second = queue.messages(Filter.ALL, first.next(), 10);
        var third = queue.messages(Filter.ALL, second.next(), 10);

        assertThat(first.messages().getFirst().id()).isEqualTo(ids.getLast());
        assertThat(third.messages()).hasSize(5);
        assertThat(third.next()).isEmpty();
    }

    @Test
    void lists_can_be_narrowed() {
        var sent = put("a@example.net");
        settle(claim ->
                claim.recipients().stream()
                        .<DeliveryResult>map(r -> new Sent(r, reply(250, "2.0.0")))
                        .toList());
        var waiting = put("b@example.net");

        assertThat(
                        found(
                                new Filter(
                                        Optional.of("sent"),
                                        none(),
                                        none(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())))
                .containsExactly(sent);
        assertThat(
                        found(
                                new Filter(
                                        Optional.of("queued"),
                                        none(),
                                        none(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())))
                .containsExactly(waiting);
        assertThat(
                        found(
                                new Filter(
                                        none(),
                                        Optional.of("b@EXAMPLE.net"),
                                        none(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())))
                .containsExactly(waiting);
        assertThat(
                        found(
                                new Filter(
                                        none(),
                                        none(),
                                        Optional.of("erp@example.com"),
                                        Optional.of(OFFICE),
                                        Optional.of(clock.instant()),
                                        Optional.empty())))
                .containsExactly(waiting, sent);
        assertThat(
                        found(
                                new Filter(
                                        none(),
                                        none(),
                                        none(),
                                        Optional.of(OTHER),
                                        Optional.empty(),
                                        Optional.empty())))
                .isEmpty();
    }

    @Test
    void retention_erases_content_first_and_the_rest_later() {
        var done = put("a@example.net");
        settle(claim ->
                claim.recipients().stream()
                        .<DeliveryResult>map(r -> new Sent(r, reply(250, "2.0.0")))
                        .toList());
        var waiting = put("b@example.net");
        clock.pass(Duration.ofDays(8));

        assertThat(queue.eraseContent(clock.instant().minus(Duration.ofDays(7)), 100)).isEqualTo(1);
        assertThat(queue.content(done)).isEmpty();
        assertThat(queue.content(waiting)).isPresent();
        assertThat(queue.message(done)).isPresent();
        assertThat(queue.eraseMessages(clock.instant().minus(Duration.ofDays(7)), 100))
                .isEqualTo(1);
        assertThat(queue.message(done)).isEmpty();
        assertThat(queue.message(waiting)).isPresent();
    }

    @Test
    void a_message_for_a_service_that_was_deleted_is_not_taken() {
        store.write(tx -> tx.update("delete from service where id = ?", OFFICE));

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> put("a@example.net"))
                .isInstanceOf(postroom.store.StoreException.class);
        assertThat(count("message")).isZero();
        assertThat(count("content")).isZero();
    }

    Queue queueOf(String node) {
        return queueOn(store, node);
    }

    Queue queueOn(Store shared, String node) {
        var schedule =
                new RetrySchedule(
                        List.of(
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(5),
                                Duration.ofMinutes(15)));
        return new Queue(
                shared,
                new Spool(shared, clock),
                new EventLog(shared, clock),
                new Patience(Duration.ofDays(5), Duration.ofDays(14), schedule),
                clock,
                node);
    }

    private void service(long id, String name) {
        store.write(tx ->
                tx.update(
                        "insert into service (id, name, settings, state, state_since, created_at,"
                                + " changed_at) values (?, ?, '{}', 'ready', 0, 0, 0)",
                        id,
                        name));
    }

    private void closeGate(long service) {
        store.write(tx ->
                tx.update(
                        "update service set closed_since = ? where id = ?",
                        clock.instant(),
                        service));
    }

    private void openGate(long service) {
        store.write(tx ->
                tx.update(
                        "update service set closed_total = closed_total + ? - closed_since,"
                                + " closed_since = null where id = ?",
                        clock.instant(),
                        service));
    }

    QueueId put(String... recipients) {
        return put(
                "Subject: x\r\n\r\nhello\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                recipients);
    }

    private QueueId put(byte[] content, String... recipients) {
        return put(content, Optional.empty(), recipients);
    }

    private void putAt(java.time.Instant at) {
        put(new byte[10], Optional.of(at), "a@example.net");
    }

    private QueueId put(byte[] content, Optional<java.time.Instant> sendAt, String... recipients) {
        try {
            var draft = spool.draft();
            draft.write(content);
            var envelope =
                    new Envelope(
                            Optional.of(Address.of("erp@example.com")),
                            java.util.Arrays.stream(recipients).map(Address::of).toList(),
                            Envelope.Body.SEVEN_BIT,
                            false);
            var message =
                    new NewMessage(
                            queue.newId(),
                            OptionalLong.empty(),
                            "smtp",
                            "127.0.0.1",
                            envelope,
                            "erp@example.com",
                            "x",
                            "<x@example.com>",
                            Usage.TRANSACTIONAL,
                            List.of(),
                            Map.of(),
                            OFFICE,
                            sendAt,
                            draft);
            queue.put(message);
            return message.id();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private interface Verdict {
        List<DeliveryResult> of(Claim claim);
    }

    private void settle(Verdict verdict) {
        for (var claim : claimed(queue, OFFICE, 10)) {
            var settlements =
                    verdict.of(claim).stream()
                            .map(result -> new Settlement(result, Optional.empty()))
                            .toList();
            queue.settle(
                            claim,
                            settlements,
                            new Settlement.AttemptRecord(
                                    queue.newId().value(),
                                    clock.instant(),
                                    Duration.ofMillis(5),
                                    "[]"))
                    .join();
        }
    }

    private void defer(Scope scope, Optional<Duration> asked) {
        settle(claim ->
                claim.recipients().stream()
                        .<DeliveryResult>map(
                                r -> new Deferred(r, reply(451, "4.7.1"), scope, asked))
                        .toList());
    }

    static Diagnostic reply(int code, String status) {
        return new SmtpReply(Stage.RCPT, Reply.of(code, status, "so it is"));
    }

    static List<String> addresses(Claim claim) {
        return claim.recipients().stream().map(r -> r.address().toString()).toList();
    }

    List<String> states(QueueId id) {
        return queue.recipients(id).stream().map(RecipientRow::state).toList();
    }

    private List<EventType> types(QueueId id) {
        return events.ofMessage(id).stream().map(Event::type).toList();
    }

    private List<QueueId> found(Filter filter) {
        return queue.messages(filter, Optional.empty(), 10).messages().stream()
                .map(MessageRow::id)
                .toList();
    }

    private static Optional<String> none() {
        return Optional.empty();
    }

    private long count(String table) {
        return store.read(tx ->
                        tx.first("select count(*) as n from " + table, row -> row.number("n")))
                .orElseThrow();
    }

    private static List<Claim> claimed(Queue queue, long service, int most) {
        var demand = new Demand(service, most, Limits.ofConnections(1), false);
        return queue.claim(demand).join().claims();
    }
}
