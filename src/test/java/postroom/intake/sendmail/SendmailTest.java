package postroom.intake.sendmail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.mail.Address;
import postroom.mail.ReportRequest;
import postroom.mail.ReportWish.Occasion;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

class SendmailTest {

    private static final Instant NOW = Instant.parse("2026-11-03T10:41:03Z");

    @TempDir Path data;
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void the_message_is_left_in_the_drop_directory_with_its_envelope() throws Exception {
        int exit =
                sendmail(
                        "From: ada@example.com\nTo: somebody@example.org\nDate: x\n\nHello\n",
                        "-f",
                        "bounces@example.com",
                        "a@example.net",
                        "b@example.net");

        assertThat(exit).isZero();
        var drop = onlyDrop();
        assertThat(drop.envelope().reversePathText()).isEqualTo("bounces@example.com");
        assertThat(drop.envelope().forwardPaths())
                .map(Object::toString)
                .containsExactly("a@example.net", "b@example.net");
        assertThat(drop.at()).isEqualTo(NOW);
        assertThat(content(drop))
                .isEqualTo(
                        "From: ada@example.com\r\n"
                                + "To: somebody@example.org\r\n"
                                + "Date: x\r\n\r\n"
                                + "Hello\r\n");
        assertThat(data.resolve("drop/incoming")).isEmptyDirectory();
    }

    @Test
    void with_t_the_recipients_come_from_to_cc_and_bcc_and_bcc_is_removed() throws Exception {
        int exit =
                sendmail(
                        """
                        From: ada@example.com
                        To: "Doe, Jane (not a comment)" <jane@example.net>, team: x@example.net,
                          y (the other (one)) @ example . net;
                        Cc: <@relay.example:z@example.net>, undisclosed-recipients:;
                        Bcc: secret@example.net,
                        \tsecret2@example.net
                        Subject: none of bcc: nobody@example.net

                        Bcc: body@example.net
                        """,
                        "-t",
                        "also@example.net");

        assertThat(exit).isZero();
        assertThat(onlyDrop().envelope().forwardPaths())
                .map(Object::toString)
                .containsExactly(
                        "also@example.net",
                        "jane@example.net",
                        "x@example.net",
                        "y@example.net",
                        "z@example.net",
                        "secret@example.net",
                        "secret2@example.net");
        assertThat(content(onlyDrop()))
                .doesNotContain("secret@")
                .doesNotContain("secret2@")
                .contains("Bcc: body@example.net")
                .contains("undisclosed-recipients:;");
    }

    @Test
    void the_resent_fields_count_where_there_are_any() throws Exception {
        sendmail(
                "From: a@example.com\nTo: old@example.net\nResent-To: new@example.net\n\n.\n",
                "-t");

        assertThat(onlyDrop().envelope().forwardPaths())
                .map(Object::toString)
                .containsExactly("new@example.net");
    }

    @Test
    void a_lone_dot_ends_the_message_unless_i_was_given() throws Exception {
        var message = "From: a@example.com\n\none\n.\ntwo\n";

        sendmail(message, "a@example.net");
        assertThat(content(onlyDrop())).endsWith("\r\n\r\none\r\n");
        clear();

        sendmail(message, "-oi", "a@example.net");
        assertThat(content(onlyDrop())).endsWith("one\r\n.\r\ntwo\r\n");
        clear();

        sendmail(message, "-ti", "a@example.net");
        assertThat(content(onlyDrop())).endsWith("one\r\n.\r\ntwo\r\n");
    }

    @Test
    void line_ends_become_crlf_whatever_they_were() throws Exception {
        sendmail("From: a@example.com\r\nDate: x\n\rone\rtwo\r\nthree", "a@example.net");

        assertThat(content(onlyDrop()))
                .isEqualTo("From: a@example.com\r\nDate: x\r\n\r\none\r\ntwo\r\nthree\r\n");
    }

    @Test
    void a_message_without_from_and_date_gets_them() throws Exception {
        environment.put("POSTROOM_SUBMISSION_HOSTNAME", "host.example.com");
        sendmail("Subject: hi\n\nbody\n", "-F", "Ada \"Countess\" L", "root");

        var user = System.getProperty("user.name");
        assertThat(content(onlyDrop()))
                .contains("From: \"Ada \\\"Countess\\\" L\" <" + user + "@host.example.com>\r\n")
                .contains("Date: Tue, 3 Nov 2026 10:41:03 +0000\r\n");
        assertThat(onlyDrop().envelope().forwardPaths())
                .map(Object::toString)
                .containsExactly("root@host.example.com");
        assertThat(onlyDrop().envelope().reversePathText()).isEqualTo(user + "@host.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"From:\n", "From: \n \t\n", "From :\nDate:\n"})
    void an_empty_from_is_as_good_as_none(String empty) throws Exception {
        environment.put("POSTROOM_SUBMISSION_HOSTNAME", "host.example.com");

        sendmail(empty + "To: a@example.net\n\nbody\n", "-t");

        var own = System.getProperty("user.name") + "@host.example.com";
        assertThat(content(onlyDrop()))
                .containsOnlyOnce("From")
                .contains("From: " + own + "\r\n")
                .containsOnlyOnce("Date")
                .contains("Date: Tue, 3 Nov 2026 10:41:03 +0000\r\n");
        assertThat(onlyDrop().envelope().reversePathText()).isEqualTo(own);
    }

    @Test
    void text_without_a_header_section_is_a_body() throws Exception {
        sendmail("just text, no field\nand more\n", "a@example.net");

        assertThat(content(onlyDrop())).contains("\r\n\r\njust text, no field\r\nand more\r\n");
    }

    @Test
    void a_name_beyond_ascii_is_encoded() throws Exception {
        sendmail("Subject: hi\n\nbody\n", "-F", "Åsa Öberg", "a@example.net");

        assertThat(content(onlyDrop())).contains("From: =?utf-8?B?w4VzYSDDlmJlcmc=?= <");
    }

    @Test
    void the_reverse_path_is_the_author_where_f_does_not_say_otherwise() throws Exception {
        sendmail("From: Ada <ada@example.com>\n\nx\n", "a@example.net");
        assertThat(onlyDrop().envelope().reversePathText()).isEqualTo("ada@example.com");
        clear();

        sendmail("From: Ada <ada@example.com>\n\nx\n", "-f", "<>", "a@example.net");
        assertThat(onlyDrop().envelope().reversePath()).isEmpty();
    }

    @Test
    void the_options_of_other_sendmails_are_taken_and_ignored() throws Exception {
        int exit =
                sendmail(
                        "From: a@example.com\n\nx\n",
                        "-oem",
                        "-om",
                        "-odb",
                        "-N",
                        "never",
                        "-Rhdrs",
                        "-V",
                        "id",
                        "-v",
                        "-B8BITMIME",
                        "-bm",
                        "-em",
                        "-O",
                        "DeliveryMode=b",
                        "-n",
                        "-G",
                        "-h",
                        "5",
                        "-X",
                        "/dev/null",
                        "-r",
                        "r@example.com",
                        "--",
                        "a@example.net");

        assertThat(exit).isZero();
        assertThat(onlyDrop().envelope().reversePathText()).isEqualTo("r@example.com");
        assertThat(onlyDrop().envelope().forwardPaths()).hasSize(1);
    }

    @Test
    void content_beyond_ascii_is_noted() throws Exception {
        sendmail("From: a@example.com\n\nplain\n", "a@example.net");
        assertThat(onlyDrop().envelope().body()).hasToString("SEVEN_BIT");
        clear();

        sendmail("From: a@example.com\n\nÅ\n", "a@example.net");
        assertThat(onlyDrop().envelope().body()).hasToString("EIGHT_BIT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@example.net\r\nto: c@example.net",
                "a@example.net\nBcc: c@example.net",
                "a@example.net> SIZE=1",
                "a b@example.net",
                "a@example.net, c@example.net"
            })
    void nothing_can_be_slipped_in_through_f(String reversePath) throws Exception {
        int exit = sendmail("From: a@example.com\n\nx\n", "-f", reversePath, "b@example.net");

        if (exit == 0) {
            assertThat(onlyDrop().envelope().forwardPaths()).hasSize(1);
            assertThat(onlyDrop().envelope().reversePathText()).isEqualTo("a@example.net");
        } else {
            assertThat(exit).isEqualTo(64);
            assertThat(drops()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ada\r\nBcc: c@example.net", "Ada\nX: y", "Ada\u0000"})
    void nothing_can_be_slipped_in_through_the_name(String name) throws Exception {
        int exit = sendmail("Subject: x\n\nx\n", "-F", name, "b@example.net");

        assertThat(exit).isEqualTo(64);
        assertThat(drops()).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("-F holds a control character");
    }

    @Test
    void a_wrong_call_exits_with_64_and_a_sentence() {
        assertThat(sendmail("x\n")).isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("sendmail: nobody to send to: name a recipient, or use -t.\n");
        assertThat(sendmail("x\n", "--nonsense", "a@example.net")).isEqualTo(64);
        assertThat(sendmail("x\n", "-f")).isEqualTo(64);
        assertThat(sendmail("x\n", "-bt")).isEqualTo(64);
        assertThat(sendmail("x\n", "not an address at all@")).isEqualTo(64);
    }

    @Test
    void a_message_that_cannot_be_sent_as_it_is_exits_with_65() throws Exception {
        assertThat(sendmail("From: a@example.com\nSubject: x\n\nx\n", "-t")).isEqualTo(65);

        environment.put("POSTROOM_MESSAGE_MAX_SIZE", "1KB");
        assertThat(sendmail("From: a@example.com\n\n" + "x".repeat(5000), "a@example.net"))
                .isEqualTo(65);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("message.max-size, 1024 octets");

        environment.put("POSTROOM_MESSAGE_MAX_RECIPIENTS", "1");
        assertThat(sendmail("From: a@example.com\n\nx", "a@example.net", "b@example.net"))
                .isEqualTo(65);

        assertThat(sendmail("X: " + "y".repeat(1_100_000) + "\n\nx", "a@example.net"))
                .isEqualTo(65);
        assertThat(drops()).isEmpty();
        assertThat(data.resolve("drop/incoming")).isEmptyDirectory();
    }

    @Test
    void a_drop_directory_that_cannot_be_written_exits_with_75() throws Exception {
        Files.writeString(data.resolve("drop"), "a file where the directory should be");

        assertThat(sendmail("From: a@example.com\n\nx\n", "a@example.net")).isEqualTo(75);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("sendmail: the message cannot");
    }

    @Test
    void h_shows_help_and_q_has_nothing_to_do() {
        assertThat(sendmail("", "-h")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: postroom sendmail");
        assertThat(sendmail("", "-q30m")).isZero();
        assertThat(sendmail("", "-bi")).isZero();
    }

    @Test
    void bs_speaks_smtp_and_leaves_each_message_before_its_250() throws Exception {
        int exit =
                sendmail(
                        """
                        EHLO here\r
                        MAIL FROM:<ada@example.com> BODY=8BITMIME\r
                        RCPT TO:<a@example.net>\r
                        RCPT TO:<nonsense>>\r
                        DATA\r
                        Subject: x\r
                        \r
                        ..dotted\r
                        .\r
                        MAIL FROM:<>\r
                        DATA\r
                        QUIT\r
                        """,
                        "-bs");

        assertThat(exit).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).lines().map(line -> line.substring(0, 3)))
                .containsExactly(
                        "220", "250", "250", "250", "250", "250", "250", "250", "553", "354", "250",
                        "250", "503", "221");
        assertThat(content(onlyDrop())).isEqualTo("Subject: x\r\n\r\n.dotted\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r.\r"})
    void in_bs_a_foreign_line_end_does_not_end_the_content(String smuggled) throws Exception {
        sendmail(
                "EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\none"
                        + smuggled
                        + "MAIL FROM:<evil@example.com>\r\nRCPT TO:<c@example.net>\r\nDATA\r\n"
                        + ".\r\nQUIT\r\n",
                "-bs");

        assertThat(drops()).hasSize(1);
        assertThat(content(onlyDrop())).contains("evil@example.com");
    }

    @Test
    void the_data_directory_is_found_in_the_named_settings() throws Exception {
        var elsewhere = Files.createDirectories(data.resolve("elsewhere"));
        var file = Files.writeString(data.resolve("my.yaml"), "data: " + elsewhere + "\n");
        environment.put("POSTROOM_DATA", "");

        int exit = sendmail("From: a@example.com\n\nx\n", "--config", file.toString(), "b@x.org");

        assertThat(exit).isZero();
        assertThat(elsewhere.resolve("drop")).isNotEmptyDirectory();
    }

    @Test
    void what_is_said_about_reports_goes_into_the_drop() throws Exception {
        int code =
                sendmail(
                        "Subject: x\n\nhello\n",
                        "-N",
                        "success,failure",
                        "-R",
                        "full",
                        "-V",
                        "batch 7",
                        "-f",
                        "ada@example.com",
                        "a@example.net");

        assertThat(code).isZero();
        var reports = onlyDrop().envelope().reports();
        assertThat(reports.returned()).contains(ReportRequest.Returned.FULL);
        assertThat(reports.envelopeId()).contains("batch 7");
        assertThat(reports.wishFor(Address.of("a@example.net")).occasions())
                .contains(Set.of(Occasion.SUCCESS, Occasion.FAILURE));
    }

    @Test
    void a_wish_that_is_none_is_a_wrong_call() throws Exception {
        assertThat(sendmail("x\n", "-N", "sometimes", "a@example.net")).isEqualTo(64);
        assertThat(sendmail("x\n", "-R", "half", "a@example.net")).isEqualTo(64);
        assertThat(sendmail("x\n", "-V", "b\u00e4tch", "a@example.net")).isEqualTo(64);
        assertThat(drops()).isEmpty();
    }

    private int sendmail(String input, String... arguments) {
        environment.putIfAbsent("POSTROOM_DATA", data.toString());
        out.reset();
        err.reset();
        return Sendmail.run(
                arguments,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                InstantSource.fixed(NOW));
    }

    private List<Path> drops() throws IOException {
        var drop = data.resolve("drop");
        if (!Files.isDirectory(drop)) return List.of();
        try (Stream<Path> files = Files.list(drop)) {
            return new ArrayList<>(files.filter(Files::isRegularFile).toList());
        }
    }

    private Drop onlyDrop() throws Exception {
        assertThat(drops()).hasSize(1);
        return Drop.read(drops().getFirst());
    }

    private void clear() throws IOException {
        for (var file : drops()) Files.delete(file);
    }

    private static String content(Drop drop) throws IOException {
        var octets = new ByteArrayOutputStream();
        drop.content().writeTo(octets);
        return octets.toString(StandardCharsets.UTF_8);
    }
}
