package postroom.intake.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import postroom.intake.Counter;
import postroom.intake.IntakeSettings;
import postroom.queue.MessageRow;
import postroom.transcript.Transcript;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Plays `*.smtp` against the listener. The second word of `against` says where the client stands:
/// `submission` (before STARTTLS), `tls`, `plain`, `local`, or `signed-in` (behind EHLO, STARTTLS
/// and AUTH). Settings: `max-size`, `max-recipients`, `bare-line-endings`, `from` (the client's
/// address).
///
/// Outcomes: `accepted` counts messages; `envelope`, `with` and `body` are told for each. A body is
/// written with the escapes of `C:` lines.
class TranscriptTest {

    static final Path FILES = Path.of("src/test/resources/postroom/intake/smtp");
    private static final List<String> SIGNING_IN =
            List.of(
                    "S: 220 *",
                    "C: EHLO erp.example.com",
                    "S: ...",
                    "S: 250 SIZE *",
                    "C: STARTTLS",
                    "S: 220 2.0.0 *",
                    "-- tls --",
                    "C: EHLO erp.example.com",
                    "S: ...",
                    "S: 250 SIZE *",
                    "C: AUTH PLAIN {plain erp correct horse}",
                    "S: 235 2.7.0 *");

    private static final Counter counter = new Counter();

    @AfterAll
    static void close() {
        counter.close();
    }

    @AfterEach
    void clear() {
        counter.clear();
    }

    static List<Transcript> transcripts() {
        return Transcript.in(FILES, "listener");
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    @Timeout(30)
    void the_listener_says_and_takes_what_the_transcript_says(Transcript transcript)
            throws IOException {
        var where = transcript.words("against").get(1);
        var entrance =
                switch (where) {
                    case "plain" -> Entrance.PLAIN;
                    case "tls" -> Entrance.TLS;
                    case "local" -> Entrance.LOCAL;
                    default -> Entrance.STARTTLS;
                };
        var address = InetAddress.getByName(transcript.setting("from").orElse("10.0.0.8"));
        var played = where.equals("signed-in") ? signedIn(transcript) : transcript;
        var client = new ClientPlayer(played, address, entrance == Entrance.TLS);
        var intake = counter.intake(settings(transcript));

        if (entrance == Entrance.LOCAL)
            SubmissionConnection.overStreams(
                    client.in(), client.out(), intake, new OneApplication(), Counter.ERP);
        else
            new SubmissionConnection(client, entrance, intake, new OneApplication(), Patience.USUAL)
                    .run();

        client.finish();
        outcomes(transcript);
    }

    private static IntakeSettings settings(Transcript transcript) {
        var usual = counter.settings();
        return new IntakeSettings(
                usual.hostname(),
                transcript.setting("max-size").map(Long::parseLong).orElse(usual.maxSize()),
                transcript
                        .setting("max-recipients")
                        .map(Integer::parseInt)
                        .orElse(usual.maxRecipients()),
                transcript.setting("bare-line-endings").orElse("normalize").equals("reject"));
    }

    private static Transcript signedIn(Transcript transcript) {
        var lines = new ArrayList<String>();
        boolean begun = false;
        for (var line : transcript.lines()) {
            boolean isStep =
                    line.startsWith("S:") || line.startsWith("C:") || line.startsWith("--");
            if (isStep && !begun) {
                lines.addAll(SIGNING_IN);
                begun = true;
            }
            lines.add(line);
        }
        return Transcript.parse(transcript.name(), lines);
    }

    private static void outcomes(Transcript transcript) {
        var messages = counter.messages();
        int accepted = transcript.outcomes("accepted").stream().mapToInt(Integer::parseInt).sum();
        assertThat(messages).as("accepted").hasSize(accepted);
        assertThat(counter.partsKept()).as("parts in the spool").isEqualTo(accepted);
        for (var message : messages)
            assertThat(counter.content(message).replace("\r\n", ""))
                    .as("content")
                    .doesNotContain("\r", "\n");
        compare(transcript, "envelope", messages, TranscriptTest::envelope);
        compare(transcript, "with", messages, TranscriptTest::with);
        compare(transcript, "body", messages, TranscriptTest::body);
    }

    private static void compare(
            Transcript transcript,
            String key,
            List<MessageRow> messages,
            Function<MessageRow, String> told) {
        var wanted = transcript.outcomes(key);
        if (wanted.isEmpty()) return;
        assertThat(messages.stream().map(told)).as(key).containsExactlyElementsOf(wanted);
    }

    private static String envelope(MessageRow message) {
        return "<"
                + message.reversePath()
                + "> to "
                + String.join(", ", counter.recipients(message));
    }

    private static String with(MessageRow message) {
        var content = counter.content(message);
        int start = content.indexOf(" with ") + 6;
        return content.substring(start, content.indexOf(' ', start));
    }

    private static String body(MessageRow message) {
        var content = counter.content(message);
        int headerEnd = content.indexOf("\r\n\r\n");
        var body = headerEnd < 0 ? "" : content.substring(headerEnd + 4);
        var utf8 = new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return utf8.replace("\r", "\\r").replace("\n", "\\n");
    }
}
