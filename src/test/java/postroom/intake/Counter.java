package postroom.intake;

import postroom.access.Credential;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.queue.Filter;
import postroom.queue.MessageRow;
import postroom.queue.Patience;
import postroom.queue.Queue;
import postroom.queue.RetrySchedule;
import postroom.queue.Spool;
import postroom.route.Router;
import postroom.service.Authentication;
import postroom.service.Limits;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.SmtpSettings;
import postroom.service.Usage;
import postroom.store.SqliteStore;
import postroom.store.Store;
import postroom.tally.Tallies;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A counter on a store of its own, with one service and one credential, for tests of the doors.
public final class Counter implements AutoCloseable {

    public static final Instant NOW = Instant.parse("2026-11-21T10:44:00Z");
    public static final String HOSTNAME = "mail.example.test";

    /// May send as anybody at example.com.
    public static final Credential ERP =
            new Credential(
                    1, "erp", "erp", List.of("*@example.com"), List.of(), Set.of(), Set.of());

    public final SqliteStore store;
    public final Queue queue;
    public final Spool spool;
    public final List<Service> services = new ArrayList<>();
    private final Path file;

    public Counter() {
        try {
            file = Files.createTempDirectory("counter").resolve("postroom.db");
        } catch (IOException noRoom) {
            throw new IllegalStateException(noRoom);
        }
        store = SqliteStore.open(file, InstantSource.system());
        spool = new Spool(store, InstantSource.fixed(NOW));
        queue = queue(store);
        add(service(1, "Office", "noreply@example.com", Set.of()));
    }

    public void add(Service service) {
        services.add(service);
        store.write(tx ->
                tx.update(
                        """
                        insert into service (id, name, settings, state, state_since, created_at, changed_at)
                        values (?, ?, '{}', 'ready', 0, 0, 0)
                        """,
                        service.id(),
                        service.name()));
    }

    public IntakeSettings settings() {
        return new IntakeSettings(HOSTNAME, 26_214_400, 100, false);
    }

    public Intake intake(IntakeSettings settings) {
        var router = new Router(() -> services, _ -> ServiceState.READY, List::of);
        return new Intake(spool, queue, router, settings, InstantSource.fixed(NOW), new Tallies());
    }

    /// A counter on another store, such as one without room.
    public Intake intakeOn(Store other) {
        var router = new Router(() -> services, _ -> ServiceState.READY, List::of);
        return new Intake(
                new Spool(other, InstantSource.fixed(NOW)),
                queue(other),
                router,
                settings(),
                InstantSource.fixed(NOW),
                new Tallies());
    }

    private Queue queue(Store on) {
        InstantSource clock = InstantSource.fixed(NOW);
        var patience =
                new Patience(
                        Duration.ofDays(5),
                        Duration.ofDays(14),
                        new RetrySchedule(List.of(Duration.ofMinutes(1))));
        return new Queue(
                on,
                new Spool(on, InstantSource.fixed(NOW)),
                new EventLog(on, clock),
                patience,
                clock,
                "test");
    }

    public static Service service(long id, String name, String from, Set<Usage> usages) {
        return new Service(
                id,
                name,
                Optional.empty(),
                Service.TransportKind.SMTP,
                new SmtpSettings(
                        "smarthost.example.test",
                        587,
                        SmtpSettings.Tls.STARTTLS,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        SmtpSettings.Pipelining.OFF),
                new Service.Sender(Optional.of("Example"), Address.of(from)),
                Optional.empty(),
                List.of(),
                usages,
                new Authentication.None(),
                Limits.ofConnections(1),
                new Service.Tracking(false, false),
                "test");
    }

    /// What was accepted, oldest first.
    public List<MessageRow> messages() {
        var page = queue.messages(Filter.ALL, Optional.empty(), 500);
        return page.messages().reversed();
    }

    /// The content as it stands in the spool, one character for each octet.
    public String content(MessageRow message) {
        try {
            var octets = new ByteArrayOutputStream();
            queue.content(message.id()).orElseThrow().writeTo(octets);
            return octets.toString(StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    public List<String> recipients(MessageRow message) {
        return queue.recipients(message.id()).stream().map(r -> r.address().toString()).toList();
    }

    /// Parts of content in the database, whether a message owns them or not.
    public long partsKept() {
        return store.read(
                        tx -> tx.first("select count(*) as n from content", row -> row.number("n")))
                .orElse(0L);
    }

    /// Forgets all messages.
    public void clear() {
        store.write(tx -> {
            tx.update("delete from content");
            tx.update("delete from recipient");
            tx.update("delete from event");
            return tx.update("delete from message");
        });
    }

    @Override
    public void close() {
        store.close();
        try {
            var directory = file.resolveSibling(".").normalize();
            try (var all = Files.list(directory)) {
                for (var one : all.toList()) Files.delete(one);
            }
            Files.delete(directory);
        } catch (IOException left) {
            throw new IllegalStateException(left);
        }
    }
}
