package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A provider of the owner's own that knows device codes, authorized over the API and by the
/// command, from outside the packaged program.
@Tag("packaged")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeviceCodeTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private Path directory = Path.of("");
    private DeviceProvider provider;
    private Program program;
    private String name = "";
    private int services;

    @BeforeAll
    void start(@TempDir Path fresh) throws IOException {
        directory = fresh;
        provider = new DeviceProvider();
        program = new Program(directory).start().awaitReady();
    }

    @BeforeEach
    void create() {
        name = "Device" + ++services;
        program.post(
                "/v1/services",
                """
                {"name": "%s", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                 "from": {"address": "noreply@contoso.example"},
                 "authentication": {"type": "oauth2", "provider": "custom", "grant": "device_code",
                   "login": "noreply@contoso.example", "client_id": "postroom",
                   "device_authorization_endpoint": "%s/device", "token_endpoint": "%s/token",
                   "scopes": ["smtp.send", "offline_access"]}}
                """
                        .formatted(name, provider.base(), provider.base()));
    }

    @AfterAll
    void stop() {
        program.close();
        provider.close();
    }

    @Test
    void the_command_shows_a_code_and_waits_as_slowly_as_the_provider_likes() throws Exception {
        provider.answers("authorization_pending", "slow_down", "granted");
        var printed = directory.resolve("printed");

        var command = program.command(printed, "service", "authorize", "--device", name);

        assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(printed))
                .contains("enter WDJB-MJHT", provider.base() + "/enter", "Authorized.");
        assertThat(command.exitValue()).isZero();
        // RFC 8628 §3.5: five seconds more from then on.
        var pauses = provider.pauses();
        assertThat(pauses).hasSize(2);
        assertThat(pauses.getFirst()).isBetween(0L, 4L);
        assertThat(pauses.getLast()).isGreaterThanOrEqualTo(5L);
        assertThat(provider.asked())
                .anySatisfy(form ->
                        assertThat(form)
                                .containsEntry("client_id", "postroom")
                                .containsEntry("scope", "smtp.send offline_access"))
                .anySatisfy(form -> assertThat(form).containsEntry("device_code", "device-1"));
        assertThat(state()).isEqualTo("ready");
    }

    @Test
    void the_api_tells_the_code_and_what_came_of_it() {
        provider.answers("authorization_pending", "granted");

        var begun = begin();

        assertThat(begun.path("user_code").asString()).isEqualTo("WDJB-MJHT");
        assertThat(begun.path("verification_uri").asString()).isEqualTo(provider.base() + "/enter");
        assertThat(begun.has("expires_at")).isTrue();
        assertThat(outcome().path("outcome").asString()).isEqualTo("authorized");
        assertThat(state()).isEqualTo("ready");
    }

    @Test
    void a_person_who_says_no_is_believed() throws Exception {
        provider.answers("access_denied");
        var printed = directory.resolve("declined");

        var command = program.command(printed, "service", "authorize", "--device", name);

        assertThat(command.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).isEqualTo(1);
        assertThat(Files.readString(printed)).contains("You declined.", "Authorize again");
        assertThat(state()).isEqualTo("needs_authorization");
    }

    @Test
    void a_code_that_ended_asks_for_another_one() {
        provider.answers("expired_token");

        begin();

        var outcome = outcome();
        assertThat(outcome.path("outcome").asString()).isEqualTo("stale_request");
        assertThat(outcome.path("fix").asString()).isEqualTo("Authorize again.");
        assertThat(state()).isEqualTo("needs_authorization");
    }

    @Test
    void a_code_outlives_a_restart() throws Exception {
        provider.answers();
        begin();
        program.kill();
        program.start().awaitReady();

        provider.answers("granted");

        assertThat(outcome().path("outcome").asString()).isEqualTo("authorized");
        assertThat(state()).isEqualTo("ready");
    }

    private JsonNode begin() {
        return program.post("/v1/services/" + name + "/authorize", "{\"method\": \"device\"}");
    }

    private JsonNode outcome() {
        program.await(
                "an outcome", SOON, () -> request().path("state").asString().equals("finished"));
        return request().path("outcome");
    }

    private JsonNode request() {
        return program.json("/v1/services/" + name + "/authorization").path("request");
    }

    private String state() {
        return program.json("/v1/services/" + name).path("state").asString();
    }
}
