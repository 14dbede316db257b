package postroom.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.access.Role;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;

class PeopleCallsTest {
    private TestHouse house;

    @BeforeEach
    void open(@TempDir Path data) {
        house = new TestHouse(data);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void the_audit_tells_what_keys_change_before_and_after_and_no_secret() throws Exception {
        var service =
                """
                {"name": "Relay", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                 "from": {"address": "noreply@example.com"},
                 "authentication": {"type": "basic", "username": "ada", "password": "first s3cret"}}
                """;
        var created = TestHouse.json(house.post("/v1/services", house.owner, service));
        var id = created.path("id").asString();
        house.call(
                "PATCH",
                "/v1/services/" + id,
                house.owner,
                """
                {"from": {"name": "Example"}, "authentication": {"password": "second s3cret"}}
                """);
        var credential =
                TestHouse.json(
                        house.post(
                                "/v1/credentials",
                                house.owner,
                                "{\"name\": \"shop\", \"senders\": [\"*@example.com\"]}"));
        var key =
                TestHouse.json(
                        house.post(
                                "/v1/management-keys",
                                house.owner,
                                "{\"name\": \"ci\", \"rights\": \"viewer\"}"));
        house.call("DELETE", "/v1/services/" + id, house.owner, null);

        var answer = house.get("/v1/audit?who=key%20owner", house.owner);

        assertThat(answer.body())
                .doesNotContain("first s3cret", "second s3cret")
                .doesNotContain(credential.path("api_key").asString())
                .doesNotContain(credential.path("smtp_password").asString())
                .doesNotContain(key.path("key").asString());
        var entries = TestHouse.json(answer).path("entries");
        assertThat(actions(entries))
                .contains(
                        "service.created",
                        "service.changed",
                        "service.deleted",
                        "credential.created",
                        "key.created");
        var changed = entry(entries, "service.changed");
        assertThat(changed.at("/who/kind").asString()).isEqualTo("key");
        assertThat(changed.at("/who/from").asString()).isEqualTo("127.0.0.1");
        assertThat(changed.at("/subject/id").asString()).isEqualTo(id);
        assertThat(changed.at("/after/from.name").asString()).isEqualTo("Example");
        assertThat(changed.at("/after/authentication.password").asString()).isEqualTo("replaced");
    }

    @Test
    void the_audit_is_followed_with_a_cursor_and_filtered() throws Exception {
        for (int i = 0; i < 3; i++) house.service("Service " + i);
        var first = TestHouse.json(house.get("/v1/audit?limit=2&action=service", house.owner));
        assertThat(first.path("entries")).hasSize(2);

        var rest =
                TestHouse.json(
                        house.get(
                                "/v1/audit?action=service&after=" + first.path("cursor").asString(),
                                house.owner));

        assertThat(actions(rest.path("entries"))).isEqualTo("service.created ");
        assertThat(house.get("/v1/audit?nothing=1", house.owner).statusCode()).isEqualTo(400);
        assertThat(house.get("/v1/audit", house.key(Role.SETUP)).statusCode()).isEqualTo(403);
        assertThat(house.get("/v1/audit", house.key(Role.VIEWER)).statusCode()).isEqualTo(403);
    }

    @Test
    void people_are_invited_and_choose_their_password_themselves() throws Exception {
        var invited =
                house.post(
                        "/v1/users/invite",
                        house.owner,
                        "{\"email\": \"eve@example.com\", \"role\": \"setup\"}");
        assertThat(invited.statusCode()).isEqualTo(201);
        var url = TestHouse.json(invited).path("invitation_url").asString();
        assertThat(url).startsWith("http://localhost:8587/invitation?token=");

        var token = new Secret(url.substring(url.indexOf('=') + 1));
        assertThat(house.access.people().invitations().accept(token, new Secret("correct horse")))
                .isPresent();
        assertThat(house.get("/v1/audit", house.owner).body()).doesNotContain(token.value());
    }

    @Test
    void the_last_owner_stays() throws Exception {
        house.access.people().create("ada@example.com", new Secret("correct horse"), Role.OWNER);

        var demoted =
                house.call(
                        "PATCH",
                        "/v1/users/ada@example.com",
                        house.owner,
                        "{\"role\": \"viewer\"}");
        var out =
                house.call(
                        "PATCH", "/v1/users/ada@example.com", house.owner, "{\"active\": false}");

        assertThat(demoted.statusCode()).isEqualTo(409);
        assertThat(out.statusCode()).isEqualTo(409);
        assertThat(out.body()).contains("last owner");
    }

    private static JsonNode entry(JsonNode entries, String action) {
        for (var entry : entries) if (entry.path("action").asString().equals(action)) return entry;
        throw new AssertionError("no entry " + action + " in " + entries);
    }

    private static String actions(JsonNode entries) {
        var actions = new StringBuilder();
        for (var entry : entries) actions.append(entry.path("action").asString()).append(' ');
        return actions.toString();
    }
}
