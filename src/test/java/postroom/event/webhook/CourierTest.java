package postroom.event.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.event.webhook.Webhook.Backlog;
import postroom.event.webhook.Webhook.OffReason;
import postroom.event.webhook.Webhooks.Change;
import postroom.event.webhook.Webhooks.NewWebhook;
import postroom.event.webhook.Webhooks.Redelivery;
import postroom.mail.QueueId;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Events reach a real HTTP server, whatever it does.
@OnBothDatabases
class CourierTest {
    @Parameter Database database;

    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));

    // Others' code compares the time in the signature with the real one.
    private final Clock clock = new Clock(Instant.now());
    private Store store;
    private EventLog events;
    private Postman postman;
    private Webhooks webhooks;
    private Courier courier;
    private Receiver receiver;
    private long counted;

    @BeforeEach
    void open(@TempDir Path data) throws Exception {
        store = database.open(data, clock);
        events = new EventLog(store, clock);
        postman = postman();
        webhooks = new Webhooks(store, events, postman, clock);
        courier = new Courier(store, events, postman, clock, "one");
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        receiver.close();
        courier.close();
        store.close();
    }

    private Postman postman() {
        return postman(VAULT);
    }

    private Postman postman(Vault vault) {
        var limits = new WebhookPost.Limits(Duration.ofSeconds(2), Duration.ofSeconds(4));
        var post = new WebhookPost(InetAddress::getAllByName, true, limits, clock);
        return new Postman(vault, post, true, new SecureRandom(), clock);
    }

    private Webhooks.Issued webhook(String... patterns) {
        return webhooks.create(
                new NewWebhook(receiver.url(), List.of(patterns), "Shop", true, Optional.empty()),
                "test");
    }

    private void happened(EventType type, long message) {
        var n = Long.toString(++counted);
        store.write(tx -> {
            events.append(
                    tx, type, new QueueId(message), 7, Map.of("n", n, "diagnostic", "250 ok"));
            return true;
        });
    }

    private void serveAll(long id) {
        for (int i = 0; i < 1_000 && courier.serve(id) > 0; i++) Thread.onSpinWait();
    }

    private List<String> heardNumbers() {
        return receiver.heard().stream().map(Receiver.Heard::n).toList();
    }

    private Webhook now(long id) {
        return webhooks.find(id).orElseThrow();
    }

    private static Change switched(boolean on, Backlog backlog) {
        return new Change(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(on),
                Optional.empty(),
                backlog);
    }

    @Test
    void an_event_arrives_signed_so_that_other_peoples_code_believes_it() throws Exception {
        var issued = webhook("message.*");
        happened(EventType.MESSAGE_SENT, 100);

        serveAll(issued.webhook().id());

        var heard = receiver.heard().getLast();
        new com.standardwebhooks.Webhook(issued.secret().value())
                .verify(heard.body(), heard.headers());
        assertThat(issued.secret().value()).startsWith("whsec_");
        assertThat(heard.json().path("type").asString()).isEqualTo("message.sent");
        assertThat(heard.json().path("timestamp").asString())
                .isEqualTo(heard.json().at("/data/at").asString());
        assertThat(heard.json().at("/data/message").asString())
                .isEqualTo(new QueueId(100).toString());
        assertThat(heard.json().at("/data/service").asString()).isEqualTo("7");
        assertThat(heard.json().at("/data/data/diagnostic").asString()).isEqualTo("250 ok");
        assertThat(heard.header("webhook-id"))
                .isEqualTo("evt_" + heard.json().at("/data/id").asString());
    }

    @Test
    void after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone()
            throws Exception {
        var first = webhook("message.*");
        long id = first.webhook().id();
        var second = webhooks.rotate(id, "test").orElseThrow();

        happened(EventType.MESSAGE_SENT, 100);
        serveAll(id);

        var heard = receiver.heard().getLast();
        for (var secret : List.of(first.secret(), second.secret()))
            new com.standardwebhooks.Webhook(secret.value()).verify(heard.body(), heard.headers());

        clock.pass(Duration.ofHours(24));
        happened(EventType.MESSAGE_SENT, 100);
        serveAll(id);
        var later = receiver.heard().getLast();
        assertThat(later.header("webhook-signature")).startsWith("v1,").doesNotContain(" ");
    }

    @Test
    void only_wanted_events_arrive_and_only_those_after_it_was_made() {
        happened(EventType.MESSAGE_FAILED, 1);
        long id = webhook("message.failed", "service.*").webhook().id();
        happened(EventType.MESSAGE_SENT, 2);
        happened(EventType.MESSAGE_FAILED, 3);

        serveAll(id);

        assertThat(heardNumbers()).containsExactly("3");
    }

    @Test
    void nothing_of_one_message_overtakes_and_another_message_goes_on() {
        long id = webhook("message.*").webhook().id();
        receiver.answers((exchange, heard) -> {
            boolean poison = heard.n().equals("1") && receiver.heard().size() < 8;
            Receiver.status(poison ? 500 : 200).answer(exchange, heard);
        });
        happened(EventType.MESSAGE_ACCEPTED, 1); // n=1, refused at first
        happened(EventType.MESSAGE_SENT, 1); // n=2
        for (int i = 0; i < 3; i++) happened(EventType.MESSAGE_SENT, 2); // n=3, 4, 5

        serveAll(id);

        assertThat(heardNumbers()).contains("1", "3", "4", "5").doesNotContain("2");
        assertThat(heardNumbers().stream().filter(n -> "345".contains(n)))
                .containsExactly("3", "4", "5");

        for (int i = 0; i < 10; i++) {
            clock.pass(Duration.ofMinutes(30));
            serveAll(id);
        }
        assertThat(heardNumbers()).endsWith("1", "2");
        assertThat(now(id).standing().failures()).isZero();
    }

    @Test
    void many_events_arrive_in_order_for_each_message_though_four_are_on_their_way() {
        long id = webhook("message.*").webhook().id();
        var perMessage = new java.util.concurrent.ConcurrentHashMap<String, List<Integer>>();
        receiver.answers((exchange, heard) -> {
            perMessage
                    .computeIfAbsent(
                            heard.json().at("/data/message").asString(),
                            m -> new java.util.concurrent.CopyOnWriteArrayList<>())
                    .add(Integer.parseInt(heard.n()));
            Receiver.status(200).answer(exchange, heard);
        });
        for (int i = 0; i < 120; i++) happened(EventType.MESSAGE_DEFERRED, 1 + i % 7);

        serveAll(id);

        assertThat(receiver.heard()).hasSize(120);
        assertThat(perMessage.values()).hasSize(7).allSatisfy(n -> assertThat(n).isSorted());
    }

    @Test
    void retries_grow_and_keep_the_id_until_the_receiver_is_back() {
        long id = webhook("message.*").webhook().id();
        receiver.answers(Receiver.status(503));
        happened(EventType.MESSAGE_SENT, 1);

        serveAll(id);
        serveAll(id);
        assertThat(receiver.heard()).as("not again before five seconds").hasSize(1);
        clock.pass(Duration.ofSeconds(5));
        serveAll(id);
        assertThat(receiver.heard()).hasSize(2);
        clock.pass(Duration.ofSeconds(5));
        serveAll(id);
        assertThat(receiver.heard()).as("not again before thirty seconds").hasSize(2);
        clock.pass(Duration.ofSeconds(25));
        receiver.answers(Receiver.status(204));
        serveAll(id);

        assertThat(receiver.heard()).hasSize(3);
        assertThat(receiver.heard().stream().map(heard -> heard.header("webhook-id")).distinct())
                .hasSize(1);
        assertThat(webhooks.deliveries(id).getFirst().state()).isEqualTo(Delivery.State.DONE);
        assertThat(webhooks.deliveries(id).getFirst().attempts()).isEqualTo(3);
    }

    @Test
    void a_receiver_that_is_down_is_asked_one_event_at_a_time() {
        long id = webhook("message.*").webhook().id();
        receiver.answers(Receiver.status(500));
        for (int i = 0; i < 200; i++) happened(EventType.MESSAGE_SENT, 1_000 + i);

        serveAll(id);
        int first = receiver.heard().size();
        clock.pass(Duration.ofSeconds(5));
        serveAll(id);

        assertThat(now(id).standing().failures()).isEqualTo(5);
        assertThat(first).isBetween(4, 8);
        assertThat(receiver.heard()).hasSize(first + 1);
    }

    @Test
    void retry_after_is_waited_for() {
        long id = webhook("message.*").webhook().id();
        receiver.answers((exchange, heard) -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            exchange.sendResponseHeaders(429, -1);
        });
        happened(EventType.MESSAGE_SENT, 1);
        serveAll(id);

        happened(EventType.MESSAGE_SENT, 2);
        clock.pass(Duration.ofMinutes(59));
        serveAll(id);
        assertThat(receiver.heard()).hasSize(1);

        receiver.answers(Receiver.status(204));
        clock.pass(Duration.ofMinutes(1));
        serveAll(id);
        assertThat(heardNumbers()).containsExactlyInAnyOrder("1", "1", "2");
    }

    @Test
    void three_days_of_nothing_but_failures_switch_it_off_loudly_and_the_backlog_is_sent_later() {
        long id = webhook("message.*").webhook().id();
        receiver.answers(Receiver.saying(500, "database is gone"));
        happened(EventType.MESSAGE_SENT, 1);
        serveAll(id);

        for (int hour = 0; hour < 71; hour++) {
            clock.pass(Duration.ofHours(1));
            serveAll(id);
        }
        assertThat(now(id).enabled()).isTrue();
        clock.pass(Duration.ofHours(1));
        serveAll(id);

        assertThat(now(id).standing().off().orElseThrow().reason()).isEqualTo(OffReason.FAILING);
        var told = events.after(0, 100).getLast();
        assertThat(told.type()).isEqualTo(EventType.WEBHOOK_DISABLED);
        assertThat(told.data())
                .containsEntry("webhook", Long.toString(id))
                .containsEntry("reason", "failing")
                .containsEntry("diagnostic", "HTTP 500");
        assertThat(told.data().toString()).doesNotContain("x7Qd");
        int tries = receiver.heard().size();
        assertThat(tries).isBetween(15, 30);

        happened(EventType.MESSAGE_SENT, 2);
        clock.pass(Duration.ofHours(10));
        serveAll(id);
        assertThat(receiver.heard()).hasSize(tries);

        receiver.answers(Receiver.status(204));
        webhooks.change(id, switched(true, Backlog.SEND), "ada");
        serveAll(id);
        assertThat(heardNumbers().subList(tries, tries + 2)).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void an_owner_may_skip_what_happened_while_it_was_off() {
        long id = webhook("message.*").webhook().id();
        receiver.answers(Receiver.status(410));
        happened(EventType.MESSAGE_SENT, 1);
        serveAll(id);
        assertThat(now(id).standing().off().orElseThrow().reason()).isEqualTo(OffReason.GONE);
        assertThat(receiver.heard()).hasSize(1);
        happened(EventType.MESSAGE_SENT, 2);

        receiver.answers(Receiver.status(200));
        webhooks.change(id, switched(true, Backlog.SKIP), "ada");
        happened(EventType.MESSAGE_SENT, 3);
        serveAll(id);

        assertThat(heardNumbers()).containsExactly("1", "3");
    }

    @Test
    void one_event_that_nobody_takes_is_given_up_after_three_days_and_its_message_goes_on() {
        long id = webhook("message.*").webhook().id();
        receiver.answers((exchange, heard) ->
                Receiver.status(heard.n().equals("1") ? 500 : 200).answer(exchange, heard));
        happened(EventType.MESSAGE_ACCEPTED, 1);
        happened(EventType.MESSAGE_SENT, 1);

        for (int hour = 0; hour <= 73; hour++) {
            happened(EventType.MESSAGE_SENT, 2);
            serveAll(id);
            clock.pass(Duration.ofHours(1));
        }

        assertThat(now(id).enabled()).isTrue();
        assertThat(heardNumbers()).contains("2");
        assertThat(
                        webhooks.deliveries(id).stream()
                                .filter(delivery -> delivery.state() == Delivery.State.FAILED))
                .hasSize(1);
    }

    @Test
    void who_dies_between_answer_and_note_delivers_again_with_the_same_id() throws Exception {
        long id = webhook("message.*").webhook().id();
        happened(EventType.MESSAGE_SENT, 1);
        happened(EventType.MESSAGE_SENT, 2);
        var arrived = new CountDownLatch(2);
        var never = new Semaphore(0);
        receiver.answers((exchange, heard) -> {
            arrived.countDown();
            never.acquireUninterruptibly();
        });
        var dying = Thread.ofVirtual().start(() -> courier.serve(id));
        assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
        dying.interrupt(); // the receiver has it, and nobody wrote that down
        dying.join();
        never.release(10);
        receiver.answers(Receiver.status(204));

        var sameNode = new Courier(store, events, postman, clock, "one");
        while (sameNode.serve(id) > 0) Thread.onSpinWait();

        var ids = receiver.heard().stream().map(heard -> heard.header("webhook-id")).toList();
        assertThat(ids).hasSize(4);
        assertThat(ids.stream().distinct()).hasSize(2);
        assertThat(webhooks.deliveries(id))
                .allMatch(delivery -> delivery.state() == Delivery.State.DONE);
    }

    @Test
    void of_two_nodes_one_delivers_and_the_other_takes_over_when_its_lease_runs_out() {
        long id = webhook("message.*").webhook().id();
        var second = new Courier(store, events, postman, clock, "two");
        happened(EventType.MESSAGE_SENT, 1);

        assertThat(courier.serve(id)).isPositive();
        happened(EventType.MESSAGE_SENT, 2);
        assertThat(second.serve(id)).isZero();
        clock.pass(Duration.ofSeconds(61));
        assertThat(second.serve(id)).isPositive();
        assertThat(courier.serve(id)).isZero();

        assertThat(heardNumbers()).containsExactly("1", "2");
    }

    @Test
    void a_webhook_that_is_off_holds_no_event_and_a_late_delivery_says_so() {
        long id = webhook("message.*").webhook().id();
        receiver.answers(Receiver.status(500));
        happened(EventType.MESSAGE_SENT, 1);
        serveAll(id);
        webhooks.change(id, switched(false, Backlog.SEND), "ada");

        clock.pass(Duration.ofDays(91));
        events.eraseBefore(clock.instant().minus(Duration.ofDays(90)), 100);
        assertThat(events.ofMessage(new QueueId(1))).isEmpty();

        webhooks.change(id, switched(true, Backlog.SEND), "ada");
        serveAll(id);
        assertThat(receiver.heard()).hasSize(1);
        var delivery = webhooks.deliveries(id).getFirst();
        assertThat(delivery.state()).isEqualTo(Delivery.State.FAILED);
        assertThat(delivery.answer().orElse("")).contains("retention.events");
    }

    @Test
    void a_delivery_is_sent_again_on_request_with_the_same_id() {
        long id = webhook("message.*").webhook().id();
        happened(EventType.MESSAGE_SENT, 1);
        serveAll(id);
        long delivery = webhooks.deliveries(id).getFirst().id();

        assertThat(webhooks.retry(id, delivery)).isEqualTo(Redelivery.DUE);
        serveAll(id);

        assertThat(receiver.heard()).hasSize(2);
        assertThat(receiver.heard().get(0).header("webhook-id"))
                .isEqualTo(receiver.heard().get(1).header("webhook-id"));
        assertThat(webhooks.retry(id, 4711)).isEqualTo(Redelivery.NO_SUCH_DELIVERY);
        long test = webhooks.test(id).orElseThrow().id();
        assertThat(webhooks.retry(id, test)).isEqualTo(Redelivery.EVENT_ERASED);
        webhooks.change(id, switched(false, Backlog.SEND), "ada");
        assertThat(webhooks.retry(id, delivery)).isEqualTo(Redelivery.SWITCHED_OFF);
    }

    @Test
    void a_secret_that_does_not_open_is_a_failure_that_says_so() {
        long id = webhook("message.*").webhook().id();
        happened(EventType.MESSAGE_SENT, 1);
        var other = Vault.withKey(new Secret("HxABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4="));

        try (var elsewhere = new Courier(store, events, postman(other), clock, "one")) {
            elsewhere.serve(id);
        }

        assertThat(receiver.heard()).isEmpty();
        assertThat(webhooks.deliveries(id).getFirst().answer().orElse(""))
                .contains("another master key");
    }

    @Test
    void the_log_keeps_a_hundred_of_each_outcome() {
        long id = webhook("message.*").webhook().id();
        for (int i = 0; i < 130; i++) happened(EventType.MESSAGE_SENT, 1_000 + i);

        serveAll(id);

        assertThat(receiver.heard()).hasSize(130);
        assertThat(webhooks.deliveries(id)).hasSize(100);
    }

    @Test
    void a_webhook_that_hangs_does_not_hold_up_another_one() throws Exception {
        try (var hanging = new Receiver()) {
            var never = new Semaphore(0);
            hanging.answers((exchange, heard) -> never.acquireUninterruptibly());
            webhooks.create(
                    new NewWebhook(hanging.url(), List.of(), "", true, Optional.empty()), "test");
            webhook("message.*");
            var arrived = new CountDownLatch(1);
            receiver.answers((exchange, heard) -> {
                Receiver.status(200).answer(exchange, heard);
                arrived.countDown();
            });
            happened(EventType.MESSAGE_SENT, 1);

            courier.start();

            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
            never.release(1_000);
        }
    }

    @Test
    void secrets_are_sealed_and_what_cannot_be_used_is_said() {
        var issued = webhook();
        var stored =
                store.read(
                        tx -> tx.query("select secret from webhook", row -> row.string("secret")));

        assertThat(stored.getFirst()).doesNotContain(issued.secret().value().substring(6));
        assertThatThrownBy(() ->
                        webhooks.create(
                                new NewWebhook(
                                        "ftp://example.com",
                                        List.of("message.snet"),
                                        "two\nlines",
                                        true,
                                        Optional.of(new Secret("whsec_c2hvcnQ="))),
                                "test"))
                .isInstanceOfSatisfying(
                        InvalidWebhook.class,
                        invalid ->
                                assertThat(
                                                invalid.troubles().stream()
                                                        .map(InvalidWebhook.FieldTrouble::field))
                                        .containsExactly(
                                                "url", "events[0]", "description", "secret"));
    }
}
