package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import postroom.deliver.Consignment;
import postroom.deliver.Transport.Opening;
import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.secret.Secret;
import postroom.service.Limits;
import postroom.service.Service;
import postroom.service.SmtpSettings;
import postroom.service.SmtpSettings.Pipelining;
import postroom.service.SmtpSettings.Tls;
import postroom.transcript.Transcript;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.net.ssl.SSLContext;

@Timeout(30)
class SmtpTransportTest {

    private static final String ONE_MESSAGE =
            """
            S: 220 relay
            C: EHLO *
            S: 250 relay
            C: MAIL *
            S: 250 ok
            C: RCPT *
            S: 250 ok
            C: DATA
            S: 354 go
            C: ...
            C: .
            S: 250 ok
            C: QUIT
            S: 221 bye
            """;

    @Test
    void a_refused_connection_is_the_services_trouble() throws IOException {
        int port;
        try (var nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        var scene = scene("");
        var opening =
                scene.transport(new TranscriptTest.Heard().judge)
                        .open(service(port, Tls.NONE, ""), new Conversation());

        assertThat(opening)
                .isInstanceOfSatisfying(
                        Opening.NotOpened.class,
                        closed ->
                                assertThat(closed.diagnostic())
                                        .isInstanceOfSatisfying(
                                                NoAnswer.class,
                                                silence -> {
                                                    assertThat(silence.stage())
                                                            .isEqualTo(Stage.CONNECT);
                                                    assertThat(silence.text())
                                                            .contains("Connection refused");
                                                }));
    }

    @Test
    void a_server_that_stops_reading_does_not_hold_the_line_for_ever() throws IOException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setReceiveBufferSize(4_096);
            Thread.ofVirtual().start(() -> answerAndThenSleep(server));
            var scene = scene("-- silence 6m --\n");

            var heard =
                    carry(scene, service(server.getLocalPort(), Tls.NONE, ""), endless(30_000_000));

            assertThat(heard.results).containsExactly("a@example.net deferred, scope message");
            assertThat(heard.diagnostics.getFirst()).contains("timed out");
        }
    }

    @Test
    void large_content_is_streamed() throws IOException {
        var scene = scene(ONE_MESSAGE);
        try (var server = player(scene, TestCertificates.forHost("localhost").serverContext())) {
            var heard = carry(scene, service(server.port(), Tls.NONE, ""), endless(20_000_000));

            assertThat(server.difference()).isEmpty();
            assertThat(heard.results).containsExactly("a@example.net sent");
        }
    }

    @Test
    void content_that_cannot_be_read_to_its_end_is_never_finished_with_a_dot() throws IOException {
        var scene =
                scene(
                        """
                        S: 220 relay
                        C: EHLO *
                        S: 250 relay
                        C: MAIL *
                        S: 250 ok
                        C: RCPT *
                        S: 250 ok
                        C: DATA
                        S: 354 go
                        -- gone --
                        """);
        try (var server = player(scene, TestCertificates.forHost("localhost").serverContext())) {
            var heard = carry(scene, service(server.port(), Tls.NONE, ""), torn());

            assertThat(server.difference()).isEmpty();
            assertThat(heard.results).containsExactly("a@example.net deferred, scope message");
            assertThat(heard.diagnostics.getFirst()).contains("the spool is torn");
        }
    }

    @Test
    void many_recipients_leave_in_groups_with_replies_read_in_between() throws IOException {
        var steps =
                new StringBuilder("S: 220 a\nC: EHLO *\nS: 250-a\nS: 250 PIPELINING\nC: MAIL *\n");
        for (int i = 1; i <= 99; i++) steps.append("C: RCPT *\n");
        steps.append("S: 250 ok\n".repeat(100));
        for (int i = 100; i <= 199; i++) steps.append("C: RCPT *\n");
        steps.append("S: 250 ok\n".repeat(100));
        for (int i = 200; i <= 250; i++) steps.append("C: RCPT *\n");
        steps.append("C: DATA\n").append("S: 250 ok\n".repeat(51));
        steps.append("S: 354 go\nC: Hello\nC: .\nS: 250 ok\nC: QUIT\nS: 221 bye\n");
        var to = new StringBuilder("message: to a0@example.net");
        for (int i = 1; i < 250; i++) to.append(", a").append(i).append("@example.net");
        var scene = scene(to + "; text Hello\\r\\n\n" + steps);

        try (var server = player(scene, TestCertificates.forHost("localhost").serverContext())) {
            var heard = new TranscriptTest.Heard();
            carry(
                    scene.transport(heard.judge),
                    service(server.port(), Tls.NONE, ""),
                    scene.consignments().getFirst(),
                    heard);

            assertThat(server.difference()).isEmpty();
            assertThat(heard.results).hasSize(250).allMatch(result -> result.endsWith(" sent"));
        }
    }

    // JSSE resumes sessions within one context and has no way to say that it did.
    @Test
    void lines_to_a_service_share_a_tls_context_until_its_settings_change() throws Exception {
        var contexts = new TlsContexts((_, _) -> new Secret(""));
        var authority = TestCertificates.forHost("localhost").pem();

        var first = contexts.contextFor(service(465, Tls.IMPLICIT, authority));
        var second = contexts.contextFor(service(465, Tls.IMPLICIT, authority));
        var changed = contexts.contextFor(service(465, Tls.IMPLICIT, ""));

        assertThat(second).isSameAs(first);
        assertThat(changed).isNotSameAs(first);
    }

    @Test
    void an_unreadable_authority_is_told_without_connecting() {
        var opening =
                scene("")
                        .transport(new TranscriptTest.Heard().judge)
                        .open(service(465, Tls.IMPLICIT, "not a certificate"), new Conversation());

        assertThat(opening)
                .isInstanceOfSatisfying(
                        Opening.NotOpened.class,
                        closed ->
                                assertThat(closed.diagnostic())
                                        .isInstanceOfSatisfying(
                                                Condition.class,
                                                found ->
                                                        assertThat(found.name())
                                                                .isEqualTo(
                                                                        "tls-settings-unusable")));
    }

    private static TranscriptTest.Heard carry(Scene scene, Service service, Content content) {
        var heard = new TranscriptTest.Heard();
        carry(scene.transport(heard.judge), service, content, heard);
        return heard;
    }

    private static void carry(
            SmtpTransport transport, Service service, Content content, TranscriptTest.Heard heard) {
        var recipient = new Recipient(1, Address.of("a@example.net"));
        var consignment =
                new Consignment(
                        new QueueId(1),
                        Optional.empty(),
                        List.of(recipient),
                        Body.SEVEN_BIT,
                        false,
                        content);
        carry(transport, service, consignment, heard);
    }

    private static void carry(
            SmtpTransport transport,
            Service service,
            Consignment consignment,
            TranscriptTest.Heard heard) {
        var opening = transport.open(service, new Conversation());
        if (!(opening instanceof Opening.Opened(var line)))
            throw new AssertionError(opening.toString());
        var waiting = new ArrayList<>(List.of(consignment));
        try (line) {
            line.carry(
                    _ -> waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.removeFirst()),
                    heard);
        }
    }

    private static Scene scene(String steps) {
        return new Scene(transcript(steps));
    }

    private static Transcript transcript(String steps) {
        return Transcript.parse("inline", ("against: transport\n" + steps).lines().toList());
    }

    private static ServerPlayer player(Scene scene, SSLContext context) throws IOException {
        return new ServerPlayer(scene.transcript(), _ -> Map.of(), context);
    }

    private static Service service(int port, Tls tls, String trustedCa) {
        var smtp =
                new SmtpSettings(
                        "localhost",
                        port,
                        tls,
                        Optional.empty(),
                        trustedCa.isEmpty() ? Optional.empty() : Optional.of(trustedCa),
                        Optional.empty(),
                        Pipelining.NEXT_ENVELOPE);
        return Scene.service(smtp, Limits.ofConnections(1));
    }

    /// What nobody refers to is closed by and by.
    private Socket sleeping = new Socket();

    @AfterEach
    void wake() throws IOException {
        sleeping.close();
    }

    private void answerAndThenSleep(ServerSocket server) {
        try {
            var socket = server.accept();
            sleeping = socket;
            var out = socket.getOutputStream();
            out.write(ascii("220 a\r\n250-a\r\n250 PIPELINING\r\n"));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            while (!"DATA".equals(in.readLine())) continue;
            out.write(ascii("250 b\r\n250 c\r\n354 go\r\n"));
        } catch (IOException gone) {
            // the test ends it
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    private static Content endless(long size) {
        var line = "The quick brown fox jumps over the lazy dog.\r\n".getBytes(US_ASCII);
        return streamed(
                size,
                out -> {
                    for (long left = size; left > 0; left -= line.length) out.write(line);
                });
    }

    private static Content torn() {
        return streamed(
                1_000,
                out -> {
                    out.write("Subject: x\r\n\r\nhalf".getBytes(US_ASCII));
                    throw new IOException("the spool is torn");
                });
    }

    private interface Writing {
        void to(OutputStream out) throws IOException;
    }

    private static Content streamed(long size, Writing writing) {
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() {
                throw new UnsupportedOperationException("written as a whole");
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                writing.to(out);
            }
        };
    }
}
