package postroom.intake.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.access.Role;
import postroom.mail.QueueId;
import postroom.queue.Filter;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SubmissionCallsTest {
    private TestHouse house;
    private Secret key;

    @BeforeAll
    void open(@TempDir Path data) {
        house = new TestHouse(data);
        house.service("Office");
        key = house.application("shop").apiKey();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void a_message_is_accepted_with_an_id_and_its_recipients() throws Exception {
        var answer =
                post(
                        """
                        {"from": "Shop <shop@example.com>", "to": ["Ada <a@example.net>"],
                         "cc": {"name": "Bob", "address": "b@example.net"}, "bcc": "c@example.net",
                         "reply_to": "help@example.com", "subject": "Grüße", "text": "Hello",
                         "tags": ["invoice"], "metadata": {"order": 1042}, "usage": "transactional",
                         "headers": {"X-Order": "1042", "In-Reply-To": "<1@example.net>"}}
                        """);

        assertThat(answer.statusCode()).isEqualTo(202);
        var json = TestHouse.json(answer);
        assertThat(json.path("recipients").toString())
                .isEqualTo(
                        """
                        [{"address":"a@example.net","state":"queued"},\
                        {"address":"b@example.net","state":"queued"},\
                        {"address":"c@example.net","state":"queued"}]\
                        """);
        var id = json.path("id").asString();
        var message = parsed(id);
        assertThat(message.getSubject()).isEqualTo("Grüße");
        assertThat(message.getFrom().getFirst().getName()).isEqualTo("Shop");
        assertThat(message.getHeader().getField("X-Order").getBody()).isEqualTo("1042");
        assertThat(message.getMessageId()).isEqualTo("<" + id + "@example.com>");
        assertThat(text(message)).isEqualTo("Hello\r\n");
        assertThat(house.content(id)).doesNotContain("c@example.net").doesNotContain("Bcc");
        var row = house.queue.message(QueueId.parse(id).orElseThrow()).orElseThrow();
        assertThat(row.tags()).isEqualTo("[\"invoice\"]");
        assertThat(row.metadata()).isEqualTo("{\"order\":1042}");
        assertThat(row.reversePath()).isEqualTo("shop@example.com");
    }

    @Test
    void without_from_the_service_sends_as_itself() throws Exception {
        var id = id(post("{\"to\": \"a@example.net\", \"text\": \"Hello\"}"));

        assertThat(parsed(id).getFrom().getFirst().getAddress()).isEqualTo("noreply@example.com");
        var row = house.queue.message(QueueId.parse(id).orElseThrow()).orElseThrow();
        assertThat(row.reversePath()).isEqualTo("noreply@example.com");
    }

    @Test
    void text_and_html_become_alternatives() throws Exception {
        var message =
                parsed(
                        id(
                                post(
                                        """
                                        {"from": "shop@example.com", "to": "a@example.net",
                                         "text": "Hello", "html": "<p>Hello</p>"}
                                        """)));

        assertThat(message.getMimeType()).isEqualTo("multipart/alternative");
        assertThat(types(message)).containsExactly("text/plain", "text/html");
    }

    @Test
    void pictures_stand_beside_the_html_and_files_behind_it() throws Exception {
        var pdf = new byte[100_000];
        for (int i = 0; i < pdf.length; i++) pdf[i] = (byte) i;
        var message =
                parsed(
                        id(
                                post(
                                        """
                                        {"from": "shop@example.com", "to": "a@example.net",
                                         "text": "Hello", "html": "<img src='cid:logo'>",
                                         "attachments": [
                                          {"filename": "Rechnung für März.pdf",
                                           "content_type": "application/pdf", "content": "%s"},
                                          {"filename": "logo.png", "content": "iVBORw0KGgo=",
                                           "content_id": "logo"}]}
                                        """
                                                .formatted(
                                                        Base64.getEncoder().encodeToString(pdf)))));

        assertThat(message.getMimeType()).isEqualTo("multipart/mixed");
        assertThat(types(message)).containsExactly("multipart/alternative", "application/pdf");
        var parts = ((Multipart) message.getBody()).getBodyParts();
        var alternative = (Multipart) parts.getFirst().getBody();
        var related = alternative.getBodyParts().getLast();
        assertThat(related.getMimeType()).isEqualTo("multipart/related");
        var picture = ((Multipart) related.getBody()).getBodyParts().getLast();
        assertThat(picture.getMimeType()).isEqualTo("image/png");
        assertThat(picture.getHeader().getField("Content-ID").getBody()).isEqualTo("<logo>");
        var file = parts.getLast();
        try (var in = ((SingleBody) file.getBody()).getInputStream()) {
            assertThat(in.readAllBytes()).isEqualTo(pdf);
        }
    }

    @Test
    void a_line_of_a_thousand_characters_and_bare_line_feeds_leave_as_proper_mime()
            throws Exception {
        var text = "x".repeat(2_000) + "\\nsecond line\\n.\\nthird";
        var id =
                id(
                        post(
                                "{\"from\": \"shop@example.com\", \"to\": \"a@example.net\","
                                        + " \"text\": \""
                                        + text
                                        + "\"}"));

        for (var line : house.content(id).split("\r\n", -1))
            assertThat(line).hasSizeLessThan(999).doesNotContain("\n");
        assertThat(text(parsed(id)))
                .startsWith("xxx")
                .endsWith("\r\nsecond line\r\n.\r\nthird\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    from      | {"from": "a@example.com\\r\\nBcc: x@example.net", "to": "a@example.net", "text": "t"}
                    from      | {"from": {"name": "A\\nBcc: x@example.net", "address": "a@example.com"}, "to": "a@example.net", "text": "t"}
                    to        | {"from": "a@example.com", "to": "A\\r\\nX: y <a@example.net>", "text": "t"}
                    subject   | {"from": "a@example.com", "to": "a@example.net", "text": "t", "subject": "Hi\\r\\nBcc: x@example.net"}
                    subject   | {"from": "a@example.com", "to": "a@example.net", "text": "t", "subject": "Hi\\u0000"}
                    reply_to  | {"from": "a@example.com", "to": "a@example.net", "text": "t", "reply_to": "a@example.com\\nX: y"}
                    headers.X-A | {"from": "a@example.com", "to": "a@example.net", "text": "t", "headers": {"X-A": "b\\r\\nBcc: x@example.net"}}
                    headers.X-A: b??Bcc | {"from": "a@example.com", "to": "a@example.net", "text": "t", "headers": {"X-A: b\\r\\nBcc": "x"}}
                    headers.Bcc | {"from": "a@example.com", "to": "a@example.net", "text": "t", "headers": {"Bcc": "x@example.net"}}
                    headers.content-type | {"from": "a@example.com", "to": "a@example.net", "text": "t", "headers": {"content-type": "text/html"}}
                    attachments[0].filename | {"from": "a@example.com", "to": "a@example.net", "attachments": [{"filename": "a\\nb", "content": "eA=="}]}
                    attachments[0].content_type | {"from": "a@example.com", "to": "a@example.net", "attachments": [{"content_type": "text/plain\\r\\nX: y", "content": "eA=="}]}
                    attachments[0].content_id | {"from": "a@example.com", "to": "a@example.net", "attachments": [{"content_id": "a>\\r\\nX: y", "content": "eA=="}]}
                    tags[0]   | {"from": "a@example.com", "to": "a@example.net", "text": "t", "tags": ["a\\nb"]}
                    """)
    void nothing_a_caller_says_adds_a_line(String field, String body) throws Exception {
        var answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(TestHouse.json(answer).at("/errors/0/field").asString()).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    to        | {"from": "a@example.com", "text": "t"}
                    to[1]     | {"from": "a@example.com", "to": ["a@example.net", "nonsense"], "text": "t"}
                    text      | {"from": "a@example.com", "to": "a@example.net"}
                    from      | {"from": "eve@example.org", "to": "a@example.net", "text": "t"}
                    usage     | {"from": "a@example.com", "to": "a@example.net", "text": "t", "usage": "spam"}
                    service   | {"from": "a@example.com", "to": "a@example.net", "text": "t", "service": "Nowhere"}
                    send_at   | {"from": "a@example.com", "to": "a@example.net", "text": "t", "send_at": "tomorrow"}
                    subjekt   | {"from": "a@example.com", "to": "a@example.net", "text": "t", "subjekt": "Hi"}
                    attachments[0].contents | {"from": "a@example.com", "to": "a@example.net", "attachments": [{"contents": "eA=="}]}
                    attachments[0].content | {"from": "a@example.com", "to": "a@example.net", "attachments": [{"filename": "a"}]}
                    attachments[0].content | {"from": "a@example.com", "to": "a@example.net", "attachments": [{"content": "§§§"}]}
                    subject   | {"from": "a@example.com", "to": "a@example.net", "text": "t", "subject": {"a": 1}}
                    """)
    void what_cannot_be_used_is_named(String field, String body) throws Exception {
        var answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(TestHouse.json(answer).at("/errors/0/field").asString()).isEqualTo(field);
    }

    @Test
    void a_time_to_send_lies_ahead_and_tracking_is_not_pretended() throws Exception {
        var answer =
                post(
                        """
                        {"from": "shop@example.com", "to": "a@example.net", "text": "t",
                         "send_at": "2026-11-22T12:00:00+01:00", "tracking": {"opens": true}}
                        """);

        assertThat(answer.statusCode()).isEqualTo(202);
        var json = TestHouse.json(answer);
        assertThat(json.at("/notices/0").asString()).contains("without tracking");
        var recipient =
                house.queue
                        .recipients(QueueId.parse(json.path("id").asString()).orElseThrow())
                        .getFirst();
        assertThat(recipient.dueAt().map(Object::toString)).contains("2026-11-22T11:00:00Z");
    }

    @Test
    void the_same_key_and_body_give_the_same_answer_and_one_message() throws Exception {
        var body = "{\"from\": \"once@example.com\", \"to\": \"a@example.net\", \"text\": \"t\"}";

        var first = post(body, "Idempotency-Key", "order-1");
        var second = post(body, "Idempotency-Key", "order-1");

        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(second.statusCode()).isEqualTo(202);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(sentBy("once@example.com")).isEqualTo(1);

        var other = post(body.replace("\"t\"", "\"u\""), "Idempotency-Key", "order-1");
        assertThat(other.statusCode()).isEqualTo(422);

        house.clock.pass(Duration.ofHours(24));
        assertThat(post(body, "Idempotency-Key", "order-1").body()).isNotEqualTo(first.body());
    }

    @Test
    void of_twenty_calls_at_once_with_one_key_one_wins() throws Exception {
        var body = "{\"from\": \"race@example.com\", \"to\": \"a@example.net\", \"text\": \"t\"}";
        var calls = new ArrayList<Callable<HttpResponse<String>>>();
        for (int i = 0; i < 20; i++) calls.add(() -> post(body, "Idempotency-Key", "race"));

        var answers = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(calls)) answers.add(answer.get().body());
        }

        assertThat(answers).containsOnly(answers.getFirst());
        assertThat(sentBy("race@example.com")).isEqualTo(1);
    }

    @Test
    void a_key_of_one_application_means_nothing_for_another() throws Exception {
        var body = "{\"from\": \"two@example.com\", \"to\": \"a@example.net\", \"text\": \"t\"}";
        post(body, "Idempotency-Key", "shared");

        house.post(
                "/v1/messages",
                house.application("other").apiKey(),
                body,
                "Idempotency-Key",
                "shared");

        assertThat(sentBy("two@example.com")).isEqualTo(2);
    }

    @Test
    void mime_goes_in_as_it_is_with_the_envelope_of_the_call() throws Exception {
        var answer =
                mime(
                        "?from=bounces@example.com&to=a@example.net&to=b@example.net",
                        "From: shop@example.com\nTo: list@example.net\nSubject: Hi\n\nHello\n");

        var id = id(answer);
        assertThat(TestHouse.json(answer).path("recipients").size()).isEqualTo(2);
        var row = house.queue.message(QueueId.parse(id).orElseThrow()).orElseThrow();
        assertThat(row.reversePath()).isEqualTo("bounces@example.com");
        assertThat(house.content(id))
                .contains("To: list@example.net\r\nSubject: Hi\r\n")
                .endsWith("\r\n\r\nHello\r\n");
    }

    @Test
    void mime_without_an_envelope_is_sent_as_its_header_section_says() throws Exception {
        var answer =
                mime(
                        "",
                        "From: Shop <shop@example.com>\r\n"
                                + "To: Ada <a@example.net>, \"B, b\" <b@example.net>\r\n"
                                + "Bcc: c@example.net\r\n\r\n"
                                + "Hello\r\n");

        var id = id(answer);
        assertThat(recipients(answer))
                .containsExactly("a@example.net", "b@example.net", "c@example.net");
        assertThat(house.content(id)).doesNotContain("c@example.net");
        var row = house.queue.message(QueueId.parse(id).orElseThrow()).orElseThrow();
        assertThat(row.reversePath()).isEqualTo("shop@example.com");
    }

    // Whatever follows such a line would be body for everybody behind us, a Bcc field as well.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    3 | From: shop@example.com\\nTo: a@example.net\\nno colon at all\\nBcc: boss@example.net\\n\\nHello
                    1 | ' \\nFrom: shop@example.com\\nTo: a@example.net\\nBcc: boss@example.net\\n\\nHello'
                    4 | From: shop@example.com\\rTo: a@example.net\\rX: y\\rno colon\\rBcc: boss@example.net\\r\\rHello
                    3 | From shop Sat Nov 21 10:44:00 2026\\nFrom: shop@example.com\\nFrom shop Sat Nov 21\\nTo: a@example.net\\n\\nHello
                    4 | From: shop@example.com\\nSubject: a\\n b\\nno field\\nTo: a@example.net\\n\\nHello
                    2 | To: a@example.net\\nno colon in the last line
                    2 | To: a@example.net\\n: no name\\n\\nHello
                    """)
    void mime_with_a_line_that_is_no_header_field_is_refused_by_its_number(
            String line, String content) throws Exception {
        for (var query : List.of("", "?from=shop@example.com&to=a@example.net")) {
            var answer = mime(query, content.translateEscapes());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
            assertThat(TestHouse.json(answer).path("detail").asString())
                    .startsWith("Line " + line + " is no header field");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    folded          | From: shop@example.com\\nTo: Ada\\n <a@example.net>\\nBcc:\\n\\tb@example.net\\n\\nHello
                    folded blank    | From: shop@example.com\\nTo: a@example.net,\\n \\n b@example.net\\n\\t\\nX: y\\n\\nHello
                    mailbox line    | From shop Sat Nov 21 10:44:00 2026\\nFrom: shop@example.com\\nTo: a@example.net\\nBcc: b@example.net\\n\\nHello
                    quoted line     | >From shop Sat Nov 21 10:44:00 2026\\nFrom: shop@example.com\\nTo: a@example.net\\nBcc: b@example.net\\n\\nHello
                    no body         | From: shop@example.com\\nTo: a@example.net\\nBcc: b@example.net
                    old colon       | From : shop@example.com\\nTo : a@example.net\\nBcc : b@example.net\\n\\nHello
                    old line ends   | From: shop@example.com\\rTo: a@example.net\\rBcc: b@example.net\\r\\rHello
                    mixed line ends | From: shop@example.com\\r\\nTo: a@example.net\\nBcc: b@example.net\\r\\r\\nHello
                    """)
    void a_header_section_that_is_legal_or_was_once_names_the_envelope(String what, String content)
            throws Exception {
        var answer = mime("", content.translateEscapes());

        var id = id(answer);
        assertThat(recipients(answer)).as(what).containsExactly("a@example.net", "b@example.net");
        assertThat(reversePath(id)).isEqualTo("shop@example.com");
        assertThat(house.content(id)).doesNotContain("Bcc");
    }

    @Test
    void who_is_named_behind_the_header_section_is_no_recipient() throws Exception {
        var answer =
                mime(
                        "",
                        "From: shop@example.com\rTo: a@example.net\r\r\n"
                                + "Bcc: quoted@example.net\n\nHello\n");

        assertThat(recipients(answer)).containsExactly("a@example.net");
        assertThat(house.content(id(answer)))
                .endsWith("\r\n\r\nBcc: quoted@example.net\r\n\r\nHello\r\n");
    }

    @Test
    void a_header_section_larger_than_256_kb_is_refused() throws Exception {
        var field = "X-Filler: " + "0123456789".repeat(90) + "\n";

        var answer =
                mime("", "From: shop@example.com\n" + field.repeat(300) + "To: a@example.net\n\n");

        assertThat(answer.statusCode()).isEqualTo(413);
    }

    // RFC 5322 §3.6.6: To and Cc tell who got it the first time.
    @Test
    void mime_that_was_resent_goes_to_whom_it_was_resent_and_names_who_resent_it()
            throws Exception {
        var answer =
                mime(
                        "",
                        """
                        Resent-From: Ada <ada@example.com>, Bob <bob@example.com>
                        Resent-Sender: bob@example.com
                        Resent-To: new@example.net
                        Resent-Cc: newer@example.net
                        Resent-Bcc: secret@example.net
                        Sender: desk@example.com
                        From: shop@example.com
                        To: old@example.net
                        Cc: older@example.net
                        Bcc: oldest@example.net

                        Hello
                        """);

        var id = id(answer);
        assertThat(recipients(answer))
                .containsExactly("new@example.net", "newer@example.net", "secret@example.net");
        assertThat(reversePath(id)).isEqualTo("bob@example.com");
        assertThat(house.content(id))
                .contains("Resent-To: new@example.net", "To: old@example.net")
                .doesNotContain("secret@example.net")
                .doesNotContain("oldest@example.net");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ada@example.com  | Resent-From: ada@example.com\\nResent-To: a@example.net\\nFrom: shop@example.com
                    shop@example.com | Resent-To: a@example.net\\nFrom: shop@example.com
                    shop@example.com | Resent-From: ada@example.com\\nTo: a@example.net\\nFrom: shop@example.com
                    """)
    void the_resent_author_sends_what_was_resent(String reversePath, String header)
            throws Exception {
        var answer = mime("", header.translateEscapes() + "\n\nHello\n");

        assertThat(recipients(answer)).containsExactly("a@example.net");
        assertThat(reversePath(id(answer))).isEqualTo(reversePath);
    }

    @Test
    void mime_that_was_resent_to_nobody_is_not_sent_to_the_first_recipients() throws Exception {
        var answer =
                mime("", "Resent-Bcc:\nFrom: shop@example.com\nTo: old@example.net\n\nHello\n");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(TestHouse.json(answer).at("/errors/0/field").asString()).isEqualTo("to");
    }

    // RFC 6531 §3.4. A domain has a form in ASCII; a local part has none.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | "to": "a@example.net", "reply_to": "jörg@example.com"
                    true  | "to": "a@example.net", "reply_to": ["help@example.com", "Jörg <jörg@bücher.example>"]
                    true  | "to": "jörg@example.net"
                    true  | "to": "a@example.net", "cc": "jörg@example.net"
                    true  | "to": "a@example.net", "bcc": "jörg@example.net"
                    false | "to": "a@example.net", "reply_to": "Jörg <help@example.com>"
                    false | "to": "a@example.net", "reply_to": "help@bücher.example"
                    false | "to": "a@example.net", "headers": {"Errors-To": "jörg@example.com"}
                    """)
    void what_is_asked_of_the_next_hop_is_smtputf8_where_an_address_cannot_be_written_in_ascii(
            boolean needed, String fields) throws Exception {
        var id = id(post("{\"from\": \"shop@example.com\", \"text\": \"t\", " + fields + "}"));

        assertThat(needsSmtputf8(id)).isEqualTo(needed);
        if (!needed) assertThat(house.content(id)).isASCII();
    }

    @Test
    void a_domain_beyond_ascii_is_written_in_the_form_that_every_server_takes() throws Exception {
        var id =
                id(
                        post(
                                """
                                {"from": "shop@example.com", "to": "Ada <a@bücher.example>",
                                 "reply_to": "help@bücher.example", "text": "t"}
                                """));

        assertThat(house.content(id))
                .isASCII()
                .contains("To: Ada <a@xn--bcher-kva.example>\r\n")
                .contains("Reply-To: help@xn--bcher-kva.example\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | From: shop@example.com\\nReply-To: jörg@example.com
                    true  | From: shop@example.com\\nReply-To: team: Jörg <help@example.com>, jörg@example.com;
                    true  | From: jörg@example.com
                    true  | From: shop@example.com\\nCc: jörg@example.net
                    true  | From: shop@example.com\\nReply-To: help@bücher.example
                    true  | From: shop@example.com\\nResent-From: jörg@example.com
                    false | From: shop@example.com\\nReply-To: Jörg <help@example.com>
                    """)
    void mime_asks_for_smtputf8_where_an_address_of_its_header_section_is_not_ascii(
            boolean needed, String header) throws Exception {
        var id =
                id(
                        mime(
                                "?from=shop@example.com&to=a@example.net",
                                header.translateEscapes() + "\n\nGrüße\n"));

        assertThat(needsSmtputf8(id)).isEqualTo(needed);
    }

    @Test
    void mime_with_a_key_is_sent_once() throws Exception {
        var content = "From: mime-once@example.com\r\nTo: a@example.net\r\n\r\nHello\r\n";

        var first = mime("", content, "Idempotency-Key", "mime-1");
        var second = mime("", content, "Idempotency-Key", "mime-1");
        var other = mime("", content + "!", "Idempotency-Key", "mime-1");

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(sentBy("mime-once@example.com")).isEqualTo(1);
    }

    @Test
    void mime_that_is_larger_than_a_message_may_be_is_refused() throws Exception {
        var answer =
                mime(
                        "?from=shop@example.com&to=a@example.net",
                        "From: shop@example.com\r\n\r\n" + "0123456789".repeat(110_000));

        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void a_batch_has_an_answer_for_each() throws Exception {
        var answer =
                batch(
                        """
                        {"messages": [
                          {"from": "shop@example.com", "to": "a@example.net", "text": "1"},
                          {"from": "eve@example.org", "to": "a@example.net", "text": "2"},
                          {"to": "nonsense", "text": "3"}]}
                        """);

        assertThat(answer.statusCode()).isEqualTo(202);
        var answers = TestHouse.json(answer).path("messages");
        assertThat(answers.findValuesAsString("status")).containsExactly("202", "422", "422");
        assertThat(answers.at("/0/id").asString()).hasSize(13);
        assertThat(answers.at("/1/errors/0/field").asString()).isEqualTo("from");
        assertThat(answers.at("/2/errors/0/field").asString()).isEqualTo("to");
    }

    @Test
    void a_batch_that_is_repeated_sends_nothing_twice() throws Exception {
        var body =
                "["
                        + "{\"from\": \"batch@example.com\", \"to\": \"a@example.net\", \"text\": \"t\"},"
                                .repeat(99)
                        + "{\"from\": \"batch@example.com\", \"to\": \"a@example.net\", \"text\":"
                        + " \"t\"}]";

        var first = batch(body, "Idempotency-Key", "batch-1");
        var second = batch(body, "Idempotency-Key", "batch-1");

        assertThat(TestHouse.json(first).size()).isEqualTo(100);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(sentBy("batch@example.com")).isEqualTo(100);
    }

    @Test
    void a_batch_has_at_most_a_thousand_messages() throws Exception {
        var one = "{\"from\": \"shop@example.com\", \"to\": \"a@example.net\", \"text\": \"t\"}";

        var answer = batch("[" + (one + ",").repeat(1_000) + one + "]");

        assertThat(answer.statusCode()).isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"viewer", "setup"})
    void who_may_not_touch_messages_sends_none(String role) throws Exception {
        var answer =
                house.post(
                        "/v1/messages",
                        house.key(Role.of(role).orElseThrow()),
                        "{\"to\": \"a@example.net\", \"text\": \"t\"}");

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @Test
    void an_operator_sends_with_the_built_in_credential() throws Exception {
        var answer =
                house.post(
                        "/v1/messages",
                        house.key(Role.OPERATOR),
                        "{\"from\": \"ada@example.com\", \"to\": \"a@example.net\", \"text\":"
                                + " \"t\"}");

        assertThat(answer.statusCode()).isEqualTo(202);
    }

    private HttpResponse<String> post(String json, String... headers) throws Exception {
        return house.post("/v1/messages", key, json, headers);
    }

    private HttpResponse<String> batch(String json, String... headers) throws Exception {
        return house.post("/v1/messages/batch", key, json, headers);
    }

    private HttpResponse<String> mime(String query, String content, String... headers)
            throws Exception {
        var request =
                house.request("/v1/messages/mime" + query, key)
                        .header("Content-Type", "message/rfc822")
                        .POST(BodyPublishers.ofString(content));
        if (headers.length > 0) request.headers(headers);
        return house.send(request);
    }

    private int sentBy(String from) {
        var filter =
                new Filter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(from),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        return house.queue.messages(filter, Optional.empty(), 500).messages().size();
    }

    private static String id(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonNode json = TestHouse.json(answer);
        return json.path("id").asString();
    }

    private String reversePath(String id) {
        return house.queue.message(QueueId.parse(id).orElseThrow()).orElseThrow().reversePath();
    }

    private boolean needsSmtputf8(String id) {
        return house.store
                .read(tx ->
                        tx.first(
                                "select smtputf8 from message where id = ?",
                                row -> row.flag("smtputf8"),
                                QueueId.parse(id).orElseThrow().value()))
                .orElseThrow();
    }

    private static List<String> recipients(HttpResponse<String> answer) {
        return TestHouse.json(answer).path("recipients").findValuesAsString("address");
    }

    private Message parsed(String id) throws Exception {
        var builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
        return builder.parseMessage(
                new ByteArrayInputStream(house.content(id).getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(Message message) throws Exception {
        var body = (TextBody) message.getBody();
        try (var in = body.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> types(Message message) {
        return ((Multipart) message.getBody())
                .getBodyParts().stream().map(part -> part.getMimeType()).toList();
    }
}
