package postroom.intake.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

class TextSourceTest {

    @Test
    void every_line_end_becomes_crlf() throws IOException {
        assertThat(octets("a\nb\rc\r\nd\n\re")).isEqualTo("a\r\nb\r\nc\r\nd\r\n\r\ne");
        assertThat(octets("")).isEmpty();
    }

    @Test
    void nothing_is_torn_apart_where_two_pieces_meet() throws IOException {
        for (int before = 16 * 1024 - 3; before <= 16 * 1024 + 1; before++) {
            var text = "x".repeat(before) + "\r\n😀\r😀\n" + "y".repeat(before) + "😀\r\n";

            assertThat(octets(text)).isEqualTo(text.replaceAll("\r\n|\r|\n", "\r\n"));
        }
    }

    private static String octets(String text) throws IOException {
        try (var in = new TextSource(text, "text/plain; charset=UTF-8").getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
