package postroom;

import static org.assertj.core.api.Assertions.assertThat;

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
import postroom.oauth.SignIn;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.store.TestPostgres;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Map;
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
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline)
                throw new AssertionError("in vain waited for: " + what);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
