package postroom.intake.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import postroom.intake.Counter;
import postroom.transcript.Transcript;
import postroom.transcript.Transcript.Step;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/// The client side of all transcripts, mutated by chance that can be repeated. Whatever comes in:
/// the dialogue ends, every reply is a reply, nothing is accepted without a real end of content,
/// and no bare CR or LF reaches the spool.
///
/// `-Dfuzz.rounds=100000` looks longer; `-Dfuzz.seed=7` looks elsewhere. An input that fails is
/// printed as a file for the folder `fuzz`, where it stays.
class FuzzTest {

    private static final Path KEPT = TranscriptTest.FILES.resolve("fuzz");
    private static final Counter counter = new Counter();

    @AfterAll
    static void close() {
        counter.close();
    }

    @Test
    void chance_finds_nothing() {
        var random = new Random(Long.getLong("fuzz.seed", 1));
        int rounds = Integer.getInteger("fuzz.rounds", 1_500);
        var starts = starts();
        int accepted = 0;
        for (int round = 0; round < rounds; round++) {
            var input = mutated(starts, random);
            try {
                accepted += holds(input);
            } catch (Throwable broken) {
                throw new AssertionError(
                        "round " + round + ", keep this under fuzz/:\n" + written(input), broken);
            }
        }

        assertThat(accepted)
                .as("messages that came through all the same")
                .isGreaterThan(rounds / 20);
    }

    static List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(KEPT)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("kept")
    void what_was_found_once_stays_found(Path file) throws IOException {
        var input = new ByteArrayOutputStream();
        for (var line : Files.readAllLines(file))
            if (!line.startsWith("#")) input.writeBytes(ClientPlayer.octets(line + "\\"));

        holds(input.toByteArray());
    }

    /// Says how many messages were accepted.
    private static int holds(byte[] input) {
        counter.clear();
        var output = new ByteArrayOutputStream();
        var wire = new AllAtOnce(new ByteArrayInputStream(input), output);
        var connection =
                new SubmissionConnection(
                        wire,
                        Entrance.LOCAL,
                        counter.intake(counter.settings()),
                        new OneApplication(),
                        Patience.USUAL);
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> connection.runAs(Counter.ERP));

        var replies = output.toString(StandardCharsets.ISO_8859_1);
        int queued = 0;
        for (var line : replies.split("\r\n", -1)) {
            assertThat(line).matches("|[2345][0-9][0-9][ -][\\x20-\\x7e]{0,506}");
            if (line.startsWith("250 2.0.0 queued as ")) queued++;
        }
        var messages = counter.messages();
        assertThat(messages).hasSize(queued);
        assertThat(counter.partsKept()).isEqualTo(queued);
        var text = new String(input, StandardCharsets.ISO_8859_1);
        if (queued > ends(text)) throw new AssertionError("accepted without end of content");
        for (var message : messages) {
            var content = counter.content(message).replace("\r\n", "");
            if (content.indexOf('\r') >= 0 || content.indexOf('\n') >= 0)
                throw new AssertionError("a bare CR or LF in the spool");
        }
        return queued;
    }

    // how many messages the input can hold at most
    private static int ends(String input) {
        int ends = 0;
        for (int at = input.indexOf("\r\n.\r\n"); at >= 0; at = input.indexOf("\r\n.\r\n", at + 1))
            ends++;
        var upper = input.toUpperCase(java.util.Locale.ROOT);
        for (int at = upper.indexOf("LAST"); at >= 0; at = upper.indexOf("LAST", at + 1)) ends++;
        return ends;
    }

    private static List<byte[]> starts() {
        var starts = new ArrayList<byte[]>();
        for (var transcript : Transcript.in(TranscriptTest.FILES, "listener")) {
            if (transcript.name().equals("internal-trouble.smtp")) continue; // fills the log
            var input = new ByteArrayOutputStream();
            input.writeBytes("EHLO erp.example.com\r\n".getBytes(StandardCharsets.US_ASCII));
            for (var step : transcript.steps())
                if (step instanceof Step.Client(_, var text)) {
                    var octets = ClientPlayer.octets(text);
                    if (octets.length < 20_000) input.writeBytes(octets);
                }
            starts.add(input.toByteArray());
        }
        return starts;
    }

    private static final String[] PIECES = {
        "\r\n",
        "\r",
        "\n",
        ".",
        "\r\n.\r\n",
        "\n.\n",
        "\r.\r",
        "\n.\r\n",
        "\r\n.\n",
        "\r\n.\r",
        "\0",
        "DATA\r\n",
        "RSET\r\n",
        "BDAT 7\r\n",
        "BDAT 0 LAST\r\n",
        "BDAT 99999 LAST\r\n",
        "MAIL FROM:<noreply@example.com>\r\n",
        "RCPT TO:<a@example.net>\r\n",
        "STARTTLS\r\n",
        "AUTH PLAIN\r\n",
        "From: ",
        "X-Postroom-Tag: x\r\n",
        "Bcc: x@example.net\r\n",
        "<",
        ">",
        "\"",
        "(",
        "\\",
        "\u00ff",
        "=?utf-8?B?",
        "?=",
        " ",
        "\t",
        ":",
        ";",
        ",",
        "@"
    };

    private static byte[] mutated(List<byte[]> starts, Random random) {
        var input = starts.get(random.nextInt(starts.size()));
        for (int i = random.nextInt(6); i >= 0; i--) {
            int at = input.length == 0 ? 0 : random.nextInt(input.length);
            int to = Math.min(input.length, at + random.nextInt(12));
            input =
                    switch (random.nextInt(6)) {
                        case 0 -> joined(input, at, new byte[0], to);
                        case 1 ->
                                joined(input, at, new byte[] {(byte) random.nextInt(256)}, at + 1);
                        case 2 -> joined(input, at, slice(input, at, to), at);
                        case 3 -> {
                            var other = starts.get(random.nextInt(starts.size()));
                            int from = random.nextInt(other.length);
                            yield joined(input, at, slice(other, from, other.length), to);
                        }
                        default -> {
                            var piece = PIECES[random.nextInt(PIECES.length)];
                            yield joined(
                                    input,
                                    at,
                                    piece.getBytes(StandardCharsets.ISO_8859_1),
                                    random.nextBoolean() ? at : to);
                        }
                    };
        }
        return input;
    }

    private static byte[] joined(byte[] input, int head, byte[] middle, int tail) {
        var joined = new ByteArrayOutputStream();
        joined.write(input, 0, head);
        joined.writeBytes(middle);
        if (tail < input.length) joined.write(input, tail, input.length - tail);
        return joined.toByteArray();
    }

    private static byte[] slice(byte[] octets, int from, int to) {
        return java.util.Arrays.copyOfRange(octets, from, to);
    }

    private static String written(byte[] input) {
        var text = new StringBuilder();
        for (byte octet : input) {
            switch (octet) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n\n");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (octet >= ' ' && octet < 0x7f) text.append((char) octet);
                    else text.append("\\x").append(java.util.HexFormat.of().toHexDigits(octet));
                }
            }
        }
        return text.toString();
    }

    /// Everything the client has to say is there, and pretends to be under TLS already.
    private record AllAtOnce(InputStream in, OutputStream out) implements Wire {

        @Override
        public InetAddress address() {
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public void readTimeout(int millis) {
            // nobody waits
        }

        @Override
        public void startTls() {
            throw new IllegalStateException("TLS runs already");
        }

        @Override
        public Optional<String> tls() {
            return Optional.of("TLSv1.3");
        }

        @Override
        public void close() {
            // nothing is open
        }

        @Override
        public void cut() {
            // nothing is open
        }
    }
}
