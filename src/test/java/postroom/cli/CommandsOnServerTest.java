package postroom.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import postroom.browser.Town;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/// Commands and a server that is really there: what one prints is made of what the other answers.
/// What each command asks for, and says when it is refused, is in [CliTest].
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsOnServerTest {

    @TempDir static Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Town town;

    @BeforeAll
    void open() throws Exception {
        town = new Town(directory.resolve("data"), true);
        town.post("/v1/services", town.contoso("Office"));
        town.post("/v1/services", town.fabrikam("Billing"));
        var scanner = town.contoso("Scanner");
        scanner.withObject("/authentication").put("grant", "authorization_code");
        town.post("/v1/services", scanner);
    }

    @AfterAll
    void close() {
        town.close();
    }

    @Test
    void a_service_is_shown_tested_paused_and_resumed() {
        run("service", "list");
        assertThat(printed()).contains("Office", "ready", "Billing", "needs authorization");
        run("service", "check", "Office", "--to", "customer@fabrikam.example");
        assertThat(printed()).contains("access token", "sign in", "250 2.0.0 OK");
        run("service", "show", "Office");
        assertThat(printed()).contains("noreply@contoso.example", "verified", "ready");

        run("service", "pause", "Office");
        assertThat(shown("service", "show", "Office").path("state").asString()).isEqualTo("paused");
        run("service", "resume", "Office");
        assertThat(shown("service", "show", "Office").path("state").asString()).isEqualTo("ready");
        run("service", "update", "Office", "--name", "Head office");
        run("service", "update", "Head office", "--name", "Office");
    }

    @Test
    void an_authorization_begins_with_an_address_or_a_code() {
        run("service", "authorize", "Billing", "--no-wait");
        assertThat(printed())
                .contains("http://localhost:", "client_id=", "--callback")
                .doesNotContain("null");
        run("service", "authorize", "Scanner", "--device", "--no-wait");
        assertThat(printed()).contains("/devicelogin", "and enter").doesNotContain("null");
    }

    @Test
    void a_message_is_handed_in_found_and_followed() throws Exception {
        run(
                "send",
                "--from",
                "noreply@contoso.example",
                "--to",
                "customer@fabrikam.example",
                "--subject",
                "Order 4711",
                "--text",
                "Good day.",
                "--tag",
                "orders",
                "--service",
                "Office");
        var found = shown("queue", "list", "--search", "4711").path("messages");
        assertThat(found).hasSize(1);
        var id = found.path(0).path("id").asString();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    run("queue", "show", id);
                    assertThat(printed())
                            .contains("Order 4711", "customer@fabrikam.example", "sent");
                });
        run("queue", "list", "--tag", "orders", "--state", "sent");
        assertThat(printed()).contains(id, "sent").doesNotContain("null");
    }

    @Test
    void waiting_mail_is_held_released_moved_and_cancelled() {
        run(
                "send",
                "--from",
                "noreply@contoso.example",
                "--to",
                "later@fabrikam.example",
                "--subject",
                "Next year",
                "--text",
                "Good day.",
                "--service",
                "Office",
                "--send-at",
                "2026-12-31T23:00:00Z");
        var id =
                shown("queue", "list", "--recipient", "later@fabrikam.example")
                        .at("/messages/0/id")
                        .asString();

        run("queue", "hold", id);
        assertThat(stateOf(id)).isEqualTo("held");
        run("queue", "release", id);
        assertThat(stateOf(id)).isEqualTo("queued");
        run("queue", "reroute", id, "--service", "Billing");
        run("queue", "cancel", "--matching", "--recipient", "later@fabrikam.example");
        assertThat(stateOf(id)).isEqualTo("cancelled");
    }

    private String stateOf(String id) {
        return shown("queue", "show", id).at("/recipients/0/state").asString();
    }

    @Test
    void what_is_exported_is_applied_without_a_change() throws Exception {
        run("credential", "create", "--name", "shop", "--sender", "*@contoso.example");
        assertThat(printed()).contains("shop", "password").doesNotContain("null");
        run("credential", "list");
        assertThat(printed()).contains("shop", "*@contoso.example");
        run("webhook", "create", "https://hooks.example.com/mail", "--event", "message.failed");
        assertThat(printed()).contains("whsec_");

        run("export");
        var file = Files.writeString(directory.resolve("all.yaml"), printed());
        assertThat(file).content().contains("Office", "shop", "hooks.example.com");
        run("apply", file.toString());
        assertThat(printed()).doesNotContain("created", "null");
    }

    @Test
    void people_are_invited_and_listed() {
        run("user", "invite", "olga@contoso.example", "--role", "operator");
        assertThat(printed()).contains(town.address + "/invitation");
        run("user", "list");
        assertThat(printed()).contains(Town.OWNER, "owner").doesNotContain("null");
    }

    @Test
    void everything_is_backed_up_and_looked_into() {
        run(
                "backup",
                directory.resolve("backup.zip").toString(),
                "--data",
                directory.resolve("data").toString());
        assertThat(directory.resolve("backup.zip")).isNotEmptyFile();
        run("support", directory.resolve("support.zip").toString());
        assertThat(directory.resolve("support.zip")).isNotEmptyFile();
        run(
                "explain",
                "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for"
                        + " the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more"
                        + " information.");
        assertThat(printed()).contains("Set-CASMailbox");
        run("preset", "list");
        assertThat(printed()).contains("microsoft-365", "google");
    }

    /// It has to succeed.
    private void run(String... arguments) {
        out.reset();
        err.reset();
        int code = Cli.run(terminal(), arguments);
        assertThat(code).as("%s: %s%s", String.join(" ", arguments), printed(), err).isZero();
    }

    private JsonNode shown(String... arguments) {
        var all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--json";
        run(all);
        return Json.read(printed());
    }

    private Terminal terminal() {
        return new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of("POSTROOM_URL", town.address, "POSTROOM_API_KEY", Town.KEY),
                InstantSource.system());
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
