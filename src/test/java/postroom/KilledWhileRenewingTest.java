package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.oauth.Person;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The packaged program is killed between a provider's answer and its use. Access tokens end after
/// two seconds, so that it renews all the time, and every answer of the token endpoint is on its
/// way for a quarter of a second: long enough to be killed before it arrives, or right after.
@Order(1) // takes long
@Tag("packaged")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KilledWhileRenewingTest {

    private static final int ROUNDS = 16;
    private static final long SEED = 20261121;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String LOGIN = "noreply@contoso.example";
    private static final String ENDED = "token microsoft refresh_token";
    private static final String REUSED = "reused microsoft refresh_token";

    @TempDir Path directory;
    private final List<String> handedIn = new ArrayList<>();

    private static Emulator emulator(String rotation) {
        return Emulator.start(
                EmulatorScript.demo()
                        .withoutLimits()
                        .keeping(10_000)
                        .changedBy("lifetimes: { access_token: 2s, rotation: " + rotation + " }")
                        .changedBy("delay: { token: 250ms }"));
    }

    @Test
    void at_a_provider_like_microsoft_a_kill_at_any_moment_does_no_harm() throws Exception {
        var moments = new Random(SEED);
        try (var emulator = emulator("true");
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            createMailbox(program, emulator);

            for (int round = 0; round < ROUNDS; round++) {
                long renewals = emulator.count(ENDED);
                long reused = emulator.count(REUSED);
                handInUntil(program, () -> emulator.count(ENDED) > renewals);
                LockSupport.parkNanos(moments.nextLong(400_000_000L));
                program.kill();

                // The one whose answer nobody heard is shown once more, and none besides.
                assertThat(emulator.count(REUSED) - reused).isLessThanOrEqualTo(1);
                restart(program);
            }
            program.awaitReady();
            program.await("an empty queue", SOON, () -> program.waiting() == 0);

            assertThat(emulator.count(REUSED)).as("kills that hit the window").isPositive();
            assertAllArrived(emulator);
            assertRenewsInPeace(program, emulator);
        }
    }

    @Test
    void at_a_strict_provider_what_was_used_was_kept() throws Exception {
        try (var emulator = emulator("strict");
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            createMailbox(program, emulator);

            for (int round = 0; round < ROUNDS / 2; round++) {
                // Nobody but this one message renews, or the kill could hit another renewal's
                // window, for which there is no help: see below.
                LockSupport.parkNanos(2_100_000_000L);
                int arrived = emulator.mailboxes().messages().size();
                long renewals = emulator.count(ENDED);
                handIn(program);
                program.await(
                        "the use of a new access token",
                        SOON,
                        () -> emulator.mailboxes().messages().size() > arrived);
                assertThat(emulator.count(ENDED)).isEqualTo(renewals + 1);
                program.kill();
                program.start().awaitReady();
                program.await("an empty queue", SOON, () -> program.waiting() == 0);
            }

            assertThat(emulator.count(REUSED)).isZero();
            assertAllArrived(emulator);
            assertRenewsInPeace(program, emulator);
        }
    }

    /// Nobody can help it: the provider has forgotten the old refresh token, and the new one died
    /// on its way. What can be promised is that it is told, and that mail waits.
    @Test
    void at_a_strict_provider_a_lost_answer_asks_for_an_authorization_and_mail_waits()
            throws Exception {
        try (var emulator = emulator("strict");
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            createMailbox(program, emulator);
            handIn(program);
            program.await("a renewal", SOON, () -> emulator.count(ENDED) > 0);
            program.kill();
            program.start().awaitReady();
            handIn(program);
            program.await(
                    "the service asks", SOON, () -> state(program).equals("needs_authorization"));

            var mailbox = program.json("/v1/services/Mailbox");
            assertThat(program.get("/v1/services/Mailbox").body()).contains("AADSTS70000");
            assertThat(mailbox.path("state_reason").asString()).isNotEmpty();
            assertThat(mailbox.path("waiting").asInt()).isPositive();
            assertThat(emulator.count(REUSED)).as("shown once, and not again").isEqualTo(1);

            var another = new Consenting(emulator).refreshToken(LOGIN);
            program.patch(
                    "/v1/services/Mailbox",
                    "{\"authentication\": {\"refresh_token\": \"" + another + "\"}}");
            program.await("an empty queue", SOON, () -> program.waiting() == 0);
            assertAllArrived(emulator);
        }
    }

    @Test
    void killed_while_it_redeems_a_code_it_keeps_nothing_and_says_what_to_do() throws Exception {
        try (var program = new Program(directory).withPlainDoor();
                var emulator =
                        Emulator.start(
                                EmulatorScript.demo()
                                        .withRedirectUri(program.callback())
                                        .changedBy("delay: { token: 2s }"))) {
            program.start().awaitReady();
            program.post("/v1/services", service(emulator, "authorization_code", ""));
            var redirect = URI.create(Person.accepts(authorize(program), LOGIN));

            try (var browser = HttpClient.newHttpClient()) {
                var answer =
                        browser.sendAsync(
                                HttpRequest.newBuilder(redirect).build(), BodyHandlers.ofString());
                program.await(
                        "the code redeemed",
                        SOON,
                        () -> emulator.count("token microsoft authorization_code") == 1);
                program.kill();
                assertThat(answer).failsWithin(SOON);
            }
            program.start().awaitReady();
            emulator.change("delay: { token: 0s }");

            assertThat(state(program)).isEqualTo("needs_authorization");
            var shown = program.json("/v1/services/Mailbox/authorization");
            assertThat(shown.path("authorized").asBoolean()).isFalse();
            assertThat(page(redirect))
                    .contains("ended before it had kept the answer", "Authorize again");
            assertThat(emulator.count("token microsoft authorization_code")).isEqualTo(1);

            var again = URI.create(Person.accepts(authorize(program), LOGIN));
            assertThat(page(again)).contains(LOGIN + " signed in");
            assertThat(state(program)).isEqualTo("ready");
        }
    }

    private static void restart(Program program) throws IOException {
        program.start();
        program.await("the plain door", SOON, () -> Program.isOpen(program.plain));
    }

    /// Goes on renewing, each refresh token shown once.
    private void assertRenewsInPeace(Program program, Emulator emulator) throws IOException {
        long reused = emulator.count(REUSED);
        for (int i = 0; i < 3; i++) {
            long renewals = emulator.count(ENDED);
            LockSupport.parkNanos(2_000_000_000L);
            handIn(program);
            program.await("another renewal", SOON, () -> emulator.count(ENDED) > renewals);
            program.await("an empty queue", SOON, () -> program.waiting() == 0);
        }
        assertThat(emulator.count(REUSED)).isEqualTo(reused);
        assertThat(state(program)).isEqualTo("ready");
    }

    private void assertAllArrived(Emulator emulator) {
        var arrived = new HashSet<String>();
        for (var message : emulator.mailboxes().messages())
            message.messageId().ifPresent(arrived::add);
        assertThat(arrived).containsAll(handedIn);
    }

    /// A message that comes while an access token is good needs no other; one of the next does.
    private void handInUntil(Program program, BooleanSupplier renewed) throws IOException {
        for (int message = 0; message < 60 && !renewed.getAsBoolean(); message++) {
            handIn(program);
            for (int look = 0; look < 100 && !renewed.getAsBoolean(); look++)
                LockSupport.parkNanos(5_000_000);
        }
        assertThat(renewed.getAsBoolean()).as("a renewal").isTrue();
    }

    private void handIn(Program program) throws IOException {
        var messageId = "<" + handedIn.size() + "@contoso.example>";
        try (var application = new Application(program.plain).greeted()) {
            assertThat(application.handIn(messageId, "a@example.net", "Hello.")).startsWith("250");
        }
        handedIn.add(messageId);
    }

    private static void createMailbox(Program program, Emulator emulator) throws IOException {
        var refreshToken = new Consenting(emulator).refreshToken(LOGIN);
        program.post("/v1/services", service(emulator, "refresh_token", refreshToken));
        program.createLocalCredential();
    }

    private static String service(Emulator emulator, String grant, String refreshToken) {
        var service = JsonMapper.shared().createObjectNode().put("name", "Mailbox");
        service.put("preset", "microsoft-365");
        service.withObject("/smtp")
                .put("host", "localhost")
                .put("port", emulator.microsoft().smtpPort())
                .put("trusted_ca", emulator.trustedCa());
        service.withObject("/from").put("address", LOGIN);
        var authentication = service.withObject("/authentication");
        authentication
                .put("grant", grant)
                .put("login", LOGIN)
                .put("tenant", Program.TENANT)
                .put("client_id", Program.CLIENT)
                .put("client_secret", Program.SECRET)
                .put("authorization_endpoint", emulator.microsoft().authorizeUrl().toString())
                .put("token_endpoint", emulator.microsoft().secure().tokenUrl().toString());
        // A line that is open needs no other access token: each message opens one of its own.
        service.withObject("/limits")
                .put("messages_per_connection", 1)
                // What a kill left under way counts as sent, and there are many kills.
                .put("messages_per_minute", 1_000);
        if (!refreshToken.isEmpty()) authentication.put("refresh_token", refreshToken);
        return service.toString();
    }

    private static URI authorize(Program program) {
        JsonNode begun = program.post("/v1/services/Mailbox/authorize", "");
        return URI.create(begun.path("authorization_url").asString());
    }

    private static String page(URI address) throws Exception {
        try (var browser =
                HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()) {
            return browser.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    private static String state(Program program) {
        return program.json("/v1/services/Mailbox").path("state").asString();
    }
}
