package postroom.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import postroom.mail.Content;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

class WithFromTest {

    @Test
    void another_from_takes_the_place_of_the_old_one_and_answers_go_where_they_went() {
        assertThat(
                        rewritten(
                                """
                                Received: by post
                                From: "Ada, of the shop"
                                 <ada@shop.example>
                                Sender: robot@shop.example
                                Subject: x

                                From: this is body
                                """))
                .isEqualTo(
                        crlf(
                                """
                                Received: by post
                                From: Example <noreply@example.com>
                                Subject: x
                                Reply-To: "Ada, of the shop"
                                 <ada@shop.example>

                                From: this is body
                                """));
    }

    @Test
    void a_reply_to_that_is_there_stays() {
        assertThat(rewritten("FROM : a@shop.example\nreply-to: b@shop.example\n\nx\n"))
                .isEqualTo(
                        crlf(
                                "From: Example <noreply@example.com>\nreply-to:"
                                        + " b@shop.example\n\nx\n"));
    }

    @Test
    void a_message_without_a_body_keeps_its_header_section() {
        assertThat(rewritten("From: a@shop.example\n"))
                .isEqualTo(crlf("From: Example <noreply@example.com>\nReply-To: a@shop.example\n"));
    }

    private static String rewritten(String content) {
        var changed =
                WithFrom.of(
                        Content.of(crlf(content).getBytes(UTF_8)), "Example <noreply@example.com>");
        var out = new ByteArrayOutputStream();
        try {
            changed.writeTo(out);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        assertThat(changed.size()).isEqualTo(out.size());
        return out.toString(UTF_8);
    }

    private static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }
}
