package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Whatever arrives, reading it ends, and ends with a diagnostic. The inputs in `fuzz/` are
/// replayed as they are and in some thousand mutations; `-Dfuzz.rounds=` asks for more.
class ReplyReaderFuzzTest {

    private static final Path INPUTS = Path.of("src/test/resources/postroom/deliver/smtp/fuzz");
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000);

    @Test
    @Timeout(120)
    void every_input_ends_with_a_diagnostic() throws IOException {
        var inputs = inputs();
        for (var input : inputs) readAll(input, input.length + 1);

        var random = new Random(Long.getLong("fuzz.seed", 7));
        for (int round = 0; round < ROUNDS; round++) {
            var input = mutated(inputs, random);
            int chunk = 1 + random.nextInt(300);
            assertThatCode(() -> readAll(input, chunk))
                    .as("round %d: %s", round, Arrays.toString(input))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void what_the_recorded_inputs_hold_is_read_the_same_in_every_chunking() throws IOException {
        for (var input : inputs())
            assertThat(readAll(input, 1)).isEqualTo(readAll(input, input.length + 1));
    }

    /// All replies of the input; the last diagnostic is the one that ended it.
    private static List<Diagnostic> readAll(byte[] input, int chunk) {
        var reader = new ReplyReader(new InChunks(input, chunk));
        var heard = new ArrayList<Diagnostic>();
        for (int i = 0; i <= input.length; i++) {
            var diagnostic = reader.read(Stage.MAIL);
            heard.add(diagnostic);
            if (diagnostic instanceof NoAnswer) return heard;
            if (diagnostic instanceof SmtpReply reply) {
                assertThat(reply.reply().lines()).hasSizeLessThanOrEqualTo(ReplyReader.MOST_LINES);
                assertThat(reply.text()).doesNotContain("\r").doesNotContain("\n");
                Offer.of(reply.reply());
            }
        }
        throw new AssertionError("more replies than octets");
    }

    private static List<byte[]> inputs() throws IOException {
        var inputs = new ArrayList<byte[]>();
        try (var files = Files.list(INPUTS)) {
            for (var file : files.sorted().toList()) inputs.add(Files.readAllBytes(file));
        }
        assertThat(inputs).isNotEmpty();
        return inputs;
    }

    private static byte[] mutated(List<byte[]> inputs, Random random) {
        var octets = inputs.get(random.nextInt(inputs.size())).clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) octets = changed(octets, random, inputs);
        return octets;
    }

    private static byte[] changed(byte[] octets, Random random, List<byte[]> inputs) {
        if (octets.length == 0) return new byte[] {(byte) random.nextInt(256)};
        int at = random.nextInt(octets.length);
        return switch (random.nextInt(6)) {
            case 0 -> {
                octets[at] = (byte) random.nextInt(256);
                yield octets;
            }
            case 1 -> Arrays.copyOf(octets, at);
            case 2 -> Arrays.copyOfRange(octets, at, octets.length);
            case 3 -> {
                octets[at] =
                        "\r\n -=\00042359".getBytes(StandardCharsets.US_ASCII)[random.nextInt(11)];
                yield octets;
            }
            case 4 -> joined(octets, inputs.get(random.nextInt(inputs.size())));
            default -> joined(Arrays.copyOf(octets, at), octets);
        };
    }

    private static byte[] joined(byte[] first, byte[] second) {
        if (first.length + second.length > 200_000) return first;
        var both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static final class InChunks extends ByteArrayInputStream {
        private final int chunk;

        InChunks(byte[] octets, int chunk) {
            super(octets);
            this.chunk = chunk;
        }

        @Override
        public synchronized int read(byte[] into, int from, int length) {
            return super.read(into, from, Math.min(length, chunk));
        }
    }

    @Test
    void a_broken_stream_is_a_diagnostic_too() {
        var broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("Connection reset");
                    }
                };

        assertThat(new ReplyReader(broken).read(Stage.DATA))
                .isEqualTo(new NoAnswer(Stage.DATA, "java.io.IOException: Connection reset"));
    }
}
