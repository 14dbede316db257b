package postroom;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;

import org.eclipse.angus.mail.smtp.SMTPTransport;

import postroom.access.Issued;
import postroom.access.NewCredential;
import postroom.config.InvalidSettings;
import postroom.config.SettingsReader;
import postroom.deliver.smtp.Timeouts;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.event.Event;
import postroom.mail.QueueId;
import postroom.service.Service;
import postroom.store.Database;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The whole of Postroom in this process, and the imaginary providers across the road, under one
/// clock that is moved and never waited for. Mail comes in through the real SMTP door and leaves
/// over real sockets; [#settle()] returns once all of it came to rest.
final class HouseInTown implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.shared();

    private static final Duration REAL_PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIDY_EVERY = Duration.ofHours(6);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(5);
    private static final String QUEUED = "queued as ";

    final Instant start = Instant.parse("2026-11-23T00:00:00Z");
    final Clock clock = new Clock(start);
    final Emulator emulator;
    House house;

    private final Path data;
    private final Database database;
    private final Timeouts timeouts;
    private final Map<String, Issued> credentials = new HashMap<>();
    private long storyBegins;
    private boolean tellsAlerts;
    private boolean tellsSenders;
    private Instant tidyAt = start.plus(TIDY_EVERY);

    /// What came of handing in: queue IDs, or what the door said instead.
    record HandedIn(List<QueueId> accepted, Optional<String> rejected) {}

    HouseInTown(Path data, Database database, EmulatorScript script) {
        // A line that has nothing to do ends at once, so that none outlives a leap of the clock.
        this(data, database, script, Duration.ofMillis(20));
    }

    /// @param idle how long, in real time, a line waits for its next message
    HouseInTown(Path data, Database database, EmulatorScript script, Duration idle) {
        this(data, database, script, idle, Duration.ofSeconds(20));
    }

    /// @param patience how long, in real time, a smarthost may take for an answer
    HouseInTown(
            Path data, Database database, EmulatorScript script, Duration idle, Duration patience) {
        this.data = data;
        this.database = database;
        timeouts = timeouts(idle, patience);
        emulator = Emulator.start(script, clock);
        house = opened();
    }

    private House opened() {
        try {
            var environment = new HashMap<>(database.settings(data));
            environment.put("POSTROOM_SUBMISSION_STARTTLS_ADDRESS", "127.0.0.1:0");
            var settings = SettingsReader.read(data.toString(), "", environment);
            var fresh = new House(settings, clock, timeouts);
            fresh.open();
            // Rounds are made when the story comes to them, not by the clock on the wall.
            fresh.housekeeper.close();
            return fresh;
        } catch (InvalidSettings invalid) {
            throw new IllegalArgumentException(String.join("\n", invalid.sentences()), invalid);
        } catch (IOException taken) {
            throw new UncheckedIOException(taken);
        }
    }

    private static Timeouts timeouts(Duration idle, Duration soon) {
        var usual = Timeouts.standard();
        return new Timeouts(
                soon,
                soon,
                soon,
                soon,
                soon,
                soon,
                soon,
                Duration.ofSeconds(1),
                usual.conversation(),
                idle,
                usual.line());
    }

    Service service(JsonNode settings) {
        return house.services.create(settings, "test");
    }

    /// A service at the imaginary Microsoft, signing in as an application.
    ///
    /// @param limits as JSON; what is left out is the preset's
    Service office(String limits) {
        return office("Office", "noreply@contoso.example", limits);
    }

    /// As [#office(String)], for another mailbox.
    Service office(String name, String mailbox, String limits) {
        var settings = JSON.createObjectNode().put("name", name);
        settings.put("preset", "microsoft-365-app");
        settings.withObject("/smtp")
                .put("host", "localhost")
                .put("port", emulator.microsoft().smtpPort())
                .put("trusted_ca", emulator.trustedCa());
        settings.withObject("/from").put("address", mailbox);
        var client = emulator.script().clients().getFirst();
        settings.withObject("/authentication")
                .put("login", mailbox)
                .put("tenant", emulator.script().tenants().getFirst().id())
                .put("client_id", client.id())
                .put("client_secret", client.secrets().getFirst())
                .put("token_endpoint", emulator.microsoft().secure().tokenUrl().toString());
        settings.set("limits", JSON.readTree(limits));
        return service(settings);
    }

    Issued credential(String name, String... senders) {
        return credential(NewCredential.of(name, senders));
    }

    Issued credential(NewCredential wanted) {
        var issued = house.access.create(wanted, "test");
        credentials.put(wanted.name(), issued);
        return issued;
    }

    Issued credential(String name) {
        var issued = credentials.get(name);
        if (issued == null) throw new IllegalArgumentException("nobody is called " + name);
        return issued;
    }

    /// What happened until now was only preparation.
    void storyBegins() {
        settle();
        for (var event : events()) storyBegins = event.id();
    }

    /// From now on the house looks around for alerts every five minutes, and they are part of the
    /// story.
    void tellAlerts() {
        tellsAlerts = true;
    }

    /// From now on the house looks every five minutes for what its senders have to be told.
    void tellSenders() {
        tellsSenders = true;
    }

    boolean tellsAlerts() {
        return tellsAlerts;
    }

    /// A round of alerts, and what comes of it.
    void lookAround() {
        house.housekeeper.lookAround();
        settle();
    }

    /// All that happened in the story, oldest first.
    List<Event> events() {
        var all = new ArrayList<Event>();
        for (long cursor = storyBegins; ; cursor = all.getLast().id()) {
            var more = house.events.after(cursor, 1000);
            all.addAll(more);
            if (more.size() < 1000) return all;
        }
    }

    /// Hands the message in so many times, over one connection with STARTTLS and AUTH. Who receives
    /// it is read from its header section.
    HandedIn handIn(String credential, byte[] content, int times) {
        var application = credential(credential);
        var session = Session.getInstance(properties());
        var accepted = new ArrayList<QueueId>();
        try (var transport = (SMTPTransport) session.getTransport("smtp")) {
            transport.connect(
                    "127.0.0.1",
                    house.starttlsAddress().orElseThrow().getPort(),
                    application.credential().smtpUsername(),
                    application.smtpPassword().value());
            var message = new MimeMessage(session, new ByteArrayInputStream(content));
            for (int i = 0; i < times; i++) {
                transport.sendMessage(message, message.getAllRecipients());
                accepted.add(queueId(transport.getLastServerResponse()));
            }
            return new HandedIn(accepted, Optional.empty());
        } catch (MessagingException rejected) {
            return new HandedIn(accepted, Optional.of(String.valueOf(rejected.getMessage())));
        }
    }

    QueueId handIn(String credential, String from, String to) {
        var content = "From: " + from + "\nTo: " + to + "\nSubject: Hello\n\nHello.\n";
        var handedIn = handIn(credential, content.getBytes(StandardCharsets.US_ASCII), 1);
        handedIn.rejected()
                .ifPresent(said -> {
                    throw new AssertionError(said);
                });
        return handedIn.accepted().getFirst();
    }

    private static QueueId queueId(String reply) {
        int at = reply.indexOf(QUEUED);
        if (at < 0) throw new AssertionError("the reply names no queue ID: " + reply);
        return QueueId.parse(reply.substring(at + QUEUED.length()).strip()).orElseThrow();
    }

    private static Properties properties() {
        var properties = new Properties();
        properties.setProperty("mail.smtp.starttls.enable", "true");
        properties.setProperty("mail.smtp.starttls.required", "true");
        // The certificate was made by the house a moment ago.
        properties.setProperty("mail.smtp.ssl.trust", "*");
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "false");
        properties.setProperty("mail.smtp.connectiontimeout", "20000");
        properties.setProperty("mail.smtp.timeout", "60000");
        return properties;
    }

    void runFor(Duration duration) {
        runTo(clock.instant().plus(duration));
    }

    /// Moves the clock there, with a halt wherever the house has something to do.
    void runTo(Instant end) {
        settle();
        for (var next = nextHalt(); next.isBefore(end); next = nextHalt()) moveTo(next);
        moveTo(end);
    }

    private void moveTo(Instant time) {
        var leap = Duration.between(clock.instant(), time);
        if (leap.isPositive()) clock.pass(leap);
        house.housekeeper.lookAround();
        if (tellsSenders) house.housekeeper.tellSenders();
        if (!clock.instant().isBefore(tidyAt)) {
            house.housekeeper.tidy();
            house.housekeeper.renew();
            house.housekeeper.lookAround();
            tidyAt = clock.instant().plus(TIDY_EVERY);
        }
        settle();
    }

    private Instant nextHalt() {
        var next = tidyAt;
        var look = clock.instant().plus(LOOK_EVERY);
        if ((tellsAlerts || tellsSenders) && look.isBefore(next)) next = look;
        for (var service : house.services.all()) {
            if (house.queue.waiting(service.id()).recipients() == 0) continue;
            var at = nextHalt(service);
            if (at.isBefore(next)) next = at;
        }
        return next;
    }

    private Instant nextHalt(Service service) {
        var status = house.services.status(service.id());
        var at =
                status.isOpen()
                        ? house.queue.nextDue(service.id()).orElse(Instant.MAX)
                        : status.until().or(status::probeAt).orElse(Instant.MAX);
        var now = clock.instant();
        if (at.isAfter(now)) return at;
        // What is due and does not go is paced; the dispatcher knows until when.
        return house.dispatcher.quietUntil().filter(now::isBefore).orElse(now.plusSeconds(1));
    }

    /// Returns once nothing is under way and nothing can be done before the clock moves.
    void settle() {
        long moved;
        do {
            moved = house.detours.moved();
            house.dispatcher.nudge(0);
            await("rest", () -> house.dispatcher.quietUntil().isPresent());
            house.detours.look();
        } while (house.detours.moved() > moved);
    }

    /// Returns once it is so; the clock stands still meanwhile.
    void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + REAL_PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline)
                throw new AssertionError("in vain waited for: " + what + "; " + openLines());
            LockSupport.parkNanos(1_000_000);
        }
    }

    private String openLines() {
        var text = new StringBuilder("lines open:");
        for (var service : house.services.all())
            text.append(' ')
                    .append(service.name())
                    .append(' ')
                    .append(house.dispatcher.lines(service.id()));
        return text.toString();
    }

    /// The same house on the same data, as after a restart of the machine's service.
    void restart() {
        house.close();
        house = opened();
        settle();
    }

    @Override
    public void close() {
        house.close();
        emulator.close();
    }
}
