package postroom.intake.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.intake.Counter;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Properties;

@Timeout(60)
class ListenerTest {

    @TempDir Path data;

    private final Counter counter = new Counter();
    private Certificates certificates;
    private SubmissionListener listener;

    @BeforeEach
    void open() throws IOException {
        certificates =
                Certificates.of(
                        Optional.empty(),
                        Optional.empty(),
                        data,
                        Counter.HOSTNAME,
                        InstantSource.system());
        listener = listen(Entrance.STARTTLS, 100, 50, Patience.USUAL);
    }

    @AfterEach
    void close() {
        listener.close();
        counter.close();
    }

    @Test
    void a_foreign_client_sends_over_starttls_and_auth() throws Exception {
        sendWithAngus(listener, false, "correct horse");

        var row = counter.messages().getFirst();
        assertThat(row.remote()).isEqualTo("127.0.0.1 TLSv1.3");
        assertThat(counter.content(row)).contains("with ESMTPSA id").doesNotContain("secret@");
    }

    @Test
    void a_foreign_client_sends_over_implicit_tls() throws Exception {
        try (var tls = listen(Entrance.TLS, 100, 50, Patience.USUAL)) {
            sendWithAngus(tls, true, "correct horse");
        }

        assertThat(counter.messages()).hasSize(1);
    }

    @Test
    void a_foreign_client_hears_that_its_password_is_wrong() {
        assertThatThrownBy(() -> sendWithAngus(listener, false, "wrong"))
                .isInstanceOf(AuthenticationFailedException.class)
                .hasMessageContaining("535 5.7.8");
    }

    @Test
    void too_many_connections_from_one_address_are_turned_away() throws Exception {
        try (var small = listen(Entrance.STARTTLS, 10, 1, Patience.USUAL);
                var first = new Client(small)) {
            assertThat(first.heard()).startsWith("220 ");
            try (var second = new Client(small)) {
                assertThat(second.heard()).startsWith("421 4.7.0 ");
                assertThat(second.heard()).isEqualTo("closed");
            }
        }
    }

    @Test
    void too_many_connections_in_all_are_turned_away() throws Exception {
        try (var small = listen(Entrance.STARTTLS, 1, 10, Patience.USUAL);
                var first = new Client(small)) {
            assertThat(first.heard()).startsWith("220 ");
            try (var second = new Client(small)) {
                assertThat(second.heard()).startsWith("421 4.3.2 ");
            }
        }
    }

    @Test
    void an_idle_client_hears_good_bye_when_the_house_closes() throws Exception {
        try (var client = new Client(listener)) {
            assertThat(client.heard()).startsWith("220 ");
            client.says("NOOP");
            assertThat(client.heard()).startsWith("250 ");

            listener.stop(Duration.ofSeconds(5));

            assertThat(client.heard()).startsWith("421 4.3.2 ");
            assertThat(client.heard()).isEqualTo("closed");
        }
    }

    @Test
    void a_message_under_way_comes_to_its_end_when_the_house_closes() throws Exception {
        try (var plain = listen(Entrance.PLAIN, 10, 10, Patience.USUAL);
                var client = new Client(plain)) {
            client.says("HELO printer\r\nMAIL FROM:<p@example.com>\r\nRCPT TO:<a@example.net>");
            client.says("DATA");
            for (int i = 0; i < 4; i++) client.heard();
            assertThat(client.heard()).startsWith("354 ");
            client.says("From: p@example.com\r\n\r\none");

            var stopping = Thread.ofVirtual().start(() -> plain.stop(Duration.ofSeconds(20)));
            client.says("two\r\n.");

            assertThat(client.heard()).startsWith("250 2.0.0 queued as ");
            assertThat(client.heard()).startsWith("421 4.3.2 ");
            stopping.join();
        }
        assertThat(counter.messages()).hasSize(1);
    }

    @Test
    void a_client_that_sends_an_octet_now_and_then_is_not_waited_for() throws Exception {
        var hasty =
                new Patience(
                        Duration.ofSeconds(5),
                        Duration.ofMillis(300),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1),
                        1024,
                        10,
                        100,
                        3);
        try (var listener = listen(Entrance.STARTTLS, 10, 10, hasty);
                var client = new Client(listener)) {
            assertThat(client.heard()).startsWith("220 ");
            var talking =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (true) {
                                        client.socket.getOutputStream().write('x');
                                        Thread.sleep(50);
                                    }
                                } catch (IOException | InterruptedException over) {
                                    Thread.currentThread().interrupt();
                                }
                            });

            assertThat(client.heard()).startsWith("421 4.4.2 ");
            talking.interrupt();
        }
    }

    @Test
    void the_certificate_is_made_at_the_first_start_and_kept() throws Exception {
        var key = data.resolve("submission.key");
        var made = Files.readString(key);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        Certificates.of(
                Optional.empty(), Optional.empty(), data, Counter.HOSTNAME, InstantSource.system());
        assertThat(Files.readString(key)).isEqualTo(made);
    }

    @Test
    void a_changed_certificate_is_picked_up_and_a_broken_one_is_not() throws Exception {
        var before = certificates.socketFactory();
        var other = data.resolve("other");
        Certificates.of(
                Optional.empty(),
                Optional.empty(),
                other,
                Counter.HOSTNAME,
                InstantSource.system());

        Files.writeString(data.resolve("submission.crt"), "half of it");
        assertThat(afterASecond()).isSameAs(before);

        for (var name : new String[] {"submission.crt", "submission.key"})
            Files.writeString(data.resolve(name), Files.readString(other.resolve(name)));
        assertThat(afterASecond()).isNotSameAs(before);
        sendWithAngus(listener, false, "correct horse");
    }

    /// Made with `openssl genpkey`, `openssl rsa -traditional` and `openssl ecparam -genkey`.
    @ParameterizedTest
    @ValueSource(strings = {"pkcs8", "pkcs1", "sec1"})
    void a_key_may_have_any_of_the_usual_forms(String form) throws Exception {
        var files = Path.of("src/test/resources/postroom/intake/smtp/certificates");

        var certificates =
                Certificates.of(files.resolve(form + ".crt"), files.resolve(form + ".key"));

        assertThat(certificates.socketFactory().getDefaultCipherSuites()).isNotEmpty();
    }

    @Test
    void a_key_that_belongs_to_another_certificate_is_refused() {
        var files = Path.of("src/test/resources/postroom/intake/smtp/certificates");

        assertThatThrownBy(() ->
                        Certificates.of(files.resolve("pkcs8.crt"), files.resolve("pkcs1.key")))
                .hasMessageContaining("pkcs1.key is not the key of");
    }

    private Object afterASecond() throws InterruptedException {
        Thread.sleep(1_100);
        return certificates.socketFactory();
    }

    private SubmissionListener listen(
            Entrance entrance, int connections, int perAddress, Patience patience)
            throws IOException {
        return SubmissionListener.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                entrance,
                counter.intake(counter.settings()),
                new OneApplication() {
                    @Override
                    public Optional<postroom.access.Credential> forListedNetwork(InetAddress from) {
                        return Optional.of(Counter.ERP);
                    }
                },
                certificates,
                new SubmissionListener.Limits(connections, perAddress, patience));
    }

    private static void sendWithAngus(SubmissionListener to, boolean tls, String password)
            throws Exception {
        var settings = new Properties();
        settings.put("mail.smtp.host", "127.0.0.1");
        settings.put("mail.smtp.port", Integer.toString(to.address().getPort()));
        settings.put("mail.smtp.auth", "true");
        settings.put("mail.smtp.localhost", "erp.example.com");
        settings.put(tls ? "mail.smtp.ssl.enable" : "mail.smtp.starttls.required", "true");
        settings.put("mail.smtp.ssl.trust", "*");
        var session = Session.getInstance(settings);
        var message = new MimeMessage(session);
        message.setFrom(new InternetAddress("noreply@example.com", "Grüße"));
        message.addRecipient(Message.RecipientType.TO, new InternetAddress("a@example.net"));
        message.addRecipient(Message.RecipientType.BCC, new InternetAddress("secret@example.net"));
        message.setSubject("Rechnung für Köln");
        message.setText("Grüße\n.\n..\nend");
        try (var transport = session.getTransport("smtp")) {
            transport.connect("erp", password);
            transport.sendMessage(message, message.getAllRecipients());
        }
    }

    private static final class Client implements AutoCloseable {
        final Socket socket;
        private final BufferedReader reader;

        Client(SubmissionListener listener) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), listener.address().getPort());
            socket.setSoTimeout(20_000);
            reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        void says(String line) throws IOException {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        String heard() throws IOException {
            var line = reader.readLine();
            return line == null ? "closed" : line;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
