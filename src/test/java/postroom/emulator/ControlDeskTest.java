package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

class ControlDeskTest {
    private final Town town = Town.demo();

    @AfterEach
    void close() {
        town.close();
    }

    private URI at(String path) {
        return URI.create(town.emulator.microsoft().base() + "/emulator" + path);
    }

    @Test
    void visitors_see_what_arrived() throws Exception {
        try (Caller caller = town.atExchange()) {
            caller.message(
                    Town.NOREPLY,
                    "user@example.org",
                    Town.mail(Town.NOREPLY).replace("Hello\r", "<b>Hi</b>\r"));
        }

        assertThat(town.get(at("/mailboxes")).body())
                .contains("user@example.org", "&lt;b&gt;Hi&lt;/b&gt;");
        JsonNode list = Town.json(town.get(at("/mailboxes?format=json")));
        assertThat(list.path("received").asInt()).isOne();
        assertThat(list.path("messages").get(0).path("forward_paths").get(0).asString())
                .isEqualTo("user@example.org");
        assertThat(town.get(at("/messages/1")).body())
                .startsWith("From: <noreply@contoso.example>\r\n");
        assertThat(town.get(at("/messages/2")).statusCode()).isEqualTo(404);
        assertThat(town.get(at("/log")).body())
                .contains("token microsoft authorization_code client=");
    }

    @Test
    void the_script_is_changed_by_json_and_by_nothing_else() throws Exception {
        String faults =
                "{\"faults\":[{\"stage\":\"greeting\",\"answer\":{\"smtp\":\"554 5.3.0"
                        + " closed\"}}]}";

        assertThat(town.post(at("/script"), faults, "text/plain").statusCode()).isEqualTo(415);
        assertThat(town.post(at("/script"), "{\"fault\":[]}", "application/json").body())
                .isEqualTo("'fault' is not a part of the script.");
        assertThat(town.post(at("/script"), faults, "application/json").statusCode())
                .isEqualTo(200);
        try (Caller caller = Caller.at(town.emulator, town.emulator.google().smtpPort())) {
            assertThat(caller.reply()).isEqualTo("554 5.3.0 closed");
        }
    }

    @Test
    void the_same_answers_come_with_tls() throws Exception {
        HttpClient client =
                HttpClient.newBuilder()
                        .sslContext(Caller.trusting(town.emulator.trustedCa()))
                        .build();
        URI discovery =
                URI.create(
                        town.emulator.google().secure().issuer()
                                + "/.well-known/openid-configuration");

        String body =
                client.send(
                                HttpRequest.newBuilder(discovery).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();

        assertThat(body).contains("\"token_endpoint\":\"https://localhost:");
    }
}
