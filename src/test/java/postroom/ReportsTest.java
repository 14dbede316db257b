package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.access.Issued;
import postroom.emulator.EmulatorScript;
import postroom.emulator.ReceivedMessage;
import postroom.event.Event;
import postroom.event.EventType;
import postroom.intake.Acceptance;
import postroom.intake.Hints;
import postroom.intake.Submission.Door;
import postroom.intake.Submission.Origin;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.mail.ReportRequest;
import postroom.mail.ReportRequest.Returned;
import postroom.mail.ReportWish;
import postroom.mail.ReportWish.Occasion;
import postroom.queue.MessageRow;
import postroom.service.Service;
import postroom.store.Database;
import postroom.store.OnBothDatabases;

import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/// Senders hear of mail that failed or is late: once, and never of a report. What they get is read
/// with Angus Mail.
@OnBothDatabases
class ReportsTest {
    @Parameter Database database;

    private static final String ERP = "noreply@contoso.example";
    private static final String CONTENT =
            "From: noreply@contoso.example\r\nTo: list@example.net\r\n"
                    + "Bcc: secret@example.net\r\nSubject: Invoice 4711\r\n"
                    + "Message-ID: <4711@contoso.example>\r\n\r\nThe body.\r\n";
    private static final String PROVIDER =
            """
            faults:
              - { stage: rcpt, when: { recipient: "nobody*" }, answer: { smtp: "550 5.1.1 No such mailbox" } }
              - { stage: rcpt, when: { recipient: "full*" }, answer: { smtp: "452 4.2.2 Mailbox full" } }
            """;

    @TempDir Path data;

    private HouseInTown town;
    private Service office;

    @BeforeEach
    void open() {
        town = new HouseInTown(data, database, EmulatorScript.demo().changedBy(PROVIDER));
        town.credential("erp", "*@contoso.example");
        office = town.office("{}");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void a_refused_recipient_brings_its_sender_a_report() throws Exception {
        var id = handIn(List.of("nobody@example.net"), ReportRequest.NONE);

        tell();

        var report = Report.of(only(reports()));
        assertThat(report.message.getHeader("Auto-Submitted", null)).isEqualTo("auto-replied");
        assertThat(report.message.getHeader("In-Reply-To", null))
                .isEqualTo("<4711@contoso.example>");
        assertThat(report.message.getSubject()).isEqualTo("Not sent: Invoice 4711");
        assertThat(report.message.getHeader("To", null)).isEqualTo("<" + ERP + ">");
        assertThat(report.text)
                .contains("  nobody@example.net\n", "550 5.1.1 No such mailbox", id.toString());
        assertThat(report.perMessage.getHeader("Reporting-MTA", null)).startsWith("dns; ");
        assertThat(report.perMessage.getHeader("Original-Envelope-Id", null)).isNull();
        var one = only(report.perRecipient);
        assertThat(one.getHeader("Final-Recipient", null)).isEqualTo("rfc822; nobody@example.net");
        assertThat(one.getHeader("Action", null)).isEqualTo("failed");
        assertThat(one.getHeader("Status", null)).isEqualTo("5.1.1");
        assertThat(one.getHeader("Remote-MTA", null)).isEqualTo("dns; localhost");
        assertThat(one.getHeader("Diagnostic-Code", null))
                .isEqualTo("smtp; 550 5.1.1 No such mailbox");
        assertThat(report.originalType).isEqualTo("text/rfc822-headers");
        assertThat(report.original)
                .contains("Subject: Invoice 4711", "Received: ")
                .doesNotContain("The body", "secret@");
        var told = only(events(id, EventType.MESSAGE_REPORTED)).data();
        assertThat(told).containsEntry("to", ERP).containsEntry("failed", 1);
        assertThat(told).containsEntry("report", only(rows("report")).id().toString());
    }

    @Test
    void a_report_says_that_nobody_shall_report_on_it() {
        handIn(List.of("nobody@example.net"), ReportRequest.NONE);

        tell();

        var report = only(reports());
        assertThat(report.reversePath()).isEqualTo(ERP);
        assertThat(only(report.recipients()).parameters()).contains("NOTIFY=NEVER");
        assertThat(town.house.queue.owedReports().due(10)).isEmpty();
    }

    @Test
    void two_hundred_recipients_are_told_in_one_report() throws Exception {
        var to = new ArrayList<String>();
        for (int i = 0; i < 200; i++) to.add("nobody" + i + "@example.net");

        handIn(to, ReportRequest.NONE);
        tell();

        var report = Report.of(only(reports()));
        assertThat(report.perRecipient).hasSize(200);
        assertThat(report.text).contains("nobody0@example.net", "and 150 more");
    }

    @Test
    void who_failed_waits_a_minute_for_those_that_still_may() throws Exception {
        var id = handIn(List.of("nobody@example.net", "full@example.net"), ReportRequest.NONE);

        town.house.housekeeper.tellSenders();
        town.settle();
        assertThat(reports()).isEmpty();
        town.runFor(Duration.ofMinutes(2));
        tell();

        assertThat(Report.of(only(reports())).perRecipient).hasSize(1);
        assertThat(events(id, EventType.MESSAGE_REPORTED)).hasSize(1);
    }

    @Test
    void late_mail_is_told_once_whatever_restarts() throws Exception {
        var id = handIn(List.of("full@example.net"), ReportRequest.NONE);

        town.runFor(Duration.ofHours(3));
        tell();
        assertThat(reports()).isEmpty();
        town.runFor(Duration.ofMinutes(61));
        tell();
        town.restart();
        tell();
        town.runFor(Duration.ofHours(9));
        tell();

        var report = Report.of(only(reports()));
        assertThat(report.message.getSubject()).isEqualTo("Still waiting: Invoice 4711");
        var one = only(report.perRecipient);
        assertThat(one.getHeader("Action", null)).isEqualTo("delayed");
        assertThat(one.getHeader("Status", null)).isEqualTo("4.2.2");
        assertThat(one.getHeader("Will-Retry-Until", null))
                .isEqualTo("Sat, 28 Nov 2026 00:00:00 +0000");
        assertThat(only(events(id, EventType.MESSAGE_REPORTED)).data()).containsEntry("delayed", 1);
    }

    @Test
    void mail_behind_a_closed_service_is_late_and_told_through_another() throws Exception {
        var backup = town.office("Backup", "shared@contoso.example", "{}");
        town.house.services.pause(office.id(), "ada");
        handIn(List.of("ada@example.net"), ReportRequest.NONE);

        town.runFor(Duration.ofHours(5));
        tell();

        var report = only(rows("report"));
        assertThat(town.house.queue.recipients(report.id()).getFirst().service())
                .isEqualTo(backup.id());
        assertThat(only(Report.of(only(reports())).perRecipient).getHeader("Action", null))
                .isEqualTo("delayed");
    }

    @Test
    void while_nothing_is_open_a_report_waits_and_what_has_left_meanwhile_is_not_told() {
        town.house.services.pause(office.id(), "ada");
        handIn(List.of("ada@example.net"), ReportRequest.NONE);
        town.runFor(Duration.ofHours(5));
        tell();
        assertThat(rows("report")).isEmpty();

        town.house.services.resume(office.id(), "ada");
        town.settle();
        tell();

        assertThat(rows("report")).isEmpty();
        assertThat(town.house.queue.owedReports().due(10)).isEmpty();
    }

    @Test
    void what_the_client_asked_for_is_heeded() throws Exception {
        var never = new ReportWish(Optional.of(Set.of()), Optional.empty());
        var failure =
                new ReportWish(
                        Optional.of(Set.of(Occasion.FAILURE)),
                        Optional.of("rfc822;Bo+b@example.org"));
        var request =
                new ReportRequest(
                        Optional.of(Returned.FULL),
                        Optional.of("QQ 1+2"),
                        Map.of(
                                Address.of("nobody1@example.net"), never,
                                Address.of("nobody2@example.net"), failure,
                                Address.of("full@example.net"), failure));

        handIn(List.of("nobody1@example.net", "nobody2@example.net", "full@example.net"), request);
        town.runFor(Duration.ofHours(6));
        tell();

        var report = Report.of(only(reports()));
        assertThat(report.perMessage.getHeader("Original-Envelope-Id", null)).isEqualTo("QQ 1+2");
        var one = only(report.perRecipient);
        assertThat(one.getHeader("Original-Recipient", null)).isEqualTo("rfc822; Bo+b@example.org");
        assertThat(one.getHeader("Final-Recipient", null)).endsWith(" nobody2@example.net");
        assertThat(report.originalType).isEqualTo("message/rfc822");
        assertThat(report.original).contains("The body.").doesNotContain("secret@");
    }

    @Test
    void a_message_that_fills_its_service_comes_back_without_its_body() throws Exception {
        openWith("");
        town.house.services.delete(office.id(), "ada");
        town.office("{ \"message_size\": \"30KB\" }");

        put(Door.SMTP, wholeBack("nobody@example.net"), ofSize(15_000));
        tell();
        put(Door.SMTP, wholeBack("nobody@example.net"), ofSize(29_500));
        tell();

        assertThat(originalTypes()).containsExactly("message/rfc822", "text/rfc822-headers");
    }

    @Test
    void a_message_refused_for_its_size_comes_back_without_its_body() throws Exception {
        town.emulator.change(
                """
                faults:
                  - { stage: rcpt, when: { recipient: "a@*" }, answer: { smtp: "552 Too large" } }
                  - { stage: rcpt, when: { recipient: "b@*" }, answer: { smtp: "554 5.2.3 Too large for him" } }
                  - { stage: rcpt, when: { recipient: "c@*" }, answer: { smtp: "550 5.1.1 No such mailbox" } }
                """);

        for (var name : List.of("a", "b", "c"))
            put(Door.SMTP, wholeBack(name + "@example.net"), CONTENT);
        tell();

        assertThat(originalTypes())
                .containsExactlyInAnyOrder(
                        "text/rfc822-headers", "text/rfc822-headers", "message/rfc822");
    }

    @Test
    void a_message_larger_than_its_service_allows_comes_back_without_its_body_through_another()
            throws Exception {
        openWith("");
        town.house.services.delete(office.id(), "ada");
        var small = town.office("Small", ERP, "{ \"message_size\": \"10KB\" }");
        put(Door.SMTP, wholeBack("ada@example.net"), ofSize(15_000));
        town.house.services.pause(small.id(), "ada");
        town.office("Backup", "shared@contoso.example", "{}");

        tell();

        assertThat(originalTypes()).containsExactly("text/rfc822-headers");
    }

    @Test
    void a_report_leaves_without_the_message_where_not_even_its_header_section_has_room()
            throws Exception {
        openWith("");
        town.house.services.delete(office.id(), "ada");
        town.office("{ \"message_size\": \"10KB\" }");

        put(
                Door.SMTP,
                wholeBack("nobody@example.net"),
                ("X-Long: " + "word ".repeat(150) + "\r\n").repeat(12) + CONTENT);
        tell();

        assertThat(new String(only(reports()).content(), StandardCharsets.UTF_8))
                .contains("Final-Recipient: rfc822; nobody@example.net")
                .doesNotContain("X-Long");
    }

    @Test
    void a_report_that_brings_eight_bits_back_says_so_in_its_own_header_section() throws Exception {
        put(
                Door.SMTP,
                wholeBack("nobody@example.net"),
                CONTENT.replace("Subject", "Content-Transfer-Encoding: 8bit\r\nSubject")
                        + "Grüße\r\n");
        tell();
        var eightBit = only(reports());
        put(Door.SMTP, wholeBack("nobody@example.net"), CONTENT);
        tell();
        var sevenBit = reports().getLast();

        assertThat(Report.of(eightBit).original).contains("Grüße");
        assertThat(eightBit.header("Content-Transfer-Encoding")).contains("8bit");
        assertThat(eightBit.mailParameters()).contains("BODY=8BITMIME");
        assertThat(sevenBit.header("Content-Transfer-Encoding")).isEmpty();
        assertThat(sevenBit.mailParameters()).doesNotContain("BODY=8BITMIME");
    }

    @Test
    void a_message_whose_header_section_is_not_ascii_comes_back_without_its_body()
            throws Exception {
        put(
                Door.SMTP,
                wholeBack("nobody@example.net"),
                CONTENT.replace("Subject: Invoice", "Subject: Grüße"));
        tell();

        var received = only(reports());
        assertThat(received.content()).doesNotContain("ü".getBytes(StandardCharsets.UTF_8));
        var report = Report.of(received);
        assertThat(report.originalType).isEqualTo("text/rfc822-headers");
        assertThat(report.original).contains("Subject: Grüße").doesNotContain("The body.");
    }

    private static Envelope wholeBack(String to) {
        return envelope(
                List.of(to),
                new ReportRequest(Optional.of(Returned.FULL), Optional.empty(), Map.of()));
    }

    private static String ofSize(int octets) {
        var line = "The body goes on and on.\r\n";
        return CONTENT + line.repeat((octets - CONTENT.length()) / line.length());
    }

    private List<String> originalTypes() throws Exception {
        var types = new ArrayList<String>();
        for (var report : reports()) types.add(Report.of(report).originalType);
        return types;
    }

    @Test
    void success_is_the_next_hops_to_tell_where_it_offers_to() {
        var success = new ReportWish(Optional.of(Set.of(Occasion.SUCCESS)), Optional.empty());
        handIn(
                List.of("ada@example.net"),
                new ReportRequest(
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(Address.of("ada@example.net"), success)));

        tell();

        assertThat(rows("report")).isEmpty();
        assertThat(only(only(town.emulator.mailboxes().messages()).recipients()).parameters())
                .contains("NOTIFY=SUCCESS");
    }

    @Test
    void success_in_the_services_name_is_ours_to_tell() throws Exception {
        town.house.routes.replace(
                new YAMLMapper()
                        .readTree("routes: [{name: All, rewrite_from: true, services: [Office]}]"),
                "ada");
        var success = new ReportWish(Optional.of(Set.of(Occasion.SUCCESS)), Optional.empty());
        var request =
                new ReportRequest(
                        Optional.empty(),
                        Optional.of("rw1"),
                        Map.of(Address.of("ada@example.net"), success));
        put(
                Door.SMTP,
                new Envelope(
                        Optional.of(Address.of("erp@contoso.example")),
                        List.of(Address.of("ada@example.net")),
                        Envelope.Body.SEVEN_BIT,
                        false,
                        request),
                CONTENT.replace(ERP, "erp@contoso.example"));

        tell();

        var report = only(reports());
        assertThat(only(report.recipients()).address()).isEqualTo("erp@contoso.example");
        assertThat(only(Report.of(report).perRecipient).getHeader("Action", null))
                .isEqualTo("relayed");
        assertThat(town.emulator.mailboxes().messages().getFirst().reversePath()).isEqualTo(ERP);
    }

    @Test
    void nobody_is_told_who_does_not_want_to_hear() {
        var to = List.of(Address.of("nobody@example.net"));
        var nullPath = new Envelope(Optional.empty(), to, Envelope.Body.SEVEN_BIT, false);
        var fromErp = envelope(List.of("nobody@example.net"), ReportRequest.NONE);

        put(Door.SMTP, nullPath, CONTENT);
        put(Door.SMTP, fromErp, "Auto-Submitted: auto-generated; x=y\r\n" + CONTENT);
        put(Door.HTTP, fromErp, CONTENT);
        tell();
        assertThat(rows("report")).isEmpty();

        put(Door.SENDMAIL, fromErp, "Auto-Submitted: no (a person)\r\n" + CONTENT);
        tell();
        assertThat(rows("report")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no",
                "NO",
                "(a person) no",
                "(a (very \\) real); person)\r\n no(indeed); x=\"(\""
            })
    void who_says_no_between_comments_is_told(String autoSubmitted) {
        var to = envelope(List.of("nobody@example.net"), ReportRequest.NONE);

        put(Door.SMTP, to, "Auto-Submitted: " + autoSubmitted + "\r\n" + CONTENT);
        tell();

        assertThat(rows("report")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auto-generated",
                "(no) auto-replied",
                "n(a comment)o",
                "(no",
                "no-one-knows-yet"
            })
    void whoever_says_anything_else_is_not_told(String autoSubmitted) {
        var to = envelope(List.of("nobody@example.net"), ReportRequest.NONE);

        put(Door.SMTP, to, "Auto-Submitted: " + autoSubmitted + "\r\n" + CONTENT);
        tell();

        assertThat(rows("report")).isEmpty();
    }

    @Test
    void a_report_that_fails_is_not_reported_on() {
        var to = envelope(List.of("nobody@example.net"), ReportRequest.NONE);
        var fromNobody =
                new Envelope(
                        Optional.of(Address.of("nobody@contoso.example")),
                        to.forwardPaths(),
                        Envelope.Body.SEVEN_BIT,
                        false);
        put(Door.SMTP, fromNobody, CONTENT);

        tell();
        town.runFor(Duration.ofHours(6));
        tell();

        var report = only(rows("report"));
        assertThat(town.house.queue.recipients(report.id()).getFirst().state()).isEqualTo("failed");
        assertThat(town.house.queue.owedReports().due(10)).isEmpty();
    }

    @Test
    void a_sender_with_a_domain_beyond_ascii_is_told_by_a_server_that_knows_only_ascii()
            throws Exception {
        openWithSmarthost("", "noreply@bücher.example");

        put(
                "anybody",
                Door.SMTP,
                international("ada@bücher.example", "list@bücher.example"),
                CONTENT.replace(ERP, "noreply@bücher.example"));
        tell();

        var received = only(reports());
        assertThat(received.mailParameters()).doesNotContain("SMTPUTF8");
        assertThat(received.forwardPaths()).containsExactly("ada@xn--bcher-kva.example");
        var report = Report.of(received);
        assertThat(report.message.getHeader("To", null)).isEqualTo("<ada@xn--bcher-kva.example>");
        assertThat(report.message.getHeader("From", null))
                .isEqualTo("Postroom <noreply@xn--bcher-kva.example>");
        assertThat(only(report.perRecipient).getHeader("Final-Recipient", null))
                .isEqualTo("rfc822; list@xn--bcher-kva.example");
    }

    @Test
    void an_address_beyond_ascii_has_a_type_of_its_own_in_a_report() throws Exception {
        put(Door.SMTP, international(ERP, "nobody-jörg@bücher.example"), CONTENT);

        tell();

        var report = Report.of(only(reports()));
        assertThat(only(report.perRecipient).getHeader("Final-Recipient", null))
                .isEqualTo("utf-8; nobody-j\\x{F6}rg@b\\x{FC}cher.example");
    }

    @Test
    void reports_to_a_domain_beyond_ascii_are_counted_under_both_of_its_names() throws IOException {
        openWithSmarthost("reports: { per-hour: 1 }\n", ERP);
        for (var name : List.of("bücher.example", "xn--bcher-kva.example", "bücher.example"))
            put("anybody", Door.SMTP, international("ada@" + name, "nobody@example.net"), CONTENT);

        tell();

        assertThat(rows("report")).hasSize(1);
    }

    /// One that offers little, and nothing beyond ASCII.
    private void openWithSmarthost(String ours, String mailbox) throws IOException {
        openWith(ours);
        town.credential("anybody", "*");
        town.house.services.delete(office.id(), "ada");
        town.emulator.change(
                """
                faults:
                  - stage: ehlo
                    answer: { smtp: "250-mail.example\\n250-STARTTLS\\n250-AUTH PLAIN\\n250 8BITMIME" }
                  - { stage: rcpt, when: { recipient: "nobody*" }, answer: { smtp: "550 5.1.1 No such mailbox" } }
                """);
        var settings = HouseInTown.JSON.createObjectNode().put("name", "Relay");
        settings.put("preset", "smtp");
        settings.withObject("/smtp")
                .put("host", "localhost")
                .put("port", town.emulator.smarthost().smtpPort())
                .put("trusted_ca", town.emulator.trustedCa());
        settings.withObject("/from").put("address", mailbox);
        settings.withObject("/authentication")
                .put("type", "basic")
                .put("username", "relay@smarthost.example")
                .put("password", "smarthost-demo-password");
        town.service(settings);
    }

    @Test
    void what_an_operator_cancelled_is_not_reported() {
        var id = handIn(List.of("full@example.net"), ReportRequest.NONE);
        town.house.queue.cancel(id);

        town.runFor(Duration.ofHours(6));
        tell();

        assertThat(rows("report")).isEmpty();
    }

    @Test
    void more_reports_than_an_hour_may_have_wait() throws IOException {
        openWith("reports: { per-hour: 3 }\n");
        for (int i = 0; i < 5; i++)
            put(Door.SMTP, envelope(List.of("nobody@example.net"), ReportRequest.NONE), CONTENT);

        tell();
        assertThat(rows("report")).hasSize(3);
        town.runFor(Duration.ofMinutes(70));
        tell();
        assertThat(rows("report")).hasSize(5);
    }

    @Test
    void reports_that_an_outage_held_up_for_days_still_wait_for_their_turn() throws IOException {
        openWith("reports: { per-hour: 3 }\n");
        for (int i = 0; i < 5; i++)
            put(Door.SMTP, envelope(List.of("nobody@example.net"), ReportRequest.NONE), CONTENT);
        town.house.services.pause(office.id(), "ada");
        town.runFor(Duration.ofDays(2));
        tell();
        town.house.services.resume(office.id(), "ada");

        tell();
        assertThat(rows("report")).hasSize(3);
        town.runFor(Duration.ofMinutes(70));
        tell();
        assertThat(rows("report")).hasSize(5);
    }

    @Test
    void a_report_that_waited_its_turn_for_a_whole_day_is_withheld() throws IOException {
        openWith("reports: { per-hour: 1 }\n");
        for (int i = 0; i < 30; i++)
            put(Door.SMTP, envelope(List.of("nobody@example.net"), ReportRequest.NONE), CONTENT);

        town.runFor(Duration.ofMinutes(2));
        tell();
        for (int hour = 0; hour < 23; hour++) {
            town.runFor(Duration.ofMinutes(61));
            tell();
        }
        assertThat(rows("report")).hasSize(24);
        assertThat(withheld()).isEmpty();
        town.restart();
        town.runFor(Duration.ofMinutes(61));
        tell();

        assertThat(rows("report")).hasSize(25);
        assertThat(withheld()).hasSize(5);
        assertThat(withheld().getFirst().data()).containsEntry("reason", "limit");
        assertThat(town.house.queue.owedReports().due(100)).isEmpty();
    }

    private List<Event> withheld() {
        return town.events().stream()
                .filter(it -> it.type() == EventType.MESSAGE_REPORT_WITHHELD)
                .toList();
    }

    @Test
    void a_report_leaves_with_the_null_reverse_path_where_the_owner_wants_it() throws IOException {
        openWith("reports: { reverse-path: empty }\n");
        put(Door.SMTP, envelope(List.of("nobody@example.net"), ReportRequest.NONE), CONTENT);

        tell();

        assertThat(only(rows("report")).reversePath()).isEmpty();
    }

    @Test
    void nothing_is_told_nor_kept_where_reports_are_off() throws IOException {
        openWith("reports: { enabled: false }\n");
        put(Door.SMTP, envelope(List.of("nobody@example.net"), ReportRequest.NONE), CONTENT);

        tell();

        assertThat(rows("report")).isEmpty();
        assertThat(town.house.queue.owedReports().due(10)).isEmpty();
    }

    @Test
    void of_two_nodes_that_tell_the_same_one_does() {
        handIn(List.of("nobody@example.net"), ReportRequest.NONE);
        var owed = town.house.queue.owedReports();
        var seenByAnother = owed.read(owed.due(10).getFirst()).orElseThrow();

        tell();

        assertThat(town.house.store.<Boolean>write(tx -> owed.strike(tx, seenByAnother))).isFalse();
        assertThat(rows("report")).hasSize(1);
    }

    private void openWith(String settings) throws IOException {
        close();
        var other = Files.createDirectory(data.resolve("other"));
        Files.writeString(other.resolve("postroom.yaml"), settings);
        town = new HouseInTown(other, database, EmulatorScript.demo().changedBy(PROVIDER));
        town.credential("erp", "*@contoso.example");
        office = town.office("{}");
    }

    @Test
    void two_postrooms_that_point_at_each_other_come_to_an_end() throws IOException {
        try (var other =
                new HouseInTown(
                        Files.createDirectory(data.resolve("b")),
                        database,
                        EmulatorScript.demo())) {
            var there = other.credential("a", "*");
            var here = town.credential("b", "*");
            other.service(towards(town, data, here));
            town.service(towards(other, data.resolve("b"), there));
            town.house.services.delete(office.id(), "ada");
            handIn(List.of("ada@example.net"), ReportRequest.NONE, "Other");

            for (int i = 0; i < 300; i++) {
                town.settle();
                other.settle();
                town.house.housekeeper.tellSenders();
                other.house.housekeeper.tellSenders();
            }

            long reports = rows(town, "report").size() + rows(other, "report").size();
            assertThat(reports).isEqualTo(1);
            assertThat(waiting(town) + waiting(other)).isZero();
        }
    }

    @Test
    void where_the_next_hop_cannot_report_success_the_sender_hears_that_it_was_handed_on()
            throws Exception {
        var elsewhere = Files.createDirectory(data.resolve("b"));
        Files.writeString(elsewhere.resolve("postroom.yaml"), "reports: { enabled: false }\n");
        try (var other = new HouseInTown(elsewhere, database, EmulatorScript.demo())) {
            other.office("{}");
            var there = other.credential("a", "*");
            town.service(towards(other, elsewhere, there));
            var success = new ReportWish(Optional.of(Set.of(Occasion.SUCCESS)), Optional.empty());
            var wishes = Map.of(Address.of("ada@example.net"), success);

            handIn(
                    List.of("ada@example.net"),
                    new ReportRequest(Optional.empty(), Optional.empty(), wishes),
                    "Other");
            tell();
            other.settle();

            var report =
                    Report.of(
                            only(
                                    other.emulator.mailboxes().messages().stream()
                                            .filter(ReportsTest::isReport)
                                            .toList()));
            var one = only(report.perRecipient);
            assertThat(one.getHeader("Action", null)).isEqualTo("relayed");
            assertThat(one.getHeader("Status", null)).isEqualTo("2.0.0");
            assertThat(report.message.getSubject()).isEqualTo("Handed on: Invoice 4711");
        }
    }

    /// A service that hands mail to another Postroom.
    private static JsonNode towards(HouseInTown town, Path data, Issued credential)
            throws IOException {
        var settings = HouseInTown.JSON.createObjectNode().put("name", "Other");
        settings.put("preset", "smtp");
        settings.withObject("/smtp")
                .put("host", "localhost")
                .put("port", town.house.starttlsAddress().orElseThrow().getPort())
                .put("trusted_ca", Files.readString(data.resolve("submission.crt")));
        settings.withObject("/from").put("address", ERP);
        settings.withObject("/authentication")
                .put("type", "basic")
                .put("username", credential.credential().smtpUsername())
                .put("password", credential.smtpPassword().value());
        return settings;
    }

    private static long waiting(HouseInTown town) {
        return town.house.services.all().stream()
                .mapToLong(it -> town.house.queue.waiting(it.id()).recipients())
                .sum();
    }

    private QueueId handIn(List<String> to, ReportRequest request, String service) {
        return put(
                Door.SMTP,
                envelope(to, request),
                "X-Postroom-Service: " + service + "\r\n" + CONTENT);
    }

    private QueueId handIn(List<String> to, ReportRequest request) {
        return put(Door.SMTP, envelope(to, request), CONTENT);
    }

    private static Envelope envelope(List<String> to, ReportRequest request) {
        return new Envelope(
                Optional.of(Address.of(ERP)),
                to.stream().map(Address::of).toList(),
                Envelope.Body.SEVEN_BIT,
                false,
                request);
    }

    private static Envelope international(String from, String to) {
        return new Envelope(
                Optional.of(Address.of(from)),
                List.of(Address.of(to)),
                Envelope.Body.EIGHT_BIT,
                true);
    }

    private QueueId put(Door door, Envelope envelope, String text) {
        return put("erp", door, envelope, text);
    }

    private QueueId put(String by, Door door, Envelope envelope, String text) {
        var credential =
                town.house.access.credentials().stream()
                        .filter(it -> it.name().equals(by))
                        .findFirst()
                        .orElseThrow();
        var origin =
                new Origin(
                        door,
                        credential,
                        Optional.of(InetAddress.ofLiteral("127.0.0.1")),
                        Optional.empty(),
                        Optional.empty(),
                        "test");
        try (var content = town.house.intake.begin(origin, envelope, Hints.NONE)) {
            var octets = text.getBytes(StandardCharsets.UTF_8);
            content.write(octets, 0, octets.length);
            var acceptance = town.house.intake.accept(content);
            if (!(acceptance instanceof Acceptance.Accepted(var id)))
                throw new AssertionError("not accepted: " + acceptance);
            town.settle();
            return id;
        }
    }

    private void tell() {
        town.house.housekeeper.tellSenders();
        town.settle();
    }

    /// What arrived at the imaginary Microsoft, as reports.
    private List<ReceivedMessage> reports() {
        return town.emulator.mailboxes().messages().stream().filter(ReportsTest::isReport).toList();
    }

    private static boolean isReport(ReceivedMessage message) {
        return message.header("Content-Type").orElse("").contains("multipart/report");
    }

    private List<MessageRow> rows(String door) {
        return rows(town, door);
    }

    private static List<MessageRow> rows(HouseInTown town, String door) {
        var everything =
                new postroom.queue.Filter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        return town.house.queue.messages(everything, Optional.empty(), 500).messages().stream()
                .filter(it -> it.door().equals(door))
                .toList();
    }

    private List<Event> events(QueueId id, EventType type) {
        return town.house.events.ofMessage(id).stream().filter(it -> it.type() == type).toList();
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.getFirst();
    }

    /// A report as somebody else's library reads it.
    private static final class Report {
        final MimeMessage message;
        final String text;
        final InternetHeaders perMessage;
        final List<InternetHeaders> perRecipient = new ArrayList<>();
        final String originalType;
        final String original;

        private Report(MimeMessage message) throws MessagingException, IOException {
            this.message = message;
            var type = new ContentType(message.getContentType());
            assertThat(type.match("multipart/report")).isTrue();
            assertThat(type.getParameter("report-type")).isEqualTo("delivery-status");
            var parts = (MimeMultipart) message.getContent();
            assertThat(parts.getCount()).isEqualTo(3);
            text = ((String) parts.getBodyPart(0).getContent()).replace("\r\n", "\n");
            assertThat(parts.getBodyPart(1).isMimeType("message/delivery-status")).isTrue();
            var groups = octets(parts.getBodyPart(1)).strip().split("\r\n\r\n");
            perMessage = headers(groups[0]);
            for (int i = 1; i < groups.length; i++) perRecipient.add(headers(groups[i]));
            var last = parts.getBodyPart(2);
            originalType = new ContentType(last.getContentType()).getBaseType();
            original = octets(last);
        }

        static Report of(ReceivedMessage received) throws MessagingException, IOException {
            var session = Session.getInstance(new Properties());
            return new Report(
                    new MimeMessage(session, new ByteArrayInputStream(received.content())));
        }

        private static InternetHeaders headers(String text) throws MessagingException {
            return new InternetHeaders(
                    new ByteArrayInputStream(
                            (text + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
        }

        private static String octets(BodyPart part) throws MessagingException, IOException {
            return new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
