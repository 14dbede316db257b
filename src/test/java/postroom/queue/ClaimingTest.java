package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.mail.Reply;
import postroom.mail.Scope;
import postroom.queue.Claimed.LimitReached;
import postroom.service.Limits;
import postroom.service.Usage;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Who goes first, and how much may go.
@OnBothDatabases
class ClaimingTest {
    @Parameter Database database;

    private static final long OFFICE = 1;
    private static final long BACKUP = 2;
    private static final long NEWSLETTER = 11;
    private static final long SHOP = 12;
    private static final long ERP = 13;

    @TempDir Path directory;

    private final Clock clock = Clock.atNoon();
    private Store store;
    private Spool spool;
    private Queue queue;

    @BeforeEach
    void open() {
        store = database.open(directory, clock);
        spool = new Spool(store, clock);
        queue = queue();
        service(OFFICE, "office");
    }

    private void service(long id, String name) {
        store.write(tx ->
                tx.update(
                        """
                        insert into service (id, name, settings, state, state_since, created_at, changed_at)
                        values (?, ?, '{}', 'ready', 0, 0, 0)
                        """,
                        id,
                        name));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void transactional_mail_goes_before_a_newsletter_that_waits_longer() {
        for (int i = 0; i < 50; i++) put(NEWSLETTER, Usage.MARKETING, 1);
        clock.pass(Duration.ofMinutes(1));
        var password = put(SHOP, Usage.TRANSACTIONAL, 1);

        var claims = claim(10, unlimited()).claims();

        assertThat(claims).hasSize(10);
        assertThat(claims.getFirst().id()).isEqualTo(password);
    }

    @Test
    void one_credential_with_much_to_say_does_not_hold_up_another() {
        for (int i = 0; i < 200; i++) put(ERP, Usage.TRANSACTIONAL, 1);
        var password = put(SHOP, Usage.TRANSACTIONAL, 1);

        var claims = claim(10, unlimited()).claims();

        assertThat(claims.subList(0, 2)).extracting(Claim::id).contains(password);
        assertThat(claims).hasSize(10);
    }

    @Test
    void each_credential_comes_first_in_its_turn() {
        var of = new HashMap<QueueId, Long>();
        for (long credential : List.of(NEWSLETTER, SHOP, ERP))
            for (int i = 0; i < 4; i++) of.put(put(credential, Usage.TRANSACTIONAL, 1), credential);

        var order = new ArrayList<Long>();
        for (int i = 0; i < 12; i++)
            order.add(of.get(claim(1, unlimited()).claims().getFirst().id()));

        for (int row = 0; row < 4; row++)
            assertThat(order.subList(row * 3, row * 3 + 3))
                    .containsExactlyInAnyOrder(NEWSLETTER, SHOP, ERP);
        assertThat(claim(1, unlimited()).claims()).isEmpty();
    }

    @Test
    void each_credential_has_its_turn_at_each_of_two_services_that_claim_in_step() {
        service(BACKUP, "backup");
        var of = new HashMap<QueueId, Long>();
        for (long service : List.of(OFFICE, BACKUP))
            for (long credential : List.of(SHOP, ERP))
                for (int i = 0; i < 4; i++)
                    of.put(put(service, credential, Usage.TRANSACTIONAL, 1), credential);

        var order = new HashMap<Long, List<Long>>();
        for (int i = 0; i < 4; i++)
            for (long service : List.of(OFFICE, BACKUP))
                order.computeIfAbsent(service, id -> new ArrayList<>())
                        .add(of.get(claim(service, 1, unlimited()).claims().getFirst().id()));

        for (var turns : order.values()) {
            assertThat(turns.subList(0, 2)).containsExactlyInAnyOrder(SHOP, ERP);
            assertThat(turns.subList(2, 4)).containsExactlyInAnyOrder(SHOP, ERP);
        }
    }

    @Test
    void each_newsletter_has_its_turn_though_a_transactional_message_goes_before_every_one() {
        var of = new HashMap<QueueId, Long>();
        for (long credential : List.of(NEWSLETTER, SHOP))
            for (int i = 0; i < 2; i++) of.put(put(credential, Usage.MARKETING, 1), credential);

        var order = new ArrayList<Long>();
        for (int i = 0; i < 4; i++) {
            put(ERP, Usage.TRANSACTIONAL, 1);
            assertThat(claim(1, unlimited()).claims()).hasSize(1);
            order.add(of.get(claim(1, unlimited()).claims().getFirst().id()));
        }

        assertThat(order.subList(0, 2)).containsExactlyInAnyOrder(NEWSLETTER, SHOP);
    }

    @Test
    void marketing_stays_where_it_is_when_only_transactional_mail_is_wanted() {
        put(NEWSLETTER, Usage.MARKETING, 1);

        assertThat(queue.isTransactionalDue(OFFICE)).isFalse();
        assertThat(queue.claim(new Demand(OFFICE, 10, unlimited(), true)).join().claims())
                .isEmpty();
        put(SHOP, Usage.TRANSACTIONAL, 1);
        assertThat(queue.isTransactionalDue(OFFICE)).isTrue();
        assertThat(queue.claim(new Demand(OFFICE, 10, unlimited(), true)).join().claims())
                .hasSize(1);
    }

    @Test
    void no_sixty_seconds_see_more_messages_than_the_limit_and_a_restart_changes_nothing() {
        for (int i = 0; i < 200; i++) put(ERP, Usage.TRANSACTIONAL, 1);
        var limits = perMinute(30);
        var sent = new ArrayList<Instant>();

        for (int second = 0; second < 300; second++) {
            if (second % 45 == 44) queue = queue(); // what it knew, it has from the store
            var claimed = claim(64, limits);
            for (var claim : claimed.claims()) sent.add(clock.instant());
            clock.pass(Duration.ofSeconds(1));
        }

        for (var at : sent)
            assertThat(
                            sent.stream()
                                    .filter(other -> !other.isBefore(at))
                                    .filter(other -> other.isBefore(at.plusSeconds(60))))
                    .hasSizeLessThanOrEqualTo(30);
        assertThat(sent).hasSizeGreaterThanOrEqualTo(140);
    }

    @Test
    void a_message_that_leaves_in_parts_counts_each_of_them_and_leaves_no_faster() {
        put(ERP, Usage.TRANSACTIONAL, 40);
        put(SHOP, Usage.TRANSACTIONAL, 1);
        var limits = inParts(5, 2);

        var first = claim(64, limits).claims();

        assertThat(first).hasSize(2);
        assertThat(recipientsOf(first)).isEqualTo(9); // four parts of two, and the other message
        assertThat(claim(64, limits).reached()).isPresent();
        first.forEach(claim -> settle(claim, true));
        clock.pass(Duration.ofSeconds(63));
        assertThat(recipientsOf(claim(64, limits).claims())).isEqualTo(10);
    }

    @Test
    void what_was_counted_for_the_parts_of_a_message_that_was_not_tried_is_given_back() {
        put(ERP, Usage.TRANSACTIONAL, 5);
        var limits = inParts(5, 1);

        queue.giveBack(claim(64, limits).claims()).join();
        var again = claim(64, limits).claims();
        assertThat(recipientsOf(again)).isEqualTo(5);
        serviceClosed(again.getFirst());

        assertThat(recipientsOf(claim(64, limits).claims())).isEqualTo(5);
    }

    @Test
    void a_reached_limit_says_when_there_is_room_again() {
        for (int i = 0; i < 5; i++) put(ERP, Usage.TRANSACTIONAL, 1);
        claim(64, perMinute(3)).claims().forEach(claim -> settle(claim, true));

        var reached = claim(64, perMinute(3)).reached();

        assertThat(reached)
                .contains(
                        new LimitReached(
                                Quota.MESSAGES_PER_MINUTE, 3, clock.instant().plusSeconds(63)));
        clock.pass(Duration.ofSeconds(63));
        assertThat(claim(64, perMinute(3)).claims()).hasSize(2);
    }

    @Test
    void a_day_holds_as_many_recipients_as_the_limit_even_out_of_the_middle_of_a_message() {
        put(ERP, Usage.TRANSACTIONAL, 7);
        put(ERP, Usage.TRANSACTIONAL, 7);

        var first = claim(64, perDay(10)).claims();

        assertThat(recipientsOf(first)).isEqualTo(10);
        assertThat(queue.recipientsToday(OFFICE)).isEqualTo(10);
        var reached = claim(64, perDay(10)).reached().orElseThrow();
        assertThat(reached.quota()).isEqualTo(Quota.RECIPIENTS_PER_DAY);
        assertThat(Duration.between(clock.instant(), reached.until()))
                .isBetween(Duration.ofHours(24), Duration.ofHours(24).plusMinutes(10));
        first.forEach(claim -> settle(claim, true));
        clock.pass(Duration.between(clock.instant(), reached.until()));
        assertThat(claim(64, perDay(10)).claims().getFirst().recipients()).hasSize(4);
    }

    @Test
    void what_was_not_taken_is_not_counted() {
        put(ERP, Usage.TRANSACTIONAL, 4);
        put(ERP, Usage.TRANSACTIONAL, 3);
        var claims = claim(64, perDay(100)).claims();
        assertThat(queue.recipientsToday(OFFICE)).isEqualTo(7);

        settle(claims.getFirst(), false);
        queue.giveBack(List.of(claims.getLast())).join();

        assertThat(queue.recipientsToday(OFFICE)).isZero();
    }

    @Test
    void a_clock_set_back_by_two_hours_holds_up_nothing() {
        for (int i = 0; i < 10; i++) put(ERP, Usage.TRANSACTIONAL, 1);
        assertThat(claim(5, perMinute(5)).claims()).hasSize(5);

        clock.pass(Duration.ofHours(-2));
        put(SHOP, Usage.TRANSACTIONAL, 1);

        assertThat(claim(5, perMinute(5)).claims()).isNotEmpty();
    }

    private Queue queue() {
        var patience =
                new Patience(
                        Duration.ofDays(5),
                        Duration.ofDays(14),
                        new RetrySchedule(List.of(Duration.ofMinutes(1))));
        return new Queue(store, spool, new EventLog(store, clock), patience, clock, "node");
    }

    private Claimed claim(int most, Limits limits) {
        return claim(OFFICE, most, limits);
    }

    private Claimed claim(long service, int most, Limits limits) {
        return queue.claim(new Demand(service, most, limits, false)).join();
    }

    private void settle(Claim claim, boolean taken) {
        var reply =
                new SmtpReply(
                        Stage.RCPT,
                        taken
                                ? Reply.of(250, "2.0.0", "so it is")
                                : Reply.of(451, "4.7.1", "not now"));
        settle(
                claim,
                recipient ->
                        taken
                                ? new Sent(recipient, reply)
                                : new Deferred(recipient, reply, Scope.MESSAGE, Optional.empty()));
    }

    private void serviceClosed(Claim claim) {
        var reply = new SmtpReply(Stage.MAIL, Reply.of(451, "4.7.0", "not for you now"));
        settle(claim, recipient -> new Deferred(recipient, reply, Scope.SERVICE, Optional.empty()));
    }

    private void settle(Claim claim, Function<Recipient, DeliveryResult> end) {
        var settlements =
                claim.recipients().stream()
                        .map(end)
                        .map(result -> new Settlement(result, Optional.empty()))
                        .toList();
        var attempt =
                new Settlement.AttemptRecord(
                        queue.newId().value(), clock.instant(), Duration.ofMillis(5), "[]");
        queue.settle(claim, settlements, attempt).join();
    }

    private QueueId put(long credential, Usage usage, int recipients) {
        return put(OFFICE, credential, usage, recipients);
    }

    private QueueId put(long service, long credential, Usage usage, int recipients) {
        try {
            var draft = spool.draft();
            draft.write(new byte[10]);
            var to =
                    IntStream.range(0, recipients)
                            .mapToObj(i -> Address.of("r" + i + "@example.net"))
                            .toList();
            var from = Optional.of(Address.of("erp@example.com"));
            var message =
                    new NewMessage(
                            queue.newId(),
                            OptionalLong.of(credential),
                            "smtp",
                            "127.0.0.1",
                            new Envelope(from, to, Envelope.Body.SEVEN_BIT, false),
                            "erp@example.com",
                            "x",
                            "<x@example.com>",
                            usage,
                            List.of(),
                            Map.of(),
                            service,
                            Optional.empty(),
                            draft);
            queue.put(message);
            return message.id();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static int recipientsOf(List<Claim> claims) {
        return claims.stream().mapToInt(claim -> claim.recipients().size()).sum();
    }

    private static Limits unlimited() {
        return Limits.ofConnections(1);
    }

    private static Limits perMinute(int messages) {
        return limits(OptionalInt.of(messages), OptionalInt.empty());
    }

    private static Limits perDay(int recipients) {
        return limits(OptionalInt.empty(), OptionalInt.of(recipients));
    }

    private static Limits inParts(int perMinute, int recipientsPerMessage) {
        return limits(
                OptionalInt.of(perMinute),
                OptionalInt.empty(),
                OptionalInt.of(recipientsPerMessage));
    }

    private static Limits limits(OptionalInt perMinute, OptionalInt perDay) {
        return limits(perMinute, perDay, OptionalInt.empty());
    }

    private static Limits limits(
            OptionalInt perMinute, OptionalInt perDay, OptionalInt recipientsPerMessage) {
        return new Limits(
                1,
                perMinute,
                perDay,
                OptionalInt.empty(),
                recipientsPerMessage,
                OptionalLong.empty());
    }
}
