package postroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.emulator.ReceivedMessage;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the README promises, asked of the packaged program from outside.
@Order(1) // takes long
@Tag("packaged")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PromisesTest {

    private static final int ROUNDS = 20;
    private static final long SEED = 20261121;
    private static final Duration DRAINED = Duration.ofSeconds(120);
    private static final Pattern JWT = Pattern.compile("eyJ[A-Za-z0-9_-]{15,}");

    @TempDir Path directory;

    static EmulatorScript withoutLimits() {
        return EmulatorScript.demo().withoutLimits().keeping(1_000_000);
    }

    @Test
    void an_accepted_message_survives_a_kill_and_leaves_twice_only_where_its_timeline_says_why()
            throws Exception {
        var moments = new Random(SEED);
        try (var emulator = Emulator.start(withoutLimits());
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 5);
            program.createLocalCredential();

            Map<String, String> promised;
            try (var crowd = new Crowd(program.plain, 4, Integer.MAX_VALUE, "Hello.")) {
                for (int round = 0; round < ROUNDS; round++) {
                    LockSupport.parkNanos(moments.nextLong(50_000_000L, 900_000_000L));
                    program.kill();
                    program.start().awaitDoor();
                }
                promised = crowd.promised();
            }
            program.awaitReady();
            program.await("an empty queue", DRAINED, () -> program.waiting() == 0);

            var arrived = emulator.mailboxes().messages();
            assertThat(promised).hasSizeGreaterThan(ROUNDS);
            assertThat(messageIds(arrived)).containsAll(promised.keySet());
            for (var twice : sentTwice(arrived)) assertSaysWhy(program, twice);
        }
    }

    static List<String> messageIds(List<ReceivedMessage> arrived) {
        return arrived.stream().flatMap(message -> message.messageId().stream()).toList();
    }

    /// Queue IDs, from the trace that Postroom leaves in the content.
    static List<String> sentTwice(List<ReceivedMessage> arrived) {
        return arrived.stream()
                .collect(Collectors.groupingBy(PromisesTest::queueId, Collectors.counting()))
                .entrySet()
                .stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String queueId(ReceivedMessage message) {
        var trace = message.header("Received").orElseThrow();
        var found = Pattern.compile("\\bid (\\S+?);?\\s").matcher(trace + " ");
        if (!found.find()) throw new AssertionError("no queue ID in: " + trace);
        return found.group(1);
    }

    static void assertSaysWhy(Program program, String queueId) {
        var timeline = program.json("/v1/messages/" + queueId).path("timeline");
        boolean told = false;
        for (var event : timeline) told |= event.toString().contains("may_have_been_sent");
        assertThat(told).as("%s was sent twice; its timeline: %s", queueId, timeline).isTrue();
    }

    @Test
    void never_more_connections_than_the_limit() throws Exception {
        var slowly = withoutLimits().changedBy("delay: { final_dot: 5ms }");
        try (var emulator = Emulator.start(slowly);
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 3);
            program.createLocalCredential();

            try (var crowd = new Crowd(program.plain, 8, 400, "Hello.")) {
                crowd.awaitEnd();
                program.patch("/v1/services/Office", "{\"limits\": {\"connections\": 2}}");
                program.await("an empty queue", DRAINED, () -> program.waiting() == 0);

                assertThat(messageIds(emulator.mailboxes().messages()))
                        .containsExactlyInAnyOrderElementsOf(crowd.promised().keySet());
                assertThat(crowd.promised()).hasSize(400);
            }
            assertThat(emulator.microsoft().mostConnectionsSeen()).isBetween(1, 3);
        }
    }

    @Test
    void a_stopped_server_lets_mail_under_way_finish() throws Exception {
        var slowly = withoutLimits().changedBy("delay: { final_dot: 1500ms }");
        try (var emulator = Emulator.start(slowly);
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 3);
            program.createLocalCredential();

            String queueId;
            try (var application = new Application(program.plain).greeted()) {
                var reply = application.handIn("<one@contoso.example>", "a@example.net", "Hello.");
                queueId = reply.substring(reply.lastIndexOf(' ') + 1);
            }
            program.await(
                    "a line to the provider",
                    DRAINED,
                    () -> emulator.count("auth microsoft XOAUTH2") > 0);
            program.stop();

            assertThat(emulator.mailboxes().received()).isEqualTo(1);
            program.start().awaitReady();
            var message = program.json("/v1/messages/" + queueId);
            assertThat(message.path("recipients").path(0).path("state").asString())
                    .isEqualTo("sent");
            assertThat(message.path("attempts").size()).isEqualTo(1);
            assertThat(message.path("timeline").toString()).doesNotContain("may_have_been_sent");
        }
    }

    @Test
    void a_full_disk_answers_452_and_loses_nothing() throws Exception {
        assumeTrue(Disk.canBeMade(), "a small disk needs root and tmpfs");
        try (var emulator = Emulator.start(withoutLimits());
                var disk = Disk.of(directory.resolve("data"), "48m");
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 3);
            program.createLocalCredential();
            program.post("/v1/services/Office/pause", "");
            disk.fillAllBut(3_000_000);

            try (var crowd = new Crowd(program.plain, 2, 10_000, "0123456789\r\n".repeat(1_000))) {
                program.await("a full disk", DRAINED, () -> !crowd.otherReplies().isEmpty());
                assertThat(crowd.otherReplies()).allMatch(reply -> reply.startsWith("452 4.3.1 "));
                program.await(
                        "not ready",
                        DRAINED,
                        () -> program.get("/health/ready").statusCode() == 503);
                assertThat(program.get("/health/ready").body()).contains("is full");

                disk.free();
                int before = crowd.promised().size();
                program.await(
                        "a message taken again",
                        DRAINED,
                        () -> crowd.promised().size() > before + 5);
                crowd.close();
                program.post("/v1/services/Office/resume", "");
                program.await("an empty queue", DRAINED, () -> program.waiting() == 0);

                assertThat(messageIds(emulator.mailboxes().messages()))
                        .containsExactlyInAnyOrderElementsOf(crowd.promised().keySet());
            }
        }
    }

    @Test
    void closed_by_default() throws Exception {
        try (var program = new Program(directory).start().awaitReady()) {
            assertThat(Program.isOpen(program.plain)).isFalse();
            try (var stranger = new Application(program.starttls).greeted()) {
                assertThat(stranger.say("MAIL FROM:<noreply@contoso.example>"))
                        .startsWith("530 5.7.0 ");
                assertThat(stranger.say("AUTH PLAIN AGVycABjb3JyZWN0IGhvcnNl"))
                        .startsWith("538 5.7.11 ");
            }
            for (var path :
                    List.of(
                            "/v1/messages",
                            "/v1/services",
                            "/v1/credentials",
                            "/v1/events",
                            "/v1/nothing"))
                assertThat(program.send(program.request("GET", path, "")).statusCode())
                        .as(path)
                        .isEqualTo(401);
            var mail = "{\"from\": \"a@contoso.example\", \"to\": [\"b@example.net\"]}";
            assertThat(program.send(program.request("POST", "/v1/messages", mail)).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void a_listed_network_without_a_credential_may_send_nothing() throws Exception {
        try (var program = new Program(directory).withPlainDoor().start().awaitReady();
                var stranger = new Application(program.plain)) {
            assertThat(stranger.reply()).startsWith("554 5.7.1 ");
        }
    }

    @Test
    void no_secret_reaches_a_log_a_page_or_an_event() throws Exception {
        var wrong = "planted-client-secret-8Qw3rT6y";
        var relayPassword = "planted-relay-password-Zx9Cv";
        var refreshToken = "planted-refresh-token-1AXoA77";
        try (var emulator = Emulator.start(withoutLimits());
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 2);
            program.createLocalCredential();
            var issued =
                    program.post(
                            "/v1/credentials",
                            "{\"name\": \"erp\", \"senders\": [\"*@contoso.example\"]}");
            var seen = new StringBuilder();
            handIn(program, "<right@contoso.example>");
            program.await("sent", DRAINED, () -> emulator.mailboxes().received() == 1);

            program.createService(emulator, "Wrong", 2, wrong);
            handInThrough("Wrong", program);
            program.await("told why", DRAINED, () -> program.log().contains("AADSTS7000215"));
            seen.append(failingServices(program, emulator, relayPassword, refreshToken));
            seen.append(badRequests(program, relayPassword, issued));
            seen.append(everyPage(program));

            var secrets =
                    List.of(
                            Program.SECRET,
                            wrong,
                            relayPassword,
                            refreshToken,
                            Program.KEY,
                            issued.path("smtp_password").asString(),
                            issued.path("api_key").asString());
            assertNoneIn(secrets, "a page or an event", seen.toString());
            assertNoneIn(secrets, "the log", program.log());
            program.stop();
            assertNoneIn(secrets, "the data directory", database(program));
        }
    }

    private static void handIn(Program program, String messageId) throws IOException {
        try (var application = new Application(program.plain).greeted()) {
            assertThat(application.handIn(messageId, "a@example.net", "Hello.")).startsWith("250");
        }
    }

    private static void handInThrough(String service, Program program) {
        program.post(
                "/v1/messages",
                """
                {"from": "noreply@contoso.example", "to": ["a@example.net"], "subject": "Hello",
                 "text": "Hello.", "service": "%s"}
                """
                        .formatted(service));
    }

    /// A relay whose password is wrong, and a refresh token nobody knows.
    private static String failingServices(
            Program program, Emulator emulator, String password, String refreshToken) {
        var relay =
                """
                {"name": "Relay", "preset": "smtp", "smtp": {"host": "localhost", "port": %d, "trusted_ca": "%s"},
                 "from": {"address": "relay@contoso.example"},
                 "authentication": {"type": "basic", "username": "relay@smarthost.example", "password": "%s"}}
                """
                        .formatted(
                                emulator.smarthost().smtpPort(),
                                emulator.trustedCa().replace("\n", "\\n"),
                                password);
        var brought =
                """
                {"name": "Brought", "preset": "microsoft-365",
                 "smtp": {"host": "localhost", "port": %d, "trusted_ca": "%s"},
                 "from": {"address": "brought@contoso.example"},
                 "authentication": {"grant": "refresh_token", "login": "noreply@contoso.example",
                   "tenant": "%s", "client_id": "%s", "client_secret": "%s", "refresh_token": "%s",
                   "token_endpoint": "%s"}}
                """
                        .formatted(
                                emulator.microsoft().smtpPort(),
                                emulator.trustedCa().replace("\n", "\\n"),
                                Program.TENANT,
                                Program.CLIENT,
                                Program.SECRET,
                                refreshToken,
                                emulator.microsoft().secure().tokenUrl());
        return String.join(
                "\n",
                program.post("/v1/services", relay).toString(),
                program.post("/v1/services", brought).toString(),
                program.call("POST", "/v1/services/Relay/check", "{\"recipient\": \"a@b.example\"}")
                        .body(),
                program.call(
                                "POST",
                                "/v1/services/Brought/check",
                                "{\"recipient\": \"a@b.example\"}")
                        .body());
    }

    /// Answers to requests that are wrong and hold a secret.
    private static String badRequests(Program program, String password, JsonNode issued)
            throws IOException {
        var answers = new ArrayList<String>();
        answers.add(
                program.call(
                                "POST",
                                "/v1/services",
                                "{\"name\": \"\", \"authentication\": {\"type\": \"basic\","
                                        + " \"password\": \""
                                        + password
                                        + "\", \"usernme\": 1}}")
                        .body());
        answers.add(
                program.call("POST", "/v1/services", "{\"password\": \"" + password + "\"").body());
        var wrongKey = issued.path("api_key").asString() + "x";
        answers.add(
                program.send(
                                program.request("GET", "/v1/messages", "")
                                        .header("Authorization", "Bearer " + wrongKey))
                        .body());
        var form =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + program.web + "/sign-in"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("email=a@b.example&password=" + password));
        answers.add(program.send(form).body());
        try (var application = new Application(program.starttls).greeted()) {
            answers.add(
                    application.say(
                            "AUTH PLAIN "
                                    + base64("\0erp\0" + issued.path("smtp_password").asString())));
        }
        return String.join("\n", answers);
    }

    private static String everyPage(Program program) {
        var pages = new ArrayList<String>();
        for (var path :
                List.of(
                        "/v1/services",
                        "/v1/services/Office",
                        "/v1/services/Relay",
                        "/v1/services/Brought",
                        "/v1/services/Office/authorization",
                        "/v1/services/Office/guide",
                        "/v1/credentials",
                        "/v1/messages",
                        "/v1/events?limit=500",
                        "/v1/audit",
                        "/v1/routes",
                        "/v1/presets",
                        "/health/live",
                        "/health/ready",
                        "/metrics",
                        "/v1/alerts",
                        "/openapi.json",
                        "/",
                        "/messages",
                        "/services")) pages.add(program.get(path).body());
        for (var message : program.json("/v1/messages").path("messages"))
            pages.add(program.get("/v1/messages/" + message.path("id").asString()).body());
        return String.join("\n", pages);
    }

    private static String database(Program program) throws IOException {
        var all = new StringBuilder();
        try (var files = Files.walk(program.data())) {
            for (var file : files.filter(Files::isRegularFile).toList())
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
        return all.toString();
    }

    private static void assertNoneIn(List<String> secrets, String where, String text) {
        for (var secret : secrets) {
            assertThat(text.contains(secret)).as("%s… is in %s", secret, where).isFalse();
            assertThat(text.contains(base64(secret)))
                    .as("%s… is in %s as base64", secret, where)
                    .isFalse();
        }
        var token = JWT.matcher(text);
        assertThat(token.find()).as("an access token is in %s", where).isFalse();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
