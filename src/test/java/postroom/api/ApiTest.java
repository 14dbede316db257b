package postroom.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.access.Issued;
import postroom.access.Role;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.QueueId;
import postroom.mail.Reply;
import postroom.oauth.FakeProvider;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiTest {
    private static final String MESSAGE =
            """
            {"from": "shop@example.com", "to": ["a@example.net", "b@example.net"],
             "subject": "Hi", "text": "Hello"}
            """;

    private TestHouse house;
    private Secret owner;
    private Issued shop;
    private final Map<Role, Secret> keys = new EnumMap<>(Role.class);
    private String office = "";
    private String message = "";

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        house = new TestHouse(data);
        owner = house.owner;
        for (var role : Role.values()) keys.put(role, house.key(role));
        office = house.service("Office");
        shop = house.application("shop");
        message = accepted(shop);
    }

    @AfterAll
    void close() {
        house.close();
    }

    @ParameterizedTest
    @CsvSource({
        // call, path, owner, operator, setup, viewer, application
        "GET, /v1/messages, 200, 200, 403, 200, 200",
        "GET, /v1/messages/{message}, 200, 200, 403, 200, 200",
        "POST, /v1/messages/{message}/retry, 200, 200, 403, 403, 403",
        "POST, /v1/messages/{message}/hold, 200, 200, 403, 403, 403",
        "POST, /v1/messages/{message}/release, 200, 200, 403, 403, 403",
        "POST, /v1/messages/retry, 400, 400, 403, 403, 403",
        "POST, /v1/messages/again, 400, 400, 403, 403, 403",
        "POST, /v1/messages/{message}/again, 409, 409, 403, 403, 403",
        "POST, /v1/messages/cancel, 400, 400, 403, 403, 403",
        "GET, /v1/services, 200, 200, 200, 200, 403",
        "GET, /v1/services/{service}, 200, 200, 200, 200, 403",
        "POST, /v1/services/{service}/pause, 200, 200, 200, 403, 403",
        "POST, /v1/services/{service}/resume, 200, 200, 200, 403, 403",
        "GET, /v1/credentials, 200, 200, 200, 200, 403",
        "DELETE, /v1/credentials/9, 404, 404, 404, 403, 403",
        "GET, /v1/routes, 200, 200, 200, 200, 403",
        "POST, /v1/routes/explain, 400, 400, 400, 400, 403",
        "GET, /v1/services/{service}/guide, 200, 200, 200, 200, 403",
        "GET, /v1/presets, 200, 200, 200, 200, 403",
        "GET, /v1/explain?text=full, 200, 200, 200, 200, 200",
        "GET, /v1/events, 200, 200, 200, 200, 403",
        "GET, /v1/users, 200, 403, 403, 403, 403",
        "GET, /v1/management-keys, 200, 403, 403, 403, 403",
    })
    void everybody_may_do_what_is_theirs(
            String verb,
            String path,
            int asOwner,
            int asOperator,
            int asSetup,
            int asViewer,
            int asApplication)
            throws Exception {
        var there = path.replace("{message}", message).replace("{service}", office);

        var answers = new ArrayList<Integer>();
        for (var role : Role.values())
            answers.add(house.call(verb, there, key(role), null).statusCode());
        answers.add(house.call(verb, there, shop.apiKey(), null).statusCode());

        assertThat(answers).containsExactly(asOwner, asOperator, asSetup, asViewer, asApplication);
    }

    @Test
    void a_parameter_that_nobody_reads_is_refused() throws Exception {
        var answer = house.get("/v1/messages?stat=failed", house.owner);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("There is no parameter", "stat", "state");
        assertThat(house.get("/v1/services?limit=1", house.owner).body()).contains("takes none");
    }

    @Test
    void an_application_reads_its_own_messages_only() throws Exception {
        var other = house.application("other");
        var theirs = accepted(other);

        assertThat(get("/v1/messages/" + theirs, shop.apiKey()).statusCode()).isEqualTo(404);
        assertThat(json(get("/v1/messages", other.apiKey())).path("messages").size()).isEqualTo(1);
    }

    @Test
    void a_list_is_paged_by_cursor_and_filtered() throws Exception {
        var pages = house.application("pages");
        for (int i = 0; i < 5; i++) accepted(pages);

        var first = json(get("/v1/messages?limit=3", pages.apiKey()));
        var second =
                json(
                        get(
                                "/v1/messages?limit=3&cursor=" + first.path("cursor").asString(),
                                pages.apiKey()));

        assertThat(first.path("messages").size()).isEqualTo(3);
        assertThat(second.path("messages").size()).isEqualTo(2);
        assertThat(second.path("cursor").isNull()).isTrue();
        assertThat(first.at("/messages/0/states").toString()).isEqualTo("{\"queued\":2}");
        assertThat(count("/v1/messages?recipient=a@example.net&service=office&state=queued"))
                .isGreaterThan(4);
        assertThat(count("/v1/messages?recipient=nobody@example.net")).isZero();
        assertThat(count("/v1/messages?from=shop@example.com&since=2026-11-21T12:00:00Z"))
                .isGreaterThan(4);
        assertThat(count("/v1/messages?since=2026-11-22T12:00:00%2B01:00")).isZero();
    }

    @Test
    void a_message_is_found_by_its_words_at_once() throws Exception {
        var words = house.application("words");
        var id = accepted(words);

        assertThat(ids(get("/v1/messages?q=hi%20b@example.net", words.apiKey())))
                .containsExactly(id);
        assertThat(ids(get("/v1/messages?q=" + id, words.apiKey()))).containsExactly(id);
        assertThat(ids(get("/v1/messages?q=nothing", words.apiKey()))).isEmpty();
        assertThat(ids(get("/v1/messages?q=" + id, shop.apiKey()))).isEmpty();
        assertThat(
                        ids(
                                get(
                                        "/v1/messages?state=waiting&until=2026-11-21T11:00:00Z",
                                        words.apiKey())))
                .isEmpty();
    }

    @Test
    void many_messages_are_changed_by_a_filter_or_by_their_ids() throws Exception {
        var bulk = house.application("bulk");
        var ids = new ArrayList<String>();
        for (int i = 0; i < 3; i++) ids.add(accepted(bulk));

        var first =
                json(
                        post(
                                "/v1/messages/hold",
                                "{\"filter\":{\"credential\":\"bulk\"},\"limit\":2}"));
        var second =
                json(
                        post(
                                "/v1/messages/hold",
                                "{\"filter\":{\"credential\":\"bulk\"},\"cursor\":\""
                                        + first.path("cursor").asString()
                                        + "\"}"));
        var again = json(post("/v1/messages/hold", "{\"ids\":[\"" + ids.getFirst() + "\"]}"));

        assertThat(first.path("changed").asInt()).isEqualTo(2);
        assertThat(first.path("recipients").asInt()).isEqualTo(4);
        assertThat(second.path("matched").asInt()).isEqualTo(1);
        assertThat(second.path("cursor").isNull()).isTrue();
        assertThat(again.at("/unchanged/0/reason").asString()).isEqualTo("held");
        assertThat(again.path("changed").asInt()).isZero();
    }

    @Test
    void what_failed_of_a_filter_is_sent_again_once() throws Exception {
        var failed = accepted(shop);
        house.store.write(tx ->
                tx.update(
                        "update recipient set state = 'failed' where message_id = ?",
                        QueueId.parse(failed).orElseThrow().value()));

        var first = json(post("/v1/messages/again", "{\"filter\":{\"state\":\"failed\"}}"));
        var second = json(post("/v1/messages/again", "{\"filter\":{\"state\":\"failed\"}}"));

        assertThat(first.path("changed").asInt()).isOne();
        assertThat(first.path("recipients").asInt()).isEqualTo(2);
        assertThat(first.at("/sent/0/id").asString()).isEqualTo(failed);
        assertThat(first.at("/sent/0/as").asString()).isNotEqualTo(failed);
        assertThat(second.path("changed").asInt()).isZero();
        assertThat(second.at("/unchanged/0/reason").asString()).isEqualTo("sent_before");
        var once = post("/v1/messages/" + failed + "/again", "");
        assertThat(once.statusCode()).isEqualTo(409);
        assertThat(json(once).path("detail").asString()).isEqualTo("It was sent again before.");
    }

    @Test
    void a_selection_says_what_it_means() throws Exception {
        for (var unclear :
                new String[] {
                    "{}",
                    "{\"ids\":[],\"filter\":{}}",
                    "{\"ids\":[\"nonsense\"]}",
                    "{\"filter\":{\"state\":\"lost\"}}",
                    "{\"filter\":{},\"cursor\":\"x\"}"
                })
            assertThat(post("/v1/messages/retry", unclear).statusCode()).as(unclear).isIn(400, 422);
        assertThat(post("/v1/messages/reroute", "{\"filter\":{}}").statusCode()).isEqualTo(422);
    }

    private static java.util.List<String> ids(HttpResponse<String> answer) {
        var ids = new ArrayList<String>();
        for (var message : json(answer).path("messages")) ids.add(message.path("id").asString());
        return ids;
    }

    @Test
    void a_message_is_held_released_rerouted_and_cancelled() throws Exception {
        var id = accepted(shop);
        var relay = house.service("Second relay");

        assertThat(json(post("/v1/messages/" + id + "/hold", "")).path("changed").asInt())
                .isEqualTo(2);
        assertThat(
                        json(post("/v1/messages/" + id + "/release", ""))
                                .at("/recipients/0/state")
                                .asString())
                .isEqualTo("queued");
        var moved =
                json(post("/v1/messages/" + id + "/reroute", "{\"service\": \"second relay\"}"));
        assertThat(moved.at("/recipients/0/service").asString()).isEqualTo("Second relay");
        assertThat(house.call("DELETE", "/v1/services/" + relay, owner, null).statusCode())
                .isEqualTo(409);
        assertThat(json(post("/v1/messages/" + id + "/cancel", "")).path("changed").asInt())
                .isEqualTo(2);
        assertThat(json(post("/v1/messages/" + id + "/cancel", "")).path("changed").asInt())
                .isZero();

        var shown = json(get("/v1/messages/" + id, owner));
        assertThat(shown.path("timeline").findValuesAsString("type"))
                .containsExactly(
                        "message.accepted",
                        "message.held",
                        "message.released",
                        "message.rerouted",
                        "message.cancelled");
        assertThat(shown.path("tags").isArray()).isTrue();
        assertThat(house.call("DELETE", "/v1/services/" + relay, owner, null).statusCode())
                .isEqualTo(204);
        assertThat(post("/v1/messages/" + id + "/reroute", "{\"service\": \"x\"}").statusCode())
                .isEqualTo(422);
    }

    @Test
    void a_service_is_made_shown_changed_and_its_secret_never_comes_back() throws Exception {
        var made =
                post(
                        "/v1/services",
                        """
                        {"name": "Relay", "preset": "smtp", "smtp": {"host": "relay.example.com"},
                         "from": {"address": "noreply@example.com"},
                         "authentication": {"type": "basic", "username": "ada",
                           "password": "a secret of somebody"}}
                        """);

        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.body()).doesNotContain("a secret of somebody");
        var relay = json(made);
        assertThat(relay.at("/authentication/password/ends_with").asString()).isEqualTo("body");
        assertThat(relay.path("waiting").asInt()).isZero();
        var changed =
                json(
                        house.call(
                                "PATCH",
                                "/v1/services/Relay",
                                owner,
                                "{\"smtp\": {\"port\": 2525}}"));
        assertThat(changed.at("/smtp/port").asInt()).isEqualTo(2525);
        assertThat(changed.at("/smtp/host").asString()).isEqualTo("relay.example.com");
        var sentBack = house.call("PATCH", "/v1/services/Relay", owner, changed.toString());
        assertThat(sentBack.statusCode()).isEqualTo(200);
        var wrong =
                house.call("PATCH", "/v1/services/Relay", owner, "{\"smtp\": {\"port\": 70000}}");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(json(wrong).path("detail").asString()).startsWith("smtp.port ");
        assertThat(json(wrong).at("/errors/0/field").asString()).isEqualTo("smtp.port");
        assertThat(get("/v1/services/relay/authorization", owner).statusCode()).isEqualTo(409);
        assertThat(post("/v1/services/relay/authorize", "").statusCode()).isEqualTo(409);
    }

    @Test
    void a_new_secret_that_the_provider_refuses_is_not_stored_unless_somebody_insists()
            throws Exception {
        try (var provider = new FakeProvider()) {
            post(
                    "/v1/services",
                    """
                    {"name": "Rotating", "preset": "microsoft-365-app",
                     "authentication": {"login": "noreply@example.com",
                       "tenant": "9b1c0000-0000-4000-8000-000000000001",
                       "client_id": "0f6a0000-0000-4000-8000-000000000002",
                       "client_secret": "first~secret.of.somebody_old1",
                       "token_endpoint": "%s"}}
                    """
                            .formatted(provider.endpoint()));
            provider.answering(
                    401,
                    """
                    {"error": "invalid_client", "error_codes": [7000215], "error_description":
                     "AADSTS7000215: Invalid client secret provided. Trace ID: 1"}
                    """);

            var refused = patch("/v1/services/rotating", secret("complete~nonsense_new1"));
            provider.answering(503, "");
            var nobodyThere = patch("/v1/services/rotating", secret("complete~nonsense_new1"));
            var before = get("/v1/services/rotating", owner).body();
            var insisted =
                    patch("/v1/services/rotating?untried=true", secret("complete~nonsense_new1"));

            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(json(refused).path("title").asString())
                    .isEqualTo("The provider does not take the new secret");
            assertThat(json(refused).at("/errors/0/field").asString())
                    .isEqualTo("authentication.client_secret");
            assertThat(json(refused).path("detail").asString())
                    .startsWith(
                            "authentication.client_secret was refused by the provider:"
                                    + " invalid_client AADSTS7000215: Invalid client secret"
                                    + " provided.")
                    .contains("Invalid client secret. Create a new secret")
                    .endsWith("The settings are as they were.")
                    .doesNotContain("nonsense");
            assertThat(nobodyThere.statusCode()).isEqualTo(422);
            assertThat(json(nobodyThere).path("detail").asString())
                    .startsWith("authentication.client_secret could not be tried: ")
                    .contains("?untried=true");
            assertThat(before).contains("old1").doesNotContain("new1");
            assertThat(insisted.statusCode()).isEqualTo(200);
            assertThat(insisted.body()).contains("new1");
        }
    }

    @Test
    void a_change_that_changes_nothing_says_so_and_nothing_happens() throws Exception {
        try (var provider = new FakeProvider()) {
            post(
                    "/v1/services",
                    """
                    {"name": "Applied", "preset": "microsoft-365-app",
                     "authentication": {"login": "noreply@example.com",
                       "tenant": "9b1c0000-0000-4000-8000-000000000001",
                       "client_id": "0f6a0000-0000-4000-8000-000000000002",
                       "client_secret": "first~secret.of.somebody_x7Qd",
                       "token_endpoint": "%s"}}
                    """
                            .formatted(provider.endpoint()));
            long newest = house.events.latest();

            var same = patch("/v1/services/applied", secret("first~secret.of.somebody_x7Qd"));
            var events = house.events.after(newest, 10);
            var sameEnd = patch("/v1/services/applied", secret("other~secret.of.somebody_x7Qd"));

            assertThat(same.statusCode()).isEqualTo(200);
            assertThat(same.headers().firstValue("Postroom-Changed")).contains("no");
            assertThat(events).isEmpty();
            assertThat(provider.requests()).as("for the other secret").hasSize(1);
            assertThat(sameEnd.headers().firstValue("Postroom-Changed")).contains("yes");
        }
    }

    @Test
    void a_name_that_nobody_can_read_or_call_is_refused() throws Exception {
        for (var name :
                List.of(
                        "..",
                        "a/b",
                        "a\\\\b",
                        "50%",
                        "a;b",
                        "-x",
                        "\\u202eecivres",
                        "Off\\u200bice",
                        "Off\\u00a0ice",
                        "\\u3164",
                        "a\\u0007b",
                        "\\ud800")) {
            var service =
                    post(
                            "/v1/services",
                            """
                            {"name": "%s", "smtp": {"host": "relay.example.com"},
                             "from": {"address": "a@example.com"},
                             "authentication": {"type": "none"}}
                            """
                                    .formatted(name));
            var credential =
                    post(
                            "/v1/credentials",
                            "{\"name\": \"%s\", \"senders\": [\"*@example.com\"]}".formatted(name));

            assertThat(service.statusCode()).as(name).isEqualTo(422);
            assertThat(json(service).at("/errors/0/field").asString()).isEqualTo("name");
            assertThat(credential.statusCode()).as(name).isEqualTo(422);
            assertThat(json(credential).at("/errors/0/field").asString()).isEqualTo("name");
        }
    }

    @Test
    void a_secret_does_not_go_to_another_server_unless_it_is_given_again() throws Exception {
        house.service("Staying");

        var elsewhere =
                patch("/v1/services/staying", "{\"smtp\": {\"host\": \"smtp.evil.example\"}}");
        var again =
                patch(
                        "/v1/services/staying",
                        """
                        {"smtp": {"host": "smtp.evil.example"},
                         "authentication": {"password": "correct horse x7Qd"}}
                        """);

        assertThat(elsewhere.statusCode()).isEqualTo(422);
        assertThat(json(elsewhere).path("detail").asString())
                .isEqualTo(
                        "authentication.password is needed again: after this change it, or what it"
                                + " gets, would go to smtp.evil.example:587; give it in the same"
                                + " change.");
        assertThat(again.statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> patch(String path, String body) throws Exception {
        return house.call("PATCH", path, owner, body);
    }

    private static String secret(String value) {
        return "{\"authentication\": {\"client_secret\": \"" + value + "\"}}";
    }

    @Test
    void a_service_has_a_guide_warnings_and_a_countdown_with_real_values() throws Exception {
        var made =
                post(
                        "/v1/services",
                        """
                        {"name": "Brien", "preset": "microsoft-365-app",
                         "from": {"address": "o'brien@contoso.com"},
                         "authentication": {"login": "o'brien@contoso.com", "tenant": "contoso.com",
                           "client_id": "0f6a0000-0000-4000-8000-000000000002",
                           "client_secret": "a~secret.value-of_forty.characters_1",
                           "client_secret_expires": "2026-12-01"}}
                        """);
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(json(made).path("client_secret_expires_in_days").asInt()).isEqualTo(10);
        assertThat(json(made).at("/warnings/0/id").asString()).isEqualTo("local-secret-ending");
        assertThat(json(made).at("/warnings/0/cause").asString()).contains("2026-12-01");
        var sentBack = house.call("PATCH", "/v1/services/brien", owner, made.body());
        assertThat(sentBack.statusCode()).as(sentBack.body()).isEqualTo(200);

        var guide = get("/v1/services/brien/guide", owner);
        var script = get("/v1/services/brien/guide?format=powershell", owner);

        assertThat(guide.headers().firstValue("content-type").orElse(""))
                .startsWith("text/markdown");
        assertThat(guide.body()).contains("# Set up `Brien`", "'o''brien@contoso.com'");
        assertThat(script.body()).contains("$mailbox  = 'o''brien@contoso.com'");
        assertThat(get("/v1/services/brien/guide?format=undo", owner).statusCode()).isEqualTo(200);
        assertThat(get("/v1/services/brien/guide?format=pdf", owner).statusCode()).isEqualTo(400);
        assertThat(get("/v1/services/office/guide?format=undo", owner).statusCode()).isEqualTo(404);
        assertThat(get("/v1/explain?text=full&service=brien", owner).statusCode()).isEqualTo(200);
        assertThat(get("/v1/explain?text=full&service=nobody", owner).statusCode()).isEqualTo(404);
        assertThat(get("/v1/explain?text=full&service=brien", shop.apiKey()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void a_credential_shows_its_secrets_once() throws Exception {
        var made =
                post(
                        "/v1/credentials",
                        """
                        {"name": "ERP", "senders": ["*@example.com"], "networks": ["127.0.0.0/8"],
                         "usage": "transactional", "services": ["office"]}
                        """);

        assertThat(made.statusCode()).isEqualTo(201);
        var erp = json(made);
        assertThat(erp.path("smtp_username").asString()).isEqualTo("erp");
        assertThat(erp.path("api_key").asString()).startsWith("pr_");
        assertThat(erp.path("services").toString()).isEqualTo("[\"Office\"]");
        var listed = get("/v1/credentials", owner).body();
        assertThat(listed)
                .contains("\"erp\"")
                .doesNotContain(
                        erp.path("api_key").asString(), erp.path("smtp_password").asString());
        var key = new Secret(erp.path("api_key").asString());
        assertThat(get("/v1/messages", key).statusCode()).isEqualTo(200);

        var id = erp.path("id").asString();
        assertThat(house.call("DELETE", "/v1/credentials/" + id, owner, null).statusCode())
                .isEqualTo(204);
        assertThat(get("/v1/messages", key).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    name        | {"senders": ["*"]}
                    senders     | {"name": "x"}
                    senders[0]  | {"name": "x", "senders": ["a b"]}
                    networks[0] | {"name": "x", "senders": ["*"], "networks": ["10.0.0.0/99"]}
                    networks    | {"name": "x", "senders": ["*"], "without_auth": true}
                    usage       | {"name": "x", "senders": ["*"], "usage": "spam"}
                    services[0] | {"name": "x", "senders": ["*"], "services": ["nowhere"]}
                    smtp_password | {"name": "x", "senders": ["*"], "smtp_password": "short"}
                    sender      | {"name": "x", "sender": "*"}
                    """)
    void a_credential_that_cannot_be_is_refused_with_the_field(String field, String body)
            throws Exception {
        var answer = post("/v1/credentials", body);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).at("/errors/0/field").asString()).isEqualTo(field);
    }

    @Test
    void keys_and_people_are_made_and_taken_away() throws Exception {
        var key =
                json(
                        post(
                                "/v1/management-keys",
                                "{\"name\": \"monitoring\", \"rights\": \"viewer\"}"));
        var secret = new Secret(key.path("key").asString());
        assertThat(get("/v1/services", secret).statusCode()).isEqualTo(200);
        house.call("DELETE", "/v1/management-keys/" + key.path("id").asString(), owner, null);
        assertThat(get("/v1/services", secret).statusCode()).isEqualTo(401);

        var body =
                "{\"email\": \"bob@example.com\", \"password\": \"correct horse\", \"role\":"
                        + " \"viewer\"}";
        assertThat(post("/v1/users", body).statusCode()).isEqualTo(201);
        assertThat(post("/v1/users", body).statusCode()).isEqualTo(422);
        assertThat(
                        post(
                                        "/v1/users/bob@example.com/password",
                                        "{\"password\": \"another horse\"}")
                                .statusCode())
                .isEqualTo(204);
    }

    @Test
    void events_are_followed_with_a_cursor_and_setup_sees_none_of_messages() throws Exception {
        var all = json(get("/v1/events?limit=1000", owner));
        var cursor = all.path("cursor").asString();
        assertThat(all.path("events").findValuesAsString("type"))
                .contains("service.created", "credential.created", "message.accepted");

        accepted(shop);

        var more = json(get("/v1/events?after=" + cursor, owner));
        assertThat(more.path("events").findValuesAsString("type"))
                .containsExactly("message.accepted");
        assertThat(
                        json(get("/v1/events?limit=1000", key(Role.SETUP)))
                                .path("events")
                                .findValuesAsString("type"))
                .noneMatch(type -> type.startsWith("message."));
    }

    @Test
    void the_description_names_every_call_in_snake_case() throws Exception {
        var description = json(house.send(house.request("/openapi.json")));

        assertThat(description.path("openapi").asString()).startsWith("3.");
        assertThat(description.path("paths").propertyNames())
                .contains(
                        "/v1/messages",
                        "/v1/messages/mime",
                        "/v1/messages/batch",
                        "/v1/messages/{id}/reroute",
                        "/v1/services/{id}/check",
                        "/v1/credentials/{id}",
                        "/v1/events",
                        "/health/ready");
        assertThat(description.at("/components/schemas/MessageCall/properties").propertyNames())
                .contains("reply_to", "send_at", "attachments")
                .doesNotContain("replyTo");
        var parameters = description.at("/paths/~1v1~1messages/get/parameters");
        assertThat(parameters.findValuesAsString("name"))
                .contains("state", "cursor")
                .doesNotContain("visitor", "name");
        assertThat(house.send(house.request("/docs/api")).body())
                .contains("/v1/messages/{id}/retry", "reply_to")
                .doesNotContain("<script>");
    }

    @Test
    void a_check_is_told_step_by_step_and_kept_with_the_service() throws Exception {
        var id = house.localService("Tested");
        var path = "/v1/services/" + id;
        var body = "{\"recipient\": \"ada@example.net\"}";
        assertThat(get(path + "/check", owner).statusCode()).isEqualTo(404);
        assertThat(json(get(path, owner)).path("verified").asBoolean()).isFalse();

        var lines =
                house.post(path + "/check", owner, body, "Accept", "application/x-ndjson")
                        .body()
                        .lines()
                        .map(TestHouse.JSON::readTree)
                        .toList();
        var passed = json(get(path, owner));

        assertThat(lines).hasSize(12);
        assertThat(lines.getFirst().at("/step/name").asString()).isEqualTo("settings");
        assertThat(lines.get(10).at("/step/name").asString()).isEqualTo("message");
        assertThat(lines.getLast().at("/report/passed").asBoolean()).isTrue();
        assertThat(passed.path("verified").asBoolean()).isTrue();
        assertThat(passed.path("verified_at").asString())
                .isEqualTo(house.clock.instant().toString());
        assertThat(passed.path("last_check").propertyNames())
                .containsExactlyInAnyOrder("at", "passed", "recipient", "steps");

        house.smarthost.refusing(Stage.RCPT, Reply.of(550, "5.1.1", "no such user"));
        var report = json(house.post(path + "/check", owner, body));
        house.smarthost.takesEverything();

        assertThat(report.path("passed").asBoolean()).isFalse();
        assertThat(report.at("/steps/9/outcome").asString()).isEqualTo("failed");
        assertThat(report.at("/steps/9/diagnostic").asString()).isEqualTo("550 5.1.1 no such user");
        assertThat(report.at("/steps/9/advice/title").asString()).isNotEmpty();
        assertThat(report.at("/steps/10/advice").isNull()).isTrue();
        assertThat(json(get(path + "/check", owner))).isEqualTo(report);
        var text = house.send(house.request(path + "/check", owner).header("Accept", "text/plain"));
        assertThat(text.body())
                .contains("Postroom test of Tested", "failed       Recipient accepted", "550 5.1.1")
                .doesNotContain("correct horse");
        var shown = json(get(path, owner));
        assertThat(shown.at("/last_check/passed").asBoolean()).isFalse();
        assertThat(house.call("PATCH", path, owner, shown.toString()).statusCode()).isEqualTo(200);
        house.services.delete(Long.parseLong(id), "test");
    }

    @Test
    void a_check_needs_an_address_and_somebody_who_may_manage() throws Exception {
        var path = "/v1/services/Office/check";

        assertThat(house.post(path, owner, "{}").statusCode()).isEqualTo(422);
        assertThat(
                        house.post(path, key(Role.VIEWER), "{\"recipient\": \"a@example.net\"}")
                                .statusCode())
                .isEqualTo(403);
    }

    @Test
    void what_waits_behind_a_service_is_measured() throws Exception {
        var metrics = house.send(house.request("/metrics")).body();

        assertThat(metrics)
                .contains("postroom_service_waiting{service=\"Office\"}")
                .contains("postroom_service_state{service=\"Office\",state=\"ready\"} 1")
                .contains("postroom_recipients{state=\"queued\"}");
    }

    private String accepted(Issued application) throws Exception {
        var answer = house.post("/v1/messages", application.apiKey(), MESSAGE);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return json(answer).path("id").asString();
    }

    private Secret key(Role role) {
        var key = keys.get(role);
        if (key == null) throw new IllegalArgumentException(role.word());
        return key;
    }

    private int count(String path) throws Exception {
        return json(get(path, owner)).path("messages").size();
    }

    private HttpResponse<String> get(String path, Secret key) throws Exception {
        return house.get(path, key);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return house.post(path, owner, body);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return TestHouse.json(answer);
    }
}
