package postroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.check.CheckReport;
import postroom.check.CheckStep;
import postroom.emulator.EmulatorScript;
import postroom.emulator.ReceivedMessage;
import postroom.mail.Address;
import postroom.mail.QueueId;
import postroom.queue.RecipientRow;
import postroom.service.MailWaits;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.store.Database;
import postroom.store.OnBothDatabases;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// The dispatcher in the whole house: who has to wait, for whom, and for how long.
@OnBothDatabases
class DispatcherTest {
    @Parameter Database database;

    private static final String ERP = "noreply@contoso.example";

    @TempDir Path data;

    private HouseInTown town;

    @BeforeEach
    void open() throws IOException {
        town = open(Duration.ofMillis(20));
    }

    private HouseInTown open(Duration idle) throws IOException {
        var directory = Files.createTempDirectory(data, "house");
        var fresh = new HouseInTown(directory, database, EmulatorScript.demo(), idle);
        fresh.credential("erp", "*@contoso.example");
        return fresh;
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void trouble_with_the_service_spends_no_attempts() {
        town.emulator.change(
                "mailboxes: [{address: noreply@contoso.example, smtp_auth: disabled-mailbox}]");
        var office = town.office("{}");
        var invoice = town.handIn("erp", ERP, "a@example.net");

        town.runFor(Duration.ofDays(9));

        var recipient = recipient(invoice);
        assertThat(recipient.state()).isEqualTo("deferred");
        assertThat(recipient.attempts()).isZero();
        assertThat(state(office)).isEqualTo(ServiceState.FAILING);
        assertThat(town.house.services.status(office.id()).reason())
                .contains("exo-smtpauth-disabled-mailbox");
    }

    @Test
    void a_provider_that_vanishes_and_comes_back_gets_everything_once() {
        var office = town.office("{}");
        var before = town.handIn("erp", ERP, "a@example.net");
        town.settle();
        town.emulator.change("faults: [{stage: connect, drop: true}]");
        var meanwhile = new ArrayList<QueueId>();
        for (int i = 0; i < 5; i++) {
            meanwhile.add(town.handIn("erp", ERP, "b" + i + "@example.net"));
            town.runFor(Duration.ofMinutes(7));
        }
        assertThat(state(office)).isEqualTo(ServiceState.FAILING);

        town.emulator.change("faults: []");
        town.runFor(Duration.ofMinutes(16));

        assertThat(state(office)).isEqualTo(ServiceState.READY);
        assertThat(recipient(before).attempts()).isEqualTo(1);
        for (var message : meanwhile) {
            assertThat(recipient(message).state()).isEqualTo("sent");
            assertThat(recipient(message).attempts()).isEqualTo(1);
        }
        assertThat(town.emulator.mailboxes().received()).isEqualTo(6);
    }

    @Test
    void a_poison_message_does_not_hold_up_the_others() {
        town.emulator.change(
                """
                faults:
                  - stage: final-dot
                    when: { recipient: "poison@*" }
                    answer: { smtp: "554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message due to a permanent exception" }
                """);
        var office = town.office("{\"connections\": 1}");
        var poison = town.handIn("erp", ERP, "poison@example.net");
        town.settle();
        var others = new ArrayList<QueueId>();
        for (int i = 0; i < 5; i++) others.add(town.handIn("erp", ERP, "a" + i + "@example.net"));

        town.runFor(Duration.ofHours(2));

        for (var other : others) assertThat(recipient(other).state()).isEqualTo("sent");
        assertThat(recipient(poison).state()).isEqualTo("deferred");
        assertThat(recipient(poison).attempts()).isPositive();
        assertThat(state(office)).isEqualTo(ServiceState.READY);
        var late = town.handIn("erp", ERP, "late@example.net");
        town.settle();
        assertThat(recipient(late).state()).isEqualTo("sent");
    }

    @Test
    void a_daily_limit_delays_and_fails_nothing() {
        var office = town.office("{\"recipients_per_day\": 5}");
        var messages = new ArrayList<QueueId>();
        for (int i = 0; i < 8; i++) messages.add(town.handIn("erp", ERP, "a" + i + "@example.net"));
        town.runFor(Duration.ofSeconds(1));

        assertThat(town.emulator.mailboxes().received()).isEqualTo(5);
        assertThat(state(office)).isEqualTo(ServiceState.LIMITED);
        assertThat(town.house.services.status(office.id()).reason()).contains("service-day-limit");

        town.runFor(Duration.ofHours(25));

        assertThat(town.emulator.mailboxes().received()).isEqualTo(8);
        assertThat(state(office)).isEqualTo(ServiceState.READY);
        for (var message : messages) assertThat(recipient(message).attempts()).isEqualTo(1);
    }

    @Test
    void a_service_is_not_forgotten_while_mail_is_held_on_its_way_to_it() {
        var office = town.office("{}");
        town.house.services.pause(office.id(), "ada");
        var message = town.handIn("erp", ERP, "a@example.net");
        town.house.queue.hold(message);

        assertThatThrownBy(() -> town.house.services.delete(office.id(), "ada"))
                .isInstanceOf(MailWaits.class);

        town.house.queue.cancel(message);
        town.house.services.delete(office.id(), "ada");
        assertThat(town.house.services.all()).isEmpty();
    }

    @Test
    void a_check_blames_tls_for_what_is_wrong_with_tls() {
        var office = town.office("{}");
        for (var smtp : List.of("{\"tls\": \"implicit\"}", "{\"trusted_ca\": null}")) {
            var changed =
                    town.house.services.update(
                            office.id(),
                            HouseInTown.JSON.readTree("{\"smtp\": " + smtp + "}"),
                            "ada");

            var report = town.house.check.run(changed, Address.of("a@example.net"));

            assertThat(report.steps())
                    .as(smtp)
                    .filteredOn(step -> step instanceof CheckStep.Failed)
                    .extracting(step -> step.name())
                    .containsExactly(CheckStep.Name.TLS);
            town.house.services.update(
                    office.id(),
                    HouseInTown.JSON.readTree("{\"smtp\": {\"tls\": \"starttls\"}}"),
                    "ada");
        }
    }

    @Test
    void a_changed_service_gets_new_lines() throws IOException {
        town.close();
        town = open(Duration.ofSeconds(20));
        var office = town.office("{\"connections\": 1}");
        sendNow(1);
        sendNow(2);

        town.house.services.update(
                office.id(),
                HouseInTown.JSON.readTree("{\"smtp\": {\"ehlo_hostname\": \"new.example\"}}"),
                "ada");
        sendNow(3);

        var lines =
                town.emulator.mailboxes().messages().stream()
                        .map(ReceivedMessage::connection)
                        .toList();
        assertThat(lines.get(1)).isEqualTo(lines.get(0));
        assertThat(lines.get(2)).isNotEqualTo(lines.get(1));
    }

    /// Over the line that waits, if one does.
    private void sendNow(int count) {
        town.handIn("erp", ERP, "a@example.net");
        town.await(count + " messages", () -> town.emulator.mailboxes().received() == count);
    }

    @Test
    void one_message_costs_one_line() {
        town.emulator.change("delay: { greeting: 100ms }");
        town.office("{\"connections\": 3}");

        var message = town.handIn("erp", ERP, "a@example.net");
        for (int i = 0; i < 20; i++) town.house.dispatcher.nudge(0);
        town.settle();

        assertThat(recipient(message).state()).isEqualTo("sent");
        assertThat(town.emulator.count("auth microsoft")).isEqualTo(1);
    }

    /// A provider for which a second use of a refresh token is a theft would end the authorization.
    @Test
    void two_hundred_deliveries_at_the_moment_of_expiry_renew_once() throws IOException {
        town.emulator.change(town.emulator.script().withoutLimits());
        town.emulator.change("{lifetimes: {rotation: strict}}");
        var mailbox = mailbox(20);
        town.handIn("erp", ERP, "a@example.net");
        town.settle();
        long before = town.emulator.count("token microsoft refresh_token");
        town.house.services.pause(mailbox.id(), "ada");
        var content = "From: " + ERP + "\nTo: b@example.net\nSubject: Hello\n\nHello.\n";
        town.handIn("erp", content.getBytes(StandardCharsets.US_ASCII), 200);

        town.clock.pass(Duration.ofHours(1));
        town.house.services.resume(mailbox.id(), "ada");
        town.settle();

        assertThat(town.emulator.mailboxes().received()).isEqualTo(201);
        assertThat(town.emulator.count("token microsoft refresh_token")).isEqualTo(before + 1);
        assertThat(town.emulator.count("reused microsoft")).isZero();
        assertThat(town.emulator.microsoft().mostConnectionsSeen()).isGreaterThan(1);
        assertThat(state(mailbox)).isEqualTo(ServiceState.READY);
    }

    private Service mailbox(int connections) throws IOException {
        var client = town.emulator.script().clients().getFirst();
        var settings = HouseInTown.JSON.createObjectNode().put("name", "Mailbox");
        settings.put("preset", "microsoft-365");
        settings.withObject("/smtp")
                .put("host", "localhost")
                .put("port", town.emulator.microsoft().smtpPort())
                .put("trusted_ca", town.emulator.trustedCa());
        settings.withObject("/from").put("address", ERP);
        settings.withObject("/authentication")
                .put("grant", "refresh_token")
                .put("login", ERP)
                .put("client_id", client.id())
                .put("client_secret", client.secrets().getFirst())
                .put("refresh_token", new Consenting(town.emulator).refreshToken(ERP))
                .put("token_endpoint", town.emulator.microsoft().secure().tokenUrl().toString());
        settings.withObject("/limits")
                .put("connections", connections)
                .putNull("messages_per_minute")
                .putNull("recipients_per_day");
        return town.service(settings);
    }

    @Test
    void the_message_of_a_check_counts_among_those_of_a_minute_and_is_kept_a_place()
            throws Exception {
        var office = town.office("{\"messages_per_minute\": 3}");
        for (int i = 0; i < 3; i++) town.handIn("erp", ERP, "a@example.net");
        town.settle();

        var check = CompletableFuture.supplyAsync(() -> check(office));
        town.await("what it keeps a place for", () -> counted("messages_per_minute") == 4);
        assertThat(town.emulator.mailboxes().received()).isEqualTo(3);
        for (int i = 0; i < 3; i++) town.handIn("erp", ERP, "a@example.net");
        town.clock.pass(Duration.ofSeconds(59));
        town.await("its place kept", () -> newestSlot() >= town.clock.millis() - 1_000);
        town.clock.pass(Duration.ofSeconds(5));

        assertThat(check.get(60, TimeUnit.SECONDS).passed()).isTrue();
        town.settle();
        assertThat(town.emulator.mailboxes().received()).isEqualTo(3 + 1 + 2);
    }

    @Test
    void a_check_of_a_service_whose_day_is_full_sends_nothing_and_says_so() {
        var office = town.office("{\"recipients_per_day\": 2}");
        for (int i = 0; i < 3; i++) town.handIn("erp", ERP, "a@example.net");
        town.settle();

        var report = check(office);

        assertThat(report.passed()).isFalse();
        assertThat(report.steps().toString())
                .contains("2 recipients went through Office within 24 hours");
        assertThat(town.emulator.mailboxes().received()).isEqualTo(2);
        assertThat(counted("recipients_per_day")).isEqualTo(2);
    }

    private long newestSlot() {
        return town.house.store.read(tx ->
                tx.first(
                                "select max(slot) as n from quota where quota ="
                                        + " 'messages_per_minute'",
                                row -> row.number("n"))
                        .orElseThrow());
    }

    private CheckReport check(Service office) {
        return town.house.check.run(office, Address.of("ada@example.net"));
    }

    private long counted(String quota) {
        return town.house.store.read(tx ->
                tx.first(
                                "select sum(used) as n from quota where quota = ?",
                                row -> row.number("n"),
                                quota)
                        .orElseThrow());
    }

    @Test
    void pacing_keeps_to_messages_per_minute() {
        town.emulator.change("limits: { messages_per_minute: 10 }");
        town.office("{\"connections\": 3, \"messages_per_minute\": 10}");
        for (int i = 0; i < 25; i++) town.handIn("erp", ERP, "a@example.net");

        town.runFor(Duration.ofMinutes(3));

        var times = town.emulator.mailboxes().messages().stream().map(ReceivedMessage::at).toList();
        assertThat(times).hasSize(25);
        for (var time : times)
            assertThat(within(Duration.ofSeconds(60), time, times)).isLessThanOrEqualTo(10);
        assertThat(town.house.events.after(0, 1000))
                .noneMatch(event -> event.type().word().equals("message.deferred"));
    }

    private static long within(Duration window, Instant from, List<Instant> times) {
        return times.stream()
                .filter(time -> !time.isBefore(from) && time.isBefore(from.plus(window)))
                .count();
    }

    private RecipientRow recipient(QueueId message) {
        return town.house.queue.recipients(message).getFirst();
    }

    private ServiceState state(Service service) {
        return town.house.services.status(service.id()).state();
    }
}
