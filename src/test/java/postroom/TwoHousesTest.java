package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import postroom.access.NewCredential;
import postroom.config.SettingsReader;
import postroom.deliver.smtp.Timeouts;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.oauth.SignIn;
import postroom.queue.NewMessage;
import postroom.queue.Spool;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.service.Usage;
import postroom.store.TestPostgres;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Two nodes on one PostgreSQL, in this process: what one does counts on the other.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TwoHousesTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir Path directory;
    private Emulator emulator;
    private House one;
    private House two;

    @BeforeEach
    void open() throws Exception {
        var login = TestPostgres.freshDatabase();
        emulator = Emulator.start(EmulatorScript.demo().withoutLimits());
        one = house("one", login.url());
        two = house("two", login.url());
    }

    @AfterEach
    void close() {
        two.close();
        one.close();
        emulator.close();
    }

    private House house(String name, String url) throws Exception {
        var environment =
                Map.of(
                        "POSTROOM_SUBMISSION_STARTTLS_ADDRESS",
                        "127.0.0.1:0",
                        "POSTROOM_DATABASE_URL",
                        url,
                        "POSTROOM_DATABASE_USERNAME",
                        "postgres",
                        "POSTROOM_MASTER_KEY",
                        Base64.getEncoder().encodeToString(new byte[32]));
        var data = Files.createDirectories(directory.resolve(name));
        var settings = SettingsReader.read(data.toString(), "", environment);
        var house = new House(settings, InstantSource.system(), Timeouts.standard());
        house.open();
        return house;
    }

    @Test
    void a_token_renewed_on_one_node_is_used_by_all() {
        long id = office();
        soon("both know the service", () -> two.services.byId(id).isPresent());

        var signIns = new ArrayList<CompletableFuture<SignIn>>();
        for (int i = 0; i < 10; i++)
            for (var house : new House[] {one, two})
                signIns.add(
                        CompletableFuture.supplyAsync(() ->
                                house.signIns.signInFor(house.services.byId(id).orElseThrow())));
        var tokens = Set.copyOf(signIns.stream().map(CompletableFuture::join).toList());

        assertThat(tokens).hasSize(1).allMatch(SignIn.Bearer.class::isInstance);
        assertThat(emulator.count("token microsoft")).isEqualTo(1);
    }

    @Test
    void a_gate_that_closes_or_opens_on_one_node_does_so_on_all() {
        long id = office();
        soon("both know the service", () -> two.services.byId(id).isPresent());
        var settings = two.services.byId(id).orElseThrow();

        one.services.pause(id, "test");
        soon("closed", () -> two.services.status(id).state() == ServiceState.PAUSED);
        two.services.resume(id, "test");
        soon("open", () -> one.services.status(id).state() == ServiceState.READY);

        // Lines to a service end when its settings change, and only then.
        assertThat(two.services.byId(id).orElseThrow()).isSameAs(settings);
    }

    @Test
    void settings_changed_on_two_nodes_at_once_are_both_kept() {
        long id = office();
        soon("both know the service", () -> two.services.byId(id).isPresent());

        one.services.update(id, JSON.readTree("{\"limits\": {\"connections\": 2}}"), "test");
        two.services.update(id, JSON.readTree("{\"reply_to\": \"a@contoso.example\"}"), "test");

        soon("known to both", () -> connections(one.services, id) == 2);
        assertThat(connections(two.services, id)).isEqualTo(2);
        soon(
                "known to both",
                () -> one.services.exported(one.services.byId(id).orElseThrow()).has("reply_to"));
    }

    private static int connections(Services services, long id) {
        return services.byId(id).orElseThrow().limits().connections();
    }

    @Test
    void a_credential_made_on_one_node_signs_in_on_all_until_it_is_revoked() throws Exception {
        var here = java.net.InetAddress.getLoopbackAddress();
        var issued = one.access.create(NewCredential.of("erp", "*@contoso.example"), "test");
        soon("known", () -> two.access.byApiKey(issued.apiKey(), here).isPresent());

        two.access.revoke(issued.credential().id(), "test");

        soon("unknown", () -> one.access.byApiKey(issued.apiKey(), here).isEmpty());
    }

    @Test
    void two_nodes_together_keep_to_the_connections_of_a_service() throws Exception {
        long id = office();
        var limits = "{\"limits\": {\"connections\": 2, \"messages_per_minute\": 1000}}";
        one.services.update(id, JSON.readTree(limits), "test");
        soon(
                "both know the service",
                () -> two.services.byId(id).isPresent() && connections(two.services, id) == 2);

        for (int i = 0; i < 14; i++) {
            put(one, id);
            put(two, id);
        }
        soon("all sent", () -> emulator.mailboxes().received() == 28);

        assertThat(emulator.microsoft().mostConnectionsSeen()).isLessThanOrEqualTo(2);
    }

    @Test
    void a_check_gets_a_connection_though_another_node_has_them_all() throws Exception {
        emulator.change("delay: { final_dot: 400ms }");
        long id = office();
        var limits =
                """
                {"limits": {"connections": 1, "messages_per_minute": null,
                  "messages_per_connection": null}}
                """;
        one.services.update(id, JSON.readTree(limits), "test");
        soon(
                "both know the service",
                () -> two.services.byId(id).isPresent() && connections(two.services, id) == 1);
        for (int i = 0; i < 100; i++) {
            put(one, id);
            put(two, id);
        }
        soon("mail leaves", () -> emulator.mailboxes().received() > 2);

        // One of the two nodes has the connection, and with this load would keep it.
        for (var house : new House[] {one, two}) {
            long began = System.nanoTime();
            var report =
                    house.check.run(
                            house.services.byId(id).orElseThrow(), Address.of("ada@example.net"));
            var took = Duration.ofNanos(System.nanoTime() - began);

            assertThat(report.passed()).as(report.toString()).isTrue();
            assertThat(took).isLessThan(Duration.ofSeconds(30));
        }
        assertThat(emulator.microsoft().mostConnectionsSeen()).isEqualTo(1);
        long before = emulator.mailboxes().received();
        soon("mail goes on", () -> emulator.mailboxes().received() > before + 2);
    }

    private static void put(House house, long service) throws Exception {
        var draft = new Spool(house.store, InstantSource.system()).draft();
        draft.write("From: noreply@contoso.example\r\n\r\nHello.\r\n".getBytes(US_ASCII));
        var from = Optional.of(Address.of("noreply@contoso.example"));
        var to = List.of(Address.of("a@example.net"));
        house.queue.put(
                new NewMessage(
                        house.queue.newId(),
                        OptionalLong.empty(),
                        "smtp",
                        "127.0.0.1",
                        new Envelope(from, to, Envelope.Body.SEVEN_BIT, false),
                        "noreply@contoso.example",
                        "x",
                        "<x@contoso.example>",
                        Usage.TRANSACTIONAL,
                        List.of(),
                        Map.of(),
                        service,
                        Optional.empty(),
                        draft));
    }

    private long office() {
        var settings = (ObjectNode) JSON.readTree("{\"name\": \"Office\"}");
        settings.put("preset", "microsoft-365-app");
        settings.withObject("/smtp")
                .put("host", "localhost")
                .put("port", emulator.microsoft().smtpPort())
                .put("trusted_ca", emulator.trustedCa());
        settings.withObject("/from").put("address", "noreply@contoso.example");
        settings.withObject("/authentication")
                .put("login", "noreply@contoso.example")
                .put("tenant", Program.TENANT)
                .put("client_id", Program.CLIENT)
                .put("client_secret", Program.SECRET)
                .put("token_endpoint", emulator.microsoft().secure().tokenUrl().toString());
        return one.services.create(settings, "test").id();
    }

    /// Within the second that is promised, and some for a slow machine.
    private static void soon(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline)
                throw new AssertionError("in vain waited for: " + what);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
