package postroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What whoever runs it does to the packaged program, and what is done to it by others.
@Tag("packaged")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OperatingTest {

    private static final Duration DRAINED = Duration.ofSeconds(120);

    @TempDir Path directory;

    private static EmulatorScript withoutLimits() {
        return EmulatorScript.demo().withoutLimits().keeping(1_000_000);
    }

    @Test
    void a_backup_made_under_load_has_all_that_was_promised_before_it_began() throws Exception {
        var file = directory.resolve("backup.zip");
        Set<String> before;
        try (var emulator = Emulator.start(withoutLimits());
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 3);
            program.createLocalCredential();
            program.post("/v1/services/Office/pause", "");
            try (var crowd = new Crowd(program.plain, 4, Integer.MAX_VALUE, "Hello.")) {
                program.await("a load", DRAINED, () -> crowd.promised().size() > 300);
                before = new TreeSet<>(crowd.promised().values());
                var printed = directory.resolve("printed");
                var command =
                        program.command(
                                printed,
                                "backup",
                                file.toString(),
                                "--data",
                                program.data().toString());
                assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(command.exitValue()).as(Files.readString(printed)).isZero();
                int then = crowd.promised().size();
                program.await(
                        "the load goes on", DRAINED, () -> crowd.promised().size() > then + 50);
                assertThat(crowd.otherReplies()).isEmpty();
            }
        }

        var elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        try (var emulator = Emulator.start(withoutLimits());
                var restored = new Program(elsewhere).withPlainDoor()) {
            var printed = directory.resolve("printed");
            var command =
                    restored.command(
                            printed,
                            "restore",
                            file.toString(),
                            "--data",
                            restored.data().toString());
            assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(command.exitValue()).as(Files.readString(printed)).isZero();
            restored.start().awaitReady();

            var waiting = new TreeSet<String>();
            var cursor = "";
            do {
                var page = restored.json("/v1/messages?limit=500&state=queued" + cursor);
                for (var message : page.path("messages"))
                    waiting.add(message.path("id").asString());
                cursor =
                        page.path("cursor").isNull()
                                ? ""
                                : "&cursor=" + page.path("cursor").asString();
            } while (!cursor.isEmpty());
            assertThat(waiting).containsAll(before);
            int all = waiting.size();

            restored.patch(
                    "/v1/services/Office",
                    """
                    {"smtp": {"port": %d, "trusted_ca": "%s"},
                     "authentication": {"token_endpoint": "%s", "client_secret": "%s"}}
                    """
                            .formatted(
                                    emulator.microsoft().smtpPort(),
                                    emulator.trustedCa().replace("\n", "\\n"),
                                    emulator.microsoft().secure().tokenUrl(),
                                    Program.SECRET));
            restored.post("/v1/services/Office/resume", "");
            restored.await(
                    "everything sent", DRAINED, () -> emulator.mailboxes().received() >= all);
            assertThat(emulator.mailboxes().received()).isEqualTo(all);
        }
    }

    @Test
    void a_server_that_is_told_to_stop_says_so_first_and_takes_nothing_more() throws Exception {
        var slowly = withoutLimits().changedBy("delay: { final_dot: 4s }");
        try (var emulator = Emulator.start(slowly);
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 1);
            program.createLocalCredential();
            try (var idle = new Application(program.plain).greeted();
                    var application = new Application(program.plain).greeted()) {
                application.handIn("<one@contoso.example>", "a@example.net", "Hello.");
                program.await(
                        "a line to the provider",
                        DRAINED,
                        () -> emulator.count("auth microsoft XOAUTH2") > 0);

                var stopping = Thread.ofVirtual().start(program::stop);
                program.await(
                        "503", DRAINED, () -> program.get("/health/ready").statusCode() == 503);
                var refused =
                        program.call(
                                "POST",
                                "/v1/messages",
                                "{\"from\": \"noreply@contoso.example\", \"to\":"
                                        + " [\"a@example.net\"], \"subject\": \"Late\", \"text\":"
                                        + " \"Late.\"}");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(idle.reply()).startsWith("421 4.3.2 ");
                assertThat(Program.isOpen(program.plain)).isFalse();
                stopping.join();
            }
            assertThat(emulator.mailboxes().received()).isEqualTo(1);
            assertThat(program.log()).contains("- stopping").contains("- stopped");
        }
    }

    @Test
    void a_message_of_the_largest_size_passes_every_door_on_a_small_heap() throws Exception {
        // 256 MB of heap, see Program
        var body = ("0123456789".repeat(7) + "\r\n").repeat(35_000_000 / 72);
        try (var emulator = Emulator.start(withoutLimits());
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 2);
            program.createLocalCredential();
            program.patch("/v1/services/Office", "{\"limits\": {\"message_size\": null}}");
            var key =
                    program.post(
                                    "/v1/credentials",
                                    "{\"name\": \"erp\", \"senders\": [\"*@contoso.example\"]}")
                            .path("api_key")
                            .asString();

            try (var application = new Application(program.plain).greeted()) {
                assertThat(application.handIn("<smtp@contoso.example>", "a@example.net", body))
                        .startsWith("250 ");
            }
            var mime =
                    program.send(
                            program.request("POST", "/v1/messages/mime?to=a@example.net", "")
                                    .header("Authorization", "Bearer " + key)
                                    .setHeader("Content-Type", "message/rfc822")
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "From: noreply@contoso.example\r\nMessage-ID:"
                                                            + " <mime@contoso.example>\r\n\r\n"
                                                            + body)));
            assertThat(mime.statusCode()).as(mime.body()).isEqualTo(202);
            var json =
                    program.send(
                            program.request("POST", "/v1/messages", "")
                                    .header("Authorization", "Bearer " + key)
                                    .POST(
                                            BodyPublishers.ofString(
                                                    "{\"from\": \"noreply@contoso.example\","
                                                        + " \"to\": [\"a@example.net\"], \"text\":"
                                                        + " \"Hello.\", \"attachments\":"
                                                        + " [{\"filename\": \"a.bin\", \"content\":"
                                                        + " \""
                                                            + "QUJD".repeat(24_000_000 / 3)
                                                            + "\"}]}")));
            assertThat(json.statusCode()).as(json.body()).isEqualTo(202);

            program.await("all sent", DRAINED, () -> emulator.mailboxes().received() == 3);
            assertThat(program.log()).doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    void thousands_who_connect_and_say_nothing_do_not_stop_the_mail() throws Exception {
        int crowd = 10_000;
        assumeTrue(mayOpen(crowd + 1_000), "needs more open files: ulimit -n " + (crowd + 1_000));
        try (var emulator = Emulator.start(withoutLimits());
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 2);
            program.createLocalCredential();
            var silent = new ArrayList<Socket>();
            try {
                var here = InetAddress.getLoopbackAddress();
                var there = InetAddress.getByName("127.0.0.2");
                for (int i = 0; i < crowd; i++) {
                    try {
                        silent.add(new Socket(here, program.starttls, there, 0));
                    } catch (IOException turnedAway) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
                try (var application = new Application(program.plain).greeted()) {
                    assertThat(application.handIn("<one@contoso.example>", "a@example.net", "Hi."))
                            .startsWith("250 ");
                }
                program.await("sent", DRAINED, () -> emulator.mailboxes().received() == 1);
                var metrics = program.get("/metrics").body();
                assertThat(metrics).contains("postroom_door_connections{door=\"starttls\"} 200.0");
                assertThat(metrics)
                        .contains("postroom_door_connections_refused_total{door=\"starttls\"}");
            } finally {
                for (var socket : silent) socket.close();
            }
        }
    }

    @Test
    @Tag("soak")
    void ten_thousand_who_are_let_in_and_say_nothing_cost_little_and_stop_nobody()
            throws Exception {
        int crowd = 10_000;
        assumeTrue(mayOpen(crowd + 1_000), "needs more open files: ulimit -n " + (crowd + 1_000));
        try (var emulator = Emulator.start(withoutLimits());
                var program =
                        new Program(directory)
                                .withPlainDoor()
                                .with("POSTROOM_SUBMISSION_CONNECTIONS", "20000")
                                .with("POSTROOM_SUBMISSION_CONNECTIONS_PER_ADDRESS", "20000")
                                .start()
                                .awaitReady()) {
            program.createOffice(emulator, 2);
            program.createLocalCredential();
            long before = program.residentMegabytes();
            var silent = new ArrayList<Socket>();
            try {
                for (int i = 0; i < crowd; i++)
                    silent.add(new Socket(InetAddress.getLoopbackAddress(), program.starttls));
                program.await(
                        "all let in",
                        DRAINED,
                        () ->
                                program.get("/metrics")
                                        .body()
                                        .contains(
                                                "postroom_door_connections{door=\"starttls\"}"
                                                        + " 10000.0"));
                try (var application = new Application(program.plain).greeted()) {
                    assertThat(application.handIn("<one@contoso.example>", "a@example.net", "Hi."))
                            .startsWith("250 ");
                }
                program.await("sent", DRAINED, () -> emulator.mailboxes().received() == 1);
                long grown = program.residentMegabytes() - before;
                System.out.printf("ten thousand silent connections: %d MB more%n", grown);
                assertThat(grown).isLessThan(250);
                assertThat(program.log()).doesNotContain("OutOfMemoryError");
            } finally {
                for (var socket : silent) socket.close();
            }
        }
    }

    private static boolean mayOpen(int files) throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/limits")))
            if (line.startsWith("Max open files")) {
                var soft = line.split("\\s+")[3];
                return soft.equals("unlimited") || Long.parseLong(soft) >= files;
            }
        return false;
    }

    @Test
    void the_bundle_for_a_ticket_holds_no_secret() throws Exception {
        try (var emulator = Emulator.start(withoutLimits());
                var program = new Program(directory).withPlainDoor().start().awaitReady()) {
            program.createOffice(emulator, 2);
            program.createLocalCredential();
            var planted = "planted-client-secret-8Qw3rT6y";
            program.createService(emulator, "Wrong", 2, planted);
            program.post(
                    "/v1/messages",
                    """
                    {"from": "noreply@contoso.example", "to": ["a@example.net"], "subject": "Hello",
                     "text": "Nobody-else-may-read-this.", "service": "Wrong"}
                    """);
            program.await("told why", DRAINED, () -> program.log().contains("AADSTS7000215"));
            try (var application = new Application(program.starttls).greeted()) {
                application.say("AUTH PLAIN AGVycABwbGFudGVkLXBhc3N3b3Jk");
            }
            var issued =
                    program.post(
                            "/v1/credentials",
                            "{\"name\": \"erp\", \"senders\": [\"*@contoso.example\"]}");

            var file = directory.resolve("support.zip");
            var printed = directory.resolve("printed");
            var command = program.command(printed, "support", file.toString());
            assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(command.exitValue()).as(Files.readString(printed)).isZero();

            var all = new StringBuilder();
            var names = new ArrayList<String>();
            try (var zip = new java.util.zip.ZipInputStream(Files.newInputStream(file))) {
                for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    names.add(entry.getName());
                    all.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            assertThat(names)
                    .contains(
                            "about.json",
                            "services.json",
                            "log.txt",
                            "transcripts.txt",
                            "metrics.txt");
            assertThat(all.toString())
                    .contains("AADSTS7000215")
                    .contains("postroom_service_state")
                    .contains("bootstrap.api-key");
            for (var secret :
                    List.of(
                            Program.SECRET,
                            planted,
                            Program.KEY,
                            "AGVycABwbGFudGVkLXBhc3N3b3Jk",
                            "planted-password",
                            "Nobody-else-may-read-this",
                            issued.path("smtp_password").asString(),
                            issued.path("api_key").asString()))
                assertThat(all.indexOf(secret)).as("%s… is in the bundle", secret).isNegative();
            assertThat(all.toString()).doesNotContainPattern("eyJ[A-Za-z0-9_-]{15,}");
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        }
    }
}
