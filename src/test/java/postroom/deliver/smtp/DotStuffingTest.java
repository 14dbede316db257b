package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

/// Against a slow and plain description of the same thing, in chunks of every size.
class DotStuffingTest {

    @Test
    void any_mixture_of_dots_and_line_ends_leaves_as_clean_lines() throws IOException {
        var random = new Random(20_261_121);
        for (int round = 0; round < 2_000; round++) {
            var content = mixture(random);

            assertThat(stuffed(content, random))
                    .as("of %s", shown(content))
                    .isEqualTo(expected(content));
        }
    }

    private static String mixture(Random random) {
        var text = new StringBuilder();
        int length = random.nextInt(40);
        for (int i = 0; i < length; i++) text.append("\r\n.aé".charAt(random.nextInt(5)));
        return text.toString();
    }

    private static String expected(String content) {
        var lines = content.replace("\r\n", "\n").replace('\r', '\n');
        if (!lines.isEmpty() && !lines.endsWith("\n")) lines += "\n";
        var text = new StringBuilder();
        for (var line : lines.lines().toList())
            text.append(line.startsWith(".") ? "." : "").append(line).append("\r\n");
        return text.toString();
    }

    private static String stuffed(String content, Random random) throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
            var wire =
                    Wire.connect(
                            address,
                            Duration.ofSeconds(5),
                            new Watch(Duration.ofSeconds(1)),
                            Timeouts.standard());
            try (var far = server.accept()) {
                var stuffing = new DotStuffing(wire);
                var octets = content.getBytes(StandardCharsets.UTF_8);
                for (int at = 0; at < octets.length; ) {
                    int length = Math.min(octets.length - at, 1 + random.nextInt(5));
                    stuffing.write(octets, at, length);
                    at += length;
                }
                stuffing.finish();
                wire.flush();
                wire.abort();
                var arrived = new ByteArrayOutputStream();
                far.getInputStream().transferTo(arrived);
                return arrived.toString(StandardCharsets.UTF_8);
            }
        }
    }

    private static String shown(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }
}
