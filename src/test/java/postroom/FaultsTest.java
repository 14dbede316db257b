package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.emulator.EmulatorScript;
import postroom.event.Event;
import postroom.mail.QueueId;
import postroom.queue.RecipientRow;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.store.Database;
import postroom.store.OnBothDatabases;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;

/// What the house does when the other side, or its own clock, goes wrong: nothing is lost, others
/// are not held up, and mail leaves by itself once all is well.
@Timeout(120)
@OnBothDatabases
class FaultsTest {
    @Parameter Database database;

    private static final String ERP = "noreply@contoso.example";

    @TempDir Path data;
    private HouseInTown town;

    @BeforeEach
    void open() {
        town =
                new HouseInTown(
                        data,
                        database,
                        EmulatorScript.demo(),
                        Duration.ofMillis(20),
                        Duration.ofMillis(1500));
        town.credential("erp", "*@contoso.example");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void a_smarthost_that_never_answers_holds_up_its_own_mail_only() {
        var relay = relay("Relay", town.emulator.smarthost().smtpPort(), "starttls");
        town.emulator.change(
                "faults: [{stage: greeting, when: {provider: smarthost}, silence: 1h}]");
        var stuck = town.handIn("erp", ERP, "stuck@example.net");
        town.settle();
        var office = town.office("{}");
        town.house.queue.reroute(stuck, relay.id());
        var other = town.handIn("erp", ERP, "other@example.net");
        town.house.queue.reroute(other, office.id());
        town.settle();

        assertThat(recipient(other).state()).isEqualTo("sent");
        assertThat(recipient(stuck).state()).isEqualTo("deferred");
        assertThat(recipient(stuck).diagnostic().orElseThrow()).containsIgnoringCase("answer");
        assertThat(state(relay)).isEqualTo(ServiceState.FAILING);

        town.emulator.change("faults: []");
        town.runFor(Duration.ofMinutes(16));

        assertThat(recipient(stuck).state()).isEqualTo("sent");
        assertThat(recipient(stuck).attempts()).isEqualTo(1);
        assertThat(town.emulator.mailboxes().received()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"999 what\r\n", "\u0000\u0001\u00ff\u0000\r\n", "220-more\r\n", "220 x"})
    void what_is_no_smtp_ends_soon_and_is_explained(String said) throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> sayForEver(server, said));
            var relay = relay("Relay", server.getLocalPort(), "none");
            var message = town.handIn("erp", ERP, "a@example.net");
            town.settle();

            assertThat(recipient(message).state()).isEqualTo("deferred");
            assertThat(recipient(message).attempts()).isZero();
            assertThat(recipient(message).diagnostic().orElseThrow().length()).isLessThan(2_000);
            assertThat(recipient(message).advice()).isPresent();
            assertThat(state(relay)).isEqualTo(ServiceState.FAILING);
        }
    }

    private static void sayForEver(ServerSocket server, String said) {
        var octets = said.getBytes(StandardCharsets.ISO_8859_1);
        while (!server.isClosed())
            try (var one = server.accept()) {
                while (true) one.getOutputStream().write(octets);
            } catch (IOException gone) {
                // whoever had enough of it hangs up
            }
    }

    @Test
    void while_the_token_endpoint_is_down_each_pause_costs_one_request_and_no_try() {
        town.emulator.change(
                "faults: [{stage: token, answer: {oauth_error: temporarily_unavailable,"
                        + " http_status: 503}}]");
        town.office("{\"connections\": 3}");
        var messages = new ArrayList<QueueId>();
        for (int i = 0; i < 20; i++) messages.add(town.handIn("erp", ERP, "a@example.net"));
        town.runFor(Duration.ofHours(1));
        for (var message : messages) assertThat(recipient(message).attempts()).isZero();
        // pauses of 30 s, 1, 2, 5, 15, 15, 15 minutes and the first time
        assertThat(town.emulator.count("token microsoft client_credentials")).isBetween(5L, 10L);

        town.emulator.change("faults: []");
        town.runFor(Duration.ofMinutes(16));

        for (var message : messages) {
            assertThat(recipient(message).state()).isEqualTo("sent");
            assertThat(recipient(message).attempts()).isEqualTo(1);
        }
        assertThat(town.emulator.mailboxes().received()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -2})
    void paced_mail_goes_on_within_a_minute_after_the_clock_jumped(int hours) {
        town.office("{\"connections\": 2, \"messages_per_minute\": 5}");
        for (int i = 0; i < 9; i++) town.handIn("erp", ERP, "a@example.net");
        town.settle();
        assertThat(town.emulator.mailboxes().received()).isEqualTo(5);

        town.clock.pass(Duration.ofHours(hours));
        town.settle();
        town.clock.pass(Duration.ofSeconds(61));
        town.settle();

        assertThat(town.emulator.mailboxes().received()).isEqualTo(9);
        assertThat(told("message.deferred")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -2})
    void mail_behind_a_failing_service_goes_on_soon_after_the_clock_jumped(int hours) {
        town.emulator.change("faults: [{stage: connect, drop: true}]");
        var office = town.office("{}");
        var message = town.handIn("erp", ERP, "a@example.net");
        town.settle();
        assertThat(state(office)).isEqualTo(ServiceState.FAILING);

        town.emulator.change("faults: []");
        town.clock.pass(Duration.ofHours(hours));
        town.settle();
        town.clock.pass(Duration.ofMinutes(1));
        town.settle();

        assertThat(recipient(message).state()).isEqualTo("sent");
        assertThat(state(office)).isEqualTo(ServiceState.READY);
        assertThat(town.emulator.mailboxes().received()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -2})
    void what_is_under_way_when_the_clock_jumps_is_sent_once(int hours) {
        town.emulator.change("faults: [{stage: final-dot, delay: 800ms}]");
        town.office("{\"connections\": 1}");
        for (int i = 0; i < 3; i++) town.handIn("erp", ERP, "a@example.net");
        town.await("a line", () -> town.emulator.count("auth microsoft") == 1);

        town.clock.pass(Duration.ofHours(hours));
        town.settle();

        assertThat(town.emulator.mailboxes().received()).isEqualTo(3);
        assertThat(told("message.sent")).isEqualTo(3);
    }

    @Test
    void a_token_given_before_the_clock_was_set_back_is_not_believed() {
        town.office("{}");
        town.handIn("erp", ERP, "a@example.net");
        town.settle();
        long before = town.emulator.count("token microsoft client_credentials");

        town.clock.pass(Duration.ofHours(-2));
        var message = town.handIn("erp", ERP, "b@example.net");
        town.settle();

        assertThat(recipient(message).state()).isEqualTo("sent");
        assertThat(town.emulator.count("token microsoft client_credentials")).isEqualTo(before + 1);
    }

    @Test
    void mail_is_not_late_when_the_clock_was_set_back_while_nobody_ran() {
        var office = town.office("{}");
        town.house.services.pause(office.id(), "ada");
        var message = town.handIn("erp", ERP, "a@example.net");
        town.settle();

        town.clock.pass(Duration.ofHours(-2));
        town.restart();
        town.house.services.resume(office.id(), "ada");
        town.settle();

        assertThat(recipient(message).state()).isEqualTo("sent");
    }

    private long told(String type) {
        return town.house.events.after(0, 1000).stream()
                .map(Event::type)
                .filter(one -> one.word().equals(type))
                .count();
    }

    private Service relay(String name, int port, String tls) {
        var settings = HouseInTown.JSON.createObjectNode().put("name", name).put("preset", "smtp");
        var smtp = settings.withObject("/smtp");
        smtp.put("host", "localhost").put("port", port).put("tls", tls);
        smtp.put("trusted_ca", town.emulator.trustedCa());
        settings.withObject("/from").put("address", ERP);
        var authentication = settings.withObject("/authentication");
        if (tls.equals("none")) authentication.put("type", "none");
        else
            authentication
                    .put("type", "basic")
                    .put("username", "relay@smarthost.example")
                    .put("password", "smarthost-demo-password");
        return town.service(settings);
    }

    private RecipientRow recipient(QueueId message) {
        return town.house.queue.recipients(message).getFirst();
    }

    private ServiceState state(Service service) {
        return town.house.services.status(service.id()).state();
    }
}
