package postroom.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.queue.NewMessage;
import postroom.queue.Patience;
import postroom.queue.Queue;
import postroom.queue.RetrySchedule;
import postroom.queue.Spool;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.service.Usage;
import postroom.store.Database;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

class LanesTest {

    private static final String RELAY =
            """
            {"name": "Relay", "preset": "smtp", "smtp": {"host": "mail.example.com", "tls": "none"},
             "from": {"address": "erp@example.com"}, "authentication": {"type": "none"}}
            """;

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();
    private final LinkedBlockingQueue<QueueId> taken = new LinkedBlockingQueue<>();
    private final Semaphore mayOpen = new Semaphore(100);
    private Store store;
    private Queue queue;
    private Spool spool;
    private Services services;
    private Service relay;
    private Lanes lanes;

    @BeforeEach
    void open() {
        store = Database.SQLITE.open(directory, clock);
        var events = new EventLog(store, clock);
        var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        var catalog = JsonCatalog.ours();
        services = Services.open(store, events, vault, Presets.ours(), catalog, clock);
        relay = services.create(JsonMapper.shared().readTree(RELAY), "ada");
        spool = new Spool(store, clock);
        var schedule = new RetrySchedule(List.of(Duration.ofMinutes(1)));
        var patience = new Patience(Duration.ofDays(5), Duration.ofDays(14), schedule);
        queue = new Queue(store, spool, events, patience, clock, "node");
        var tools =
                new Lane.Tools(
                        queue,
                        services,
                        new NeverReporting(taken, mayOpen),
                        new Judge(catalog),
                        new Heed(services, clock),
                        Authors.UNCHANGED,
                        SharedPlaces.ALONE,
                        clock,
                        () -> {});
        lanes = new Lanes(relay, tools);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void what_is_held_is_not_sent_again_though_its_lease_ran_out_meanwhile() throws Exception {
        var first = put();
        fill();
        assertThat(nextTaken()).isEqualTo(first);

        // as on a full disk: neither a result nor a new lease can be written
        clock.pass(Queue.LEASE.plusSeconds(1));
        var second = put();
        fill();

        assertThat(nextTaken()).isEqualTo(second);
        assertThat(taken.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void what_another_node_took_over_meanwhile_is_not_sent_here() throws Exception {
        mayOpen.drainPermits();
        var id = put();
        fill();
        // the process stood still so long that the others took it for dead
        clock.pass(Queue.LEASE);
        store.write(tx -> tx.update("update recipient set claimed_by = 'another'"));

        mayOpen.release(100);
        untilNoLineIsOpen();
        lanes.renewed(List.of());

        assertThat(taken).isEmpty();
        assertThat(holder(id)).isEqualTo("another");
    }

    @Test
    void what_was_not_begun_while_its_lease_was_surely_good_is_claimed_anew() throws Exception {
        mayOpen.drainPermits();
        var id = put();
        fill();
        clock.pass(Queue.LEASE.dividedBy(2));

        mayOpen.release(100);
        untilNoLineIsOpen();
        assertThat(taken).isEmpty();
        fill();

        assertThat(nextTaken()).isEqualTo(id);
    }

    @Test
    void a_claim_whose_lease_was_renewed_is_sent() throws Exception {
        mayOpen.drainPermits();
        var id = put();
        fill();
        clock.pass(Queue.LEASE.dividedBy(2));
        lanes.renewed(queue.renew(List.copyOf(lanes.held())));

        mayOpen.release(100);

        assertThat(nextTaken()).isEqualTo(id);
    }

    @Test
    void a_claim_that_another_node_has_is_not_renewed() throws Exception {
        mayOpen.drainPermits();
        put();
        fill();
        store.write(tx -> tx.update("update recipient set claimed_by = 'another'"));

        assertThat(queue.renew(List.copyOf(lanes.held()))).isEmpty();

        mayOpen.release(100);
    }

    @Test
    void what_was_counted_for_one_minute_does_not_leave_in_the_next() throws Exception {
        var paced =
                """
                {"limits": {"messages_per_minute": 5}}
                """;
        services.update(relay.id(), JsonMapper.shared().readTree(paced), "ada");
        relay = services.byId(relay.id()).orElseThrow();
        mayOpen.drainPermits();
        var id = put();
        fill();
        clock.pass(Duration.ofSeconds(5));

        mayOpen.release(100);
        untilNoLineIsOpen();
        assertThat(taken).isEmpty();
        fill();

        assertThat(nextTaken()).isEqualTo(id);
        assertThat(store.<Long>read(LanesTest::counted)).isEqualTo(1);
    }

    private static long counted(Tx tx) throws SQLException {
        return tx.first(
                        "select sum(used) as n from quota where quota = 'messages_per_minute'",
                        row -> row.number("n"))
                .orElseThrow();
    }

    private void fill() {
        lanes.hint();
        lanes.fill(relay, services.status(relay.id()));
    }

    private @Nullable QueueId nextTaken() throws InterruptedException {
        return taken.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private void untilNoLineIsOpen() {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!lanes.areEmpty()) {
            if (System.nanoTime() > deadline) throw new AssertionError("a line is still open");
            Thread.onSpinWait();
        }
    }

    private String holder(QueueId id) {
        return store.read(tx ->
                        tx.first(
                                "select claimed_by from recipient where message_id = ?",
                                row -> row.string("claimed_by"),
                                id.value()))
                .orElseThrow();
    }

    private QueueId put() throws IOException {
        return put(queue, spool, relay);
    }

    private static QueueId put(Queue queue, Spool spool, Service service) throws IOException {
        var draft = spool.draft();
        draft.write('x');
        var envelope =
                new Envelope(
                        Optional.of(Address.of("erp@example.com")),
                        List.of(Address.of("a@example.net")),
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
                        service.id(),
                        Optional.empty(),
                        draft);
        queue.put(message);
        return message.id();
    }

    /// Takes what there is and says nothing of what came of it.
    private record NeverReporting(BlockingQueue<QueueId> taken, Semaphore mayOpen)
            implements Transport {

        @Override
        public Opening open(Service service, Conversation conversation) {
            mayOpen.acquireUninterruptibly();
            return new Opening.Opened(
                    new Line() {
                        @Override
                        public void carry(Source source, Results results) {
                            for (var next = source.next(Duration.ZERO);
                                    next.isPresent();
                                    next = source.next(Duration.ZERO)) taken.add(next.get().id());
                        }

                        @Override
                        public boolean isOpen() {
                            return false;
                        }

                        @Override
                        public void close() {}
                    });
        }

        @Override
        public Opening reach(
                Service service, Conversation conversation, Consumer<Landmark> passed) {
            return open(service, conversation);
        }

        @Override
        public Opening openAs(String user, Service service, Conversation conversation) {
            return open(service, conversation);
        }
    }
}
