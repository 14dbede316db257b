package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.EmulatorScript;
import postroom.emulator.ReceivedMessage;
import postroom.event.EventType;
import postroom.intake.Acceptance.Accepted;
import postroom.intake.Hints;
import postroom.intake.SendAgain;
import postroom.intake.SendAgain.Result.Answered;
import postroom.intake.Submission.Origin;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.store.Database;

import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A message that is sent again leaves as it did the first time.
class SendAgainTest {

    private static final String ERP = "noreply@contoso.example";
    private static final String BACKUP = "shared@contoso.example";
    private static final List<Address> TO = List.of(Address.of("a@example.net"));
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String MAILBOXES =
            "mailboxes: [{address: noreply@contoso.example}, {address: shared@contoso.example,"
                    + " full_access: [noreply@contoso.example]}]";

    @TempDir Path data;
    private HouseInTown town;

    @BeforeEach
    void open() throws IOException {
        town = new HouseInTown(data, Database.SQLITE, EmulatorScript.demo());
        town.emulator.change(MAILBOXES);
        town.credential("erp", "*@contoso.example");
        town.office("{}");
        town.office("Backup", BACKUP, "{}");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void it_takes_the_route_of_its_tags() throws IOException {
        routes("{name: Tagged, when: {tag: late}, rewrite_from: true, services: [Backup]}");

        sendAgain(handIn(saying(Optional.empty(), List.of("late")), ERP, "Hello"));

        assertThat(accounts()).containsExactly(BACKUP, BACKUP);
    }

    @Test
    void it_takes_the_service_it_asked_for_though_that_has_another_name_now() throws IOException {
        routes("{name: All, rewrite_from: true, services: [Office]}");
        var message = handIn(saying(Optional.of("Backup"), List.of()), BACKUP, "Hello");
        var backup = town.house.services.find("Backup").orElseThrow().id();
        town.house.services.update(backup, YAML.readTree("{name: Spare}"), "ada");

        sendAgain(message);

        assertThat(accounts()).containsExactly(BACKUP, BACKUP);
    }

    @Test
    void it_takes_another_service_where_the_one_it_asked_for_is_gone() throws IOException {
        routes("{name: All, rewrite_from: true, services: [Office]}");
        var message = handIn(saying(Optional.of("Backup"), List.of()), BACKUP, "Hello");
        town.house.services.delete(town.house.services.find("Backup").orElseThrow().id(), "ada");

        sendAgain(message);

        assertThat(accounts()).containsExactly(BACKUP, ERP);
    }

    @Test
    void it_asks_for_smtputf8_where_its_header_section_needs_it() throws IOException {
        sendAgain(handIn(Hints.NONE, ERP, "Grüße"));

        assertThat(town.emulator.mailboxes().messages())
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.mailParameters()).contains("SMTPUTF8"));
    }

    @Test
    void what_failed_is_sent_again_once_to_whom_it_failed() throws IOException {
        town.emulator.change(
                "faults: [{stage: rcpt, when: {recipient: 'b@*'},"
                        + " answer: {smtp: '550 5.1.1 No such mailbox'}}]");
        var message = town.handIn("erp", ERP, "a@example.net, b@example.net");
        var good = town.handIn("erp", ERP, "a@example.net");
        town.settle();
        town.emulator.change("faults: []");

        var again = (Answered) sendFailed(message);
        town.settle();

        var as = ((Accepted) again.acceptance()).id();
        assertThat(town.house.queue.recipients(as))
                .extracting(it -> it.address() + " " + it.state())
                .containsExactly("b@example.net sent");
        assertThat(town.house.events.ofMessage(message).getLast())
                .satisfies(told -> {
                    assertThat(told.type()).isEqualTo(EventType.MESSAGE_SENT_AGAIN);
                    assertThat(told.data()).containsEntry("as", as.toString());
                });
        assertThat(sendFailed(message)).isInstanceOf(SendAgain.OfFailed.SentBefore.class);
        assertThat(sendFailed(good)).isInstanceOf(SendAgain.OfFailed.NothingFailed.class);
        assertThat(town.emulator.mailboxes().received()).isEqualTo(3);
    }

    private SendAgain.OfFailed sendFailed(QueueId message) throws IOException {
        var row = town.house.queue.message(message).orElseThrow();
        return again().sendFailed(row, "ada");
    }

    private SendAgain again() {
        var house = town.house;
        return new SendAgain(house.intake, house.queue, house.access, house.events);
    }

    private QueueId handIn(Hints hints, String from, String subject) throws IOException {
        var erp = town.credential("erp").credential();
        var envelope =
                new Envelope(Optional.of(Address.of(from)), TO, Envelope.Body.EIGHT_BIT, true);
        var origin = Origin.http(erp, InetAddress.getLoopbackAddress());
        var text = "From: " + from + "\r\nSubject: " + subject + "\r\n\r\nHello.\r\n";
        try (var submission = town.house.intake.begin(origin, envelope, hints)) {
            submission.write(text.getBytes(UTF_8));
            var accepted = (Accepted) town.house.intake.accept(submission);
            town.settle();
            return accepted.id();
        }
    }

    private void sendAgain(QueueId message) throws IOException {
        var row = town.house.queue.message(message).orElseThrow();
        var again = again().send(row, TO, "ada");
        assertThat(((Answered) again).acceptance()).isInstanceOf(Accepted.class);
        town.settle();
    }

    private List<String> accounts() {
        return town.emulator.mailboxes().messages().stream().map(ReceivedMessage::account).toList();
    }

    private void routes(String rules) {
        town.house.routes.replace(YAML.readTree("routes: [" + rules + "]"), "ada");
    }

    private static Hints saying(Optional<String> service, List<String> tags) {
        return new Hints(
                Optional.empty(), service, tags, Map.of(), Optional.empty(), Optional.empty());
    }
}
