package postroom.deliver;

import static org.assertj.core.api.Assertions.assertThat;

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
import postroom.store.SqliteStore;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

class LanesTest {

    private static final String RELAY =
            """
            {"name": "Relay", "preset": "smtp", "smtp": {"host": "mail.example.com", "tls": "none"},
             "from": {"address": "erp@example.com"}, "authentication": {"type": "none"}}
            """;

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();

    @Test
    void what_is_held_is_not_sent_again_though_its_lease_ran_out_meanwhile() throws Exception {
        try (var store = SqliteStore.open(directory.resolve("postroom.db"), clock)) {
            var events = new EventLog(store, clock);
            var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
            var catalog = JsonCatalog.ours();
            var services = Services.open(store, events, vault, Presets.ours(), catalog, clock);
            var relay = services.create(JsonMapper.shared().readTree(RELAY), "ada");
            var spool = new Spool(store, clock);
            var schedule = new RetrySchedule(List.of(Duration.ofMinutes(1)));
            var patience = new Patience(Duration.ofDays(5), Duration.ofDays(14), schedule);
            var queue = new Queue(store, spool, events, patience, clock, "node");
            var taken = new LinkedBlockingQueue<QueueId>();
            var tools =
                    new Lane.Tools(
                            queue,
                            services,
                            new NeverReporting(taken),
                            new Judge(catalog),
                            new Heed(services, clock),
                            Authors.UNCHANGED,
                            SharedPlaces.ALONE,
                            clock,
                            () -> {});
            var lanes = new Lanes(relay, tools);
            var first = put(queue, spool, relay);
            lanes.fill(relay, services.status(relay.id()));
            assertThat(taken.poll(10, TimeUnit.SECONDS)).isEqualTo(first);

            // as on a full disk: neither a result nor a new lease can be written
            clock.pass(Queue.LEASE.plusSeconds(1));
            var second = put(queue, spool, relay);
            lanes.hint();
            lanes.fill(relay, services.status(relay.id()));

            assertThat(taken.poll(10, TimeUnit.SECONDS)).isEqualTo(second);
            assertThat(taken.poll(300, TimeUnit.MILLISECONDS)).isNull();
        }
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
    private record NeverReporting(BlockingQueue<QueueId> taken) implements Transport {

        @Override
        public Opening open(Service service, Conversation conversation) {
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
