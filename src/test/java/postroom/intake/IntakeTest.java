package postroom.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import postroom.access.Credential;
import postroom.intake.Acceptance.Accepted;
import postroom.intake.Acceptance.Rejected;
import postroom.intake.Submission.Origin;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.service.Usage;
import postroom.store.FullStore;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

class IntakeTest {

    private static final String INVOICE =
            "From: noreply@example.com\r\nSubject: Invoice\r\n\r\nHello\r\n";

    private final Counter counter = new Counter();
    private final Intake intake = counter.intake(counter.settings());

    @AfterEach
    void close() {
        counter.close();
    }

    @Test
    void what_is_accepted_is_in_the_queue() {
        var id = ((Accepted) handIn(intake, INVOICE)).id();

        var row = counter.queue.message(id).orElseThrow();
        assertThat(row.door()).isEqualTo("http");
        assertThat(row.subject()).isEqualTo("Invoice");
        assertThat(counter.content(row))
                .startsWith(
                        "Received: from [127.0.0.1]\r\n"
                                + "\tby mail.example.test (Postroom) with HTTP");
    }

    @Test
    void a_full_disk_is_told_as_452_and_other_trouble_as_451() {
        for (var content : List.of(INVOICE, INVOICE + "x".repeat(600_000))) {
            assertThat(reply(counter.intakeOn(new FullStore(counter.store, true)), content))
                    .startsWith("452 4.3.1");
            assertThat(reply(counter.intakeOn(new FullStore(counter.store, false)), content))
                    .startsWith("451 4.3.0");
        }
    }

    @Test
    void nothing_of_a_rejected_message_remains() {
        var large = INVOICE + "x\r\n".repeat(400_000);
        var limits = counter.settings();
        var small = counter.intake(new IntakeSettings(limits.hostname(), 1_000_000, 10, false));

        assertThat(reply(small, large)).startsWith("552 5.3.4");
        assertThat(counter.partsKept()).isZero();
    }

    @Test
    void what_is_given_up_in_the_middle_leaves_nothing() {
        try (var content = intake.begin(http(Counter.ERP), to("a@example.net"), Hints.NONE)) {
            content.write((INVOICE + "x\r\n".repeat(400_000)).getBytes(StandardCharsets.US_ASCII));
            assertThat(counter.partsKept()).isPositive();
        } catch (java.io.IOException never) {
            throw new AssertionError(never);
        }

        assertThat(counter.partsKept()).isZero();
    }

    @Test
    void bare_line_ends_become_crlf_at_every_door() {
        var text = INVOICE.replace("\r\n", "\n") + "a\rb\r\r\nc\n\rd";

        var id = ((Accepted) handIn(intake, text)).id();

        var row = counter.queue.message(id).orElseThrow();
        assertThat(counter.content(row)).endsWith("Hello\r\na\r\nb\r\n\r\nc\r\n\r\nd\r\n");
    }

    @Test
    void a_message_may_have_no_more_recipients_than_allowed() {
        var many =
                new Envelope(
                        Optional.empty(),
                        IntStream.range(0, 101)
                                .mapToObj(i -> Address.of("a" + i + "@example.net"))
                                .toList(),
                        Envelope.Body.SEVEN_BIT,
                        false);

        assertThat(reply(intake, Counter.ERP, many, Hints.NONE, INVOICE))
                .isEqualTo("550 5.5.3 More than 100 recipients in one message");
    }

    @Test
    void a_credential_sends_what_it_is_for() {
        var news =
                new Credential(
                        2,
                        "news",
                        "news",
                        List.of("*@example.com"),
                        List.of(),
                        Set.of(Usage.MARKETING),
                        Set.of());
        var transactional =
                new Hints(
                        Optional.of(Usage.TRANSACTIONAL),
                        Optional.empty(),
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty());

        assertThat(reply(intake, news, to("a@example.net"), transactional, INVOICE))
                .isEqualTo("550 5.7.1 Credential news may not send transactional mail");
        assertThat(handIn(intake, news, to("a@example.net"), Hints.NONE, INVOICE))
                .isInstanceOf(Accepted.class);
        assertThat(counter.messages().getFirst().usage()).isEqualTo("marketing");
    }

    @Test
    void the_reverse_path_is_checked_like_the_header_from() {
        var envelope =
                new Envelope(
                        Optional.of(Address.of("boss@example.org")),
                        List.of(Address.of("a@example.net")),
                        Envelope.Body.SEVEN_BIT,
                        false);

        assertThat(reply(intake, Counter.ERP, envelope, Hints.NONE, INVOICE))
                .isEqualTo("550 5.7.1 Credential erp may not send as boss@example.org");
    }

    private static String reply(Intake intake, String content) {
        return ((Rejected) handIn(intake, content)).reply().text();
    }

    private static String reply(
            Intake intake, Credential credential, Envelope to, Hints hints, String content) {
        return ((Rejected) handIn(intake, credential, to, hints, content)).reply().text();
    }

    private static Acceptance handIn(Intake intake, String content) {
        return handIn(intake, Counter.ERP, to("a@example.net"), Hints.NONE, content);
    }

    private static Acceptance handIn(
            Intake intake, Credential credential, Envelope to, Hints hints, String text) {
        try (var content = intake.begin(http(credential), to, hints)) {
            var octets = text.getBytes(StandardCharsets.UTF_8);
            content.write(octets, 0, octets.length);
            return intake.accept(content);
        }
    }

    private static Origin http(Credential credential) {
        return Origin.http(credential, InetAddress.ofLiteral("127.0.0.1"));
    }

    private static Envelope to(String address) {
        return new Envelope(
                Optional.empty(), List.of(Address.of(address)), Envelope.Body.SEVEN_BIT, false);
    }
}
