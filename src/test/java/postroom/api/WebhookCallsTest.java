package postroom.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.access.Role;
import postroom.event.webhook.Receiver;
import postroom.web.TestHouse;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookCallsTest {

    private TestHouse house;
    private Receiver receiver;

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        house = new TestHouse(data);
        receiver = new Receiver();
    }

    @AfterAll
    void close() {
        receiver.close();
        house.close();
    }

    private JsonNode call(String method, String path, String body) throws Exception {
        return TestHouse.json(house.call(method, path, house.owner, body.isEmpty() ? null : body));
    }

    private JsonNode created(String events) throws Exception {
        return call(
                "POST",
                "/v1/webhooks",
                "{\"url\": \"%s\", \"events\": %s, \"description\": \"Shop\"}"
                        .formatted(receiver.url(), events));
    }

    @Test
    void a_secret_is_in_the_answer_that_makes_it_and_nowhere_else() throws Exception {
        var webhook = created("[\"message.*\"]");
        var path = "/v1/webhooks/" + webhook.path("id").asString();

        var shown = call("GET", path, "");
        var rotated = call("POST", path + "/rotate-secret", "");

        assertThat(webhook.path("secret").asString()).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(shown.at("/secret/set").asBoolean()).isTrue();
        assertThat(shown.toString()).doesNotContain("whsec_");
        assertThat(call("GET", "/v1/webhooks", "").toString()).doesNotContain("whsec_");
        assertThat(rotated.path("secret").asString())
                .startsWith("whsec_")
                .isNotEqualTo(webhook.path("secret").asString());
        assertThat(rotated.path("former_secret_until").asString())
                .isEqualTo("2026-11-22T12:00:00Z");
        assertThat(call("GET", "/v1/events?limit=1000", "").toString())
                .contains("webhook.created", "webhook.changed")
                .doesNotContain("whsec_", "key=x7Qd");
    }

    @Test
    void an_event_arrives_as_the_list_of_events_shows_it() throws Exception {
        created("[\"service.created\"]");
        var service = house.service("Relay for webhooks");

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        receiver.heard().stream()
                                .anyMatch(heard ->
                                        heard.json()
                                                .at("/data/service")
                                                .asString()
                                                .equals(service)));
        var heard =
                receiver.heard().stream()
                        .filter(one -> one.json().at("/data/service").asString().equals(service))
                        .findFirst()
                        .orElseThrow()
                        .json();

        var listed = new ArrayList<JsonNode>();
        call("GET", "/v1/events?limit=1000", "").path("events").forEach(listed::add);
        assertThat(listed).contains(heard.path("data"));
        assertThat(heard.path("type").asString()).isEqualTo("service.created");
    }

    @Test
    void a_test_says_what_came_of_it_and_stands_in_the_log() throws Exception {
        try (var theirs = new Receiver()) {
            var webhook = call("POST", "/v1/webhooks", "{\"url\": \"%s\"}".formatted(theirs.url()));
            var path = "/v1/webhooks/" + webhook.path("id").asString();

            var taken = call("POST", path + "/test", "");
            theirs.answers(Receiver.status(404));
            var notTaken = call("POST", path + "/test", "");
            call("PATCH", path, "{\"enabled\": false}");

            assertThat(taken.path("passed").asBoolean()).isTrue();
            assertThat(taken.path("status").asInt()).isEqualTo(204);
            assertThat(notTaken.path("passed").asBoolean()).isFalse();
            assertThat(notTaken.path("status").asInt()).isEqualTo(404);
            assertThat(call("GET", path + "/deliveries", "").path("deliveries").size())
                    .isGreaterThanOrEqualTo(2);
            var off = call("GET", path, "");
            assertThat(off.path("enabled").asBoolean()).isFalse();
            assertThat(off.path("disabled_reason").asString()).isEqualTo("owner");
            assertThat(house.call("DELETE", path, house.owner, null).statusCode()).isEqualTo(204);
            assertThat(house.call("GET", path, house.owner, null).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void what_cannot_be_used_is_named() throws Exception {
        var answer =
                house.post(
                        "/v1/webhooks",
                        house.owner,
                        "{\"url\": \"https://ada:pw@example.com\", \"events\": [\"mesage.sent\"]}");

        assertThat(answer.statusCode()).isEqualTo(422);
        var errors = TestHouse.json(answer).path("errors");
        assertThat(errors.at("/0/field").asString()).isEqualTo("url");
        assertThat(errors.at("/1/field").asString()).isEqualTo("events[0]");
        assertThat(answer.body()).doesNotContain("ada:pw");
        assertThat(house.post("/v1/webhooks", house.owner, "{}").statusCode()).isEqualTo(422);
    }

    @Test
    void only_owners_see_more_of_an_address_than_its_host() throws Exception {
        created("[]");

        var seen = house.get("/v1/webhooks", house.key(Role.VIEWER)).body();

        assertThat(seen).contains("http://127.0.0.1/…").doesNotContain("x7Qd");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/webhooks, 200, 200, 403, 200",
        "POST, /v1/webhooks, 422, 403, 403, 403",
        "DELETE, /v1/webhooks/9, 404, 403, 403, 403",
        "POST, /v1/webhooks/9/test, 404, 404, 403, 403",
        "GET, /v1/webhooks/9/deliveries, 404, 404, 403, 404",
        "POST, /v1/webhooks/9/deliveries/9/retry, 404, 404, 403, 403",
        "POST, /v1/webhooks/9/rotate-secret, 404, 403, 403, 403"
    })
    void webhooks_are_the_owners(
            String method, String path, int owner, int operator, int setup, int viewer)
            throws Exception {
        var answers = new ArrayList<Integer>();
        for (var role : Role.values())
            answers.add(
                    house.call(
                                    method,
                                    path,
                                    house.key(role),
                                    path.equals("/v1/webhooks") && method.equals("POST")
                                            ? "{}"
                                            : null)
                            .statusCode());

        assertThat(answers).containsExactly(owner, operator, setup, viewer);
    }
}
