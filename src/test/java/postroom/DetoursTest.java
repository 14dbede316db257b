package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.access.NewCredential;
import postroom.emulator.EmulatorScript;
import postroom.emulator.ReceivedMessage;
import postroom.event.Event;
import postroom.event.EventType;
import postroom.mail.QueueId;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.store.Database;
import postroom.store.OnBothDatabases;

import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Mail goes around a closed service, as the owner's rules say, and comes back by itself.
@OnBothDatabases
class DetoursTest {
    @Parameter Database database;

    private static final String ERP = "noreply@contoso.example";
    private static final String BACKUP = "shared@contoso.example";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String SHARED =
            "{address: shared@contoso.example, full_access: [noreply@contoso.example]}";
    private static final String CLOSED =
            "mailboxes: [{address: noreply@contoso.example, smtp_auth: disabled-mailbox}, "
                    + SHARED
                    + "]";
    private static final String REFUSING =
            "faults: [{stage: final-dot, when: {user: noreply@contoso.example}, answer: {smtp: '550"
                    + " 5.7.705 Access denied, tenant has exceeded threshold'}}]";
    private static final String OPEN =
            "mailboxes: [{address: noreply@contoso.example}, " + SHARED + "]";

    @TempDir Path data;

    private HouseInTown town;
    private Service office;
    private Service backup;

    @BeforeEach
    void open() throws IOException {
        town = new HouseInTown(data, database, EmulatorScript.demo(), Duration.ofMillis(20));
        town.credential("erp", "*@contoso.example");
        office = town.office("{}");
        backup = town.office("Backup", BACKUP, "{}");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void what_waits_behind_a_closed_service_leaves_through_the_next_of_its_rule() {
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        pauseBoth();
        var messages = new ArrayList<QueueId>();
        for (int i = 0; i < 3; i++) messages.add(handIn());
        town.settle();
        assertThat(town.emulator.mailboxes().received()).isZero();

        town.house.services.resume(backup.id(), "ada");
        town.settle();

        for (var message : messages) assertThat(state(message)).isEqualTo("sent");
        assertThat(town.emulator.mailboxes().messages())
                .extracting(ReceivedMessage::account)
                .containsOnly(BACKUP);
        var moved = events(messages.getFirst(), EventType.MESSAGE_REROUTED);
        assertThat(moved).hasSize(1);
        assertThat(moved.getFirst().data()).containsEntry("why", "Office is paused");
    }

    @Test
    void a_message_that_meets_trouble_goes_around_it_and_is_sent_once() {
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        town.emulator.change(CLOSED);

        var first = handIn();
        town.settle();
        var second = handIn();
        town.settle();

        assertThat(state(first)).isEqualTo("sent");
        assertThat(state(second)).isEqualTo("sent");
        assertThat(town.emulator.mailboxes().received()).isEqualTo(2);
        assertThat(stateOf(office)).isEqualTo(ServiceState.FAILING);
    }

    @Test
    void mail_returns_to_the_first_service_though_nothing_waited_there() {
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        town.emulator.change(CLOSED);
        handIn();
        town.settle();
        assertThat(stateOf(office)).isEqualTo(ServiceState.FAILING);

        town.emulator.change(OPEN);
        town.runFor(Duration.ofMinutes(16));

        assertThat(stateOf(office)).isEqualTo(ServiceState.READY);
        handIn();
        town.settle();
        assertThat(town.emulator.mailboxes().messages().getLast().account()).isEqualTo(ERP);
    }

    @Test
    void mail_returns_to_a_service_that_had_refused_messages_though_nothing_waited_there() {
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        town.emulator.change(REFUSING);
        var message = handIn();
        town.settle();
        assertThat(state(message)).isEqualTo("sent");
        assertThat(stateOf(office)).isEqualTo(ServiceState.FAILING);

        town.emulator.change("faults: []");
        town.runFor(Duration.ofMinutes(6));

        assertThat(stateOf(office)).isEqualTo(ServiceState.READY);
        handIn();
        town.settle();
        assertThat(town.emulator.mailboxes().messages())
                .extracting(ReceivedMessage::account)
                .containsExactly(BACKUP, ERP);
    }

    @Test
    void a_service_that_goes_on_refusing_messages_gets_another_less_and_less_often() {
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        town.emulator.change(REFUSING);
        handIn();
        town.runFor(Duration.ofMinutes(6));
        assertThat(stateOf(office)).isEqualTo(ServiceState.READY);

        var second = handIn();
        town.runFor(Duration.ofMinutes(6));
        assertThat(stateOf(office)).isEqualTo(ServiceState.FAILING);

        town.runFor(Duration.ofMinutes(16));
        assertThat(stateOf(office)).isEqualTo(ServiceState.READY);
        assertThat(state(second)).isEqualTo("sent");
        assertThat(town.emulator.mailboxes().messages())
                .extracting(ReceivedMessage::account)
                .containsExactly(BACKUP, BACKUP);
    }

    @Test
    void a_used_up_day_overflows() {
        town.house.services.delete(office.id(), "ada");
        office = town.office("{\"recipients_per_day\": 2}");
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");

        for (int i = 0; i < 5; i++) handIn();
        town.runFor(Duration.ofSeconds(2));

        assertThat(town.emulator.mailboxes().messages())
                .extracting(ReceivedMessage::account)
                .containsExactlyInAnyOrder(ERP, ERP, BACKUP, BACKUP, BACKUP);
    }

    @Test
    void mail_goes_around_only_through_what_its_credential_may_use() {
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        town.credential(
                new NewCredential(
                        "bound",
                        List.of("*@contoso.example"),
                        List.of(),
                        Set.of(),
                        Set.of(office.id()),
                        false,
                        Optional.empty(),
                        Optional.empty()));
        pauseBoth();
        var bound = town.handIn("bound", ERP, "a@example.net");
        var free = handIn();

        town.house.services.resume(backup.id(), "ada");
        town.settle();

        assertThat(state(bound)).isEqualTo("queued");
        assertThat(state(free)).isEqualTo("sent");
        assertThat(events(bound, EventType.MESSAGE_REROUTED)).isEmpty();
        town.house.services.resume(office.id(), "ada");
        town.settle();
        assertThat(state(bound)).isEqualTo("sent");
    }

    @Test
    void mail_goes_around_only_through_what_is_set_up_for_it() {
        town.house.services.delete(backup.id(), "ada");
        backup =
                town.house.services.update(
                        town.office("Backup", "shared@contoso.example", "{}").id(),
                        YAML.readTree("{usages: [marketing]}"),
                        "ada");
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        pauseBoth();
        var password = handIn();
        var news = handIn("X-Postroom-Usage: marketing\n", "News.");

        town.house.services.resume(backup.id(), "ada");
        town.settle();

        assertThat(state(news)).isEqualTo("sent");
        assertThat(state(password)).isEqualTo("queued");
    }

    @Test
    void a_large_message_waits_for_the_service_that_takes_it() {
        town.house.services.update(
                backup.id(), YAML.readTree("{limits: {message_size: 10KB}}"), "ada");
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        pauseBoth();
        var early = handIn("", "Large. ".repeat(4_000));

        town.house.services.resume(backup.id(), "ada");
        var late = handIn("", "Large. ".repeat(4_000));
        var small = handIn();
        town.settle();

        assertThat(state(small)).isEqualTo("sent");
        assertThat(state(early)).isEqualTo("queued");
        assertThat(state(late)).isEqualTo("queued");
        town.house.services.resume(office.id(), "ada");
        town.settle();
        assertThat(state(early)).isEqualTo("sent");
        assertThat(state(late)).isEqualTo("sent");
    }

    @Test
    void mail_without_a_rule_waits_where_it_is() {
        town.house.services.pause(office.id(), "ada");
        var message = handIn();
        town.settle();

        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        town.settle();

        assertThat(state(message)).isEqualTo("queued");
    }

    @Test
    void the_header_from_is_rewritten_only_where_a_rule_says_so() {
        town.house.services.pause(office.id(), "ada");
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        handIn();
        town.settle();

        var received = town.emulator.mailboxes().messages().getFirst();

        assertThat(received.text())
                .contains("From: shared@contoso.example\r\n")
                .contains("Reply-To: " + ERP + "\r\n")
                .doesNotContain("From: " + ERP);
        assertThat(received.reversePath()).isEqualTo(BACKUP);
    }

    @Test
    void mail_that_is_rerouted_by_hand_is_rewritten_as_its_rule_says_and_stays_where_it_was_sent() {
        routes(
                "{name: All, rewrite_from: true, services: [Office, Backup], switch_when:"
                        + " [failing]}");
        town.house.services.pause(office.id(), "ada");
        town.house.services.pause(backup.id(), "ada");
        var message = handIn();
        town.house.queue.reroute(message, backup.id());
        routes("{name: All, rewrite_from: true, services: [Office, Backup]}");
        town.house.services.resume(office.id(), "ada");
        town.settle();
        assertThat(state(message)).isEqualTo("queued");

        town.house.services.resume(backup.id(), "ada");
        town.settle();

        assertThat(town.emulator.mailboxes().messages().getFirst().text())
                .contains("From: shared@contoso.example\r\n");
    }

    @Test
    void rules_are_there_after_a_restart() {
        routes("{name: All, services: [Office, Backup], switch_when: [paused]}");
        var before = town.house.routes.shown();

        town.restart();

        assertThat(town.house.routes.shown()).isEqualTo(before);
        assertThat(before.at("/routes/0/services/1").asString()).isEqualTo("Backup");
    }

    private void routes(String rules) {
        town.house.routes.replace(YAML.readTree("routes: [" + rules + "]"), "ada");
    }

    private void pauseBoth() {
        town.house.services.pause(office.id(), "ada");
        town.house.services.pause(backup.id(), "ada");
    }

    private QueueId handIn(String fields, String text) {
        var content = "From: " + ERP + "\nTo: a@example.net\n" + fields + "\n" + text + "\n";
        return town.handIn("erp", content.getBytes(US_ASCII), 1).accepted().getFirst();
    }

    private QueueId handIn() {
        return town.handIn("erp", ERP, "a@example.net");
    }

    private String state(QueueId message) {
        return town.house.queue.recipients(message).getFirst().state();
    }

    private ServiceState stateOf(Service service) {
        return town.house.services.status(service.id()).state();
    }

    private List<Event> events(QueueId message, EventType type) {
        return town.house.events.ofMessage(message).stream()
                .filter(event -> event.type() == type)
                .toList();
    }
}
