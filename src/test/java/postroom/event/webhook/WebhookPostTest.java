package postroom.event.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.Clock;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class WebhookPostTest {

    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    private final Clock clock = Clock.atNoon();
    private Receiver receiver;

    @BeforeEach
    void open() throws Exception {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    private Answer post(String url, boolean privateAllowed, SafeNames.Lookup lookup) {
        var limits = new WebhookPost.Limits(Duration.ofSeconds(2), Duration.ofSeconds(3));
        try (var post = new WebhookPost(lookup, privateAllowed, limits, clock)) {
            return post.send(URI.create(url), Map.of("webhook-id", "evt_1"), BODY);
        }
    }

    private Answer post() {
        return post(receiver.url(), true, InetAddress::getAllByName);
    }

    @Test
    void an_answer_is_kept_to_a_kilobyte_without_control_characters_and_secrets() {
        receiver.answers(
                Receiver.saying(
                        500, "no\n\u0007\u001b[31m access_token=abcdef " + "x".repeat(5_000)));

        var answer = post();

        assertThat(answer.taken()).isFalse();
        assertThat(answer.httpStatus()).contains(500L);
        assertThat(answer.text())
                .startsWith("no [31m access_token=‹masked› xxx")
                .hasSizeLessThanOrEqualTo(1_025);
    }

    @Test
    void an_answer_without_end_is_not_read_to_its_end() {
        var written = new AtomicInteger();
        receiver.answers((exchange, heard) -> {
            exchange.sendResponseHeaders(200, 0);
            var chunk = new byte[64 * 1024];
            try (var out = exchange.getResponseBody()) {
                for (int i = 0; i < 2_000; i++) {
                    out.write(chunk);
                    written.incrementAndGet();
                }
            }
        });

        var answer = post();

        assertThat(answer.taken()).isTrue();
        assertThat(written.get()).isLessThan(2_000);
    }

    @Test
    void a_receiver_that_hangs_is_left_within_the_limit() {
        var forever = new CountDownLatch(1);
        receiver.answers((exchange, heard) -> {
            try {
                forever.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });

        var answer = post();
        forever.countDown();

        assertThat(answer).isInstanceOf(Answer.Silent.class);
        assertThat(answer.took()).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void an_answer_that_trickles_is_left_within_the_limit() {
        receiver.answers((exchange, heard) -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                for (int i = 0; i < 100; i++) {
                    out.write('a');
                    out.flush();
                    Thread.sleep(200);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });

        var answer = post();

        assertThat(answer).isInstanceOf(Answer.Silent.class);
        assertThat(answer.text()).contains("no answer within 3.0 seconds");
    }

    @Test
    void a_redirect_is_not_followed() throws Exception {
        try (var elsewhere = new Receiver()) {
            receiver.answers((exchange, heard) -> {
                exchange.getResponseHeaders().set("Location", elsewhere.url());
                exchange.sendResponseHeaders(307, -1);
            });

            var answer = post();

            assertThat(answer.httpStatus()).contains(307L);
            assertThat(answer.taken()).isFalse();
            assertThat(elsewhere.heard()).isEmpty();
        }
    }

    @Test
    void what_is_no_http_is_a_failure() throws Exception {
        try (var garbage = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try (var socket = garbage.accept()) {
                            socket.getInputStream().read(new byte[4_096]);
                            socket.getOutputStream()
                                    .write(
                                            "220 mail.example.com ESMTP\r\n"
                                                    .getBytes(StandardCharsets.UTF_8));
                            socket.getOutputStream().flush();
                            socket.shutdownOutput();
                            socket.getInputStream().readAllBytes();
                        } catch (java.io.IOException gone) {
                            // the test is over
                        }
                    });

            var answer =
                    post(
                            "http://127.0.0.1:" + garbage.getLocalPort() + "/",
                            true,
                            InetAddress::getAllByName);

            assertThat(answer).isInstanceOf(Answer.Silent.class);
            assertThat(answer.text()).isNotBlank();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "127.0.0.1",
                "127.1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "[::ffff:127.0.0.1]",
                "[::1]"
            })
    void nothing_is_posted_to_this_machine_unless_allowed_however_it_is_written(String host) {
        var https =
                post(
                        "https://" + host + ":" + receiver.port() + "/",
                        false,
                        InetAddress::getAllByName);
        var http =
                post(
                        "http://" + host + ":" + receiver.port() + "/",
                        false,
                        InetAddress::getAllByName);

        assertThat(https).isInstanceOf(Answer.Silent.class);
        assertThat(http).isInstanceOf(Answer.Silent.class);
        assertThat(https.text()).containsAnyOf("not delivered", "does not resolve");
        assertThat(http.text()).containsAnyOf("not delivered", "does not resolve");
        assertThat(receiver.heard()).isEmpty();
    }

    @Test
    void a_name_that_changes_its_mind_is_asked_once_and_connected_to_as_it_was_checked()
            throws Exception {
        var asked = new AtomicInteger();
        // first a harmless address, then this machine: what a rebinding name server does
        SafeNames.Lookup rebinding =
                host ->
                        asked.getAndIncrement() == 0
                                ? new InetAddress[] {InetAddress.getByName("127.0.0.1")}
                                : new InetAddress[] {InetAddress.getByName("169.254.169.254")};

        var answer = post("http://hooks.example:" + receiver.port() + "/", true, rebinding);

        assertThat(answer.taken()).isTrue();
        assertThat(asked).hasValue(1);
        assertThat(receiver.heard().getFirst().header("host"))
                .isEqualTo("hooks.example:" + receiver.port());
    }

    @Test
    void plain_http_goes_to_private_addresses_only() {
        var answer =
                post(
                        "http://hooks.example/",
                        true,
                        host -> new InetAddress[] {InetAddress.getByName("93.184.215.14")});

        assertThat(answer.text()).contains("others need https");
    }

    @ParameterizedTest
    @ValueSource(strings = {"120", "Sat, 21 Nov 2026 12:02:00 GMT"})
    void retry_after_is_understood_as_seconds_and_as_a_date(String value) {
        receiver.answers((exchange, heard) -> {
            exchange.getResponseHeaders().set("Retry-After", value);
            exchange.sendResponseHeaders(503, -1);
        });

        assertThat(post().pauseAsked()).contains(Duration.ofMinutes(2));
    }

    @Test
    void a_retry_after_that_means_nothing_is_ignored() {
        receiver.answers((exchange, heard) -> {
            exchange.getResponseHeaders().set("Retry-After", "soon; -1");
            exchange.sendResponseHeaders(503, -1);
        });

        assertThat(post().pauseAsked()).isEqualTo(Optional.empty());
    }
}
