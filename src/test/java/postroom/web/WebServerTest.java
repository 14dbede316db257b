package postroom.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.access.Role;
import postroom.secret.Secret;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebServerTest {
    private TestHouse house;

    @BeforeAll
    void open(@TempDir Path data) {
        house = new TestHouse(data);
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void without_a_key_a_call_is_not_signed_in() throws Exception {
        var answer = house.send(house.request("/v1/services"));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertProblem(answer);
    }

    @Test
    void a_wrong_key_is_not_repeated_in_the_answer() throws Exception {
        var answer = house.get("/v1/services", new Secret("pr_not-a-key"));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain("not-a-key");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/nonsense, 404",
        "GET, /v1/services/nowhere, 404",
        "GET, /v1/messages/0000000000000, 404",
        "GET, /v1/messages/x, 404",
        "PUT, /v1/services, 405",
        "GET, /v1/messages?limit=ten, 400",
        "GET, /v1/messages?limit=0, 400",
        "GET, /v1/messages?state=lost, 400",
        "GET, /v1/messages?since=yesterday, 400",
        "GET, /v1/messages?cursor=x, 400",
        "GET, /v1/explain, 400",
        "GET, /nowhere, 404",
        "GET, /v1/..%2f..%2fetc, 400",
    })
    void every_error_is_a_problem(String method, String path, int status) throws Exception {
        var answer = house.call(method, path, house.owner, null);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertProblem(answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"name":            | 400 |
                    []                  | 400 |
                    {"name": 7}{}       | 400 |
                    {"nome": "x"}       | 422 | nome
                    {"name": {"a": 1}}  | 422 | name
                    """)
    void a_body_that_cannot_be_used_is_explained(String body, int status, String field)
            throws Exception {
        var answer = house.post("/v1/credentials", house.owner, body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertProblem(answer);
        if (field != null)
            assertThat(TestHouse.json(answer).at("/errors/0/field").asString()).isEqualTo(field);
    }

    @Test
    void a_call_without_its_body_or_with_another_kind_of_body_is_a_problem() throws Exception {
        assertThat(house.post("/v1/credentials", house.owner, "").statusCode()).isEqualTo(400);
        var form =
                house.send(
                        house.request("/v1/credentials", house.owner)
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("name=x")));

        assertThat(form.statusCode()).isEqualTo(415);
        assertProblem(form);
    }

    @Test
    void a_body_that_is_too_large_is_refused_before_it_is_read() throws Exception {
        var big = "\"" + "x".repeat(1_100_000) + "\"";

        var announced = house.post("/v1/credentials", house.owner, big);
        var streamed =
                house.send(
                        house.request("/v1/credentials", house.owner)
                                .header("Content-Type", "application/json")
                                .POST(
                                        BodyPublishers.ofInputStream(() ->
                                                new java.io.ByteArrayInputStream(
                                                        big.getBytes(
                                                                java.nio.charset.StandardCharsets
                                                                        .UTF_8)))));

        assertThat(announced.statusCode()).isEqualTo(413);
        assertProblem(announced);
        assertThat(streamed.statusCode()).isEqualTo(413);
        assertProblem(streamed);
    }

    @Test
    void health_and_metrics_need_no_key_on_this_machine() throws Exception {
        assertThat(house.send(house.request("/health/live")).statusCode()).isEqualTo(200);
        var ready = house.send(house.request("/health/ready"));
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(TestHouse.json(ready).at("/checks/store").asString()).isEqualTo("ok");
        var metrics = house.send(house.request("/metrics"));
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(metrics.body()).contains("postroom_store_writes_waiting");
    }

    @Test
    void behind_a_proxy_on_this_machine_others_need_a_key_for_health() throws Exception {
        var stranger =
                house.send(
                        house.request("/health/ready").header("X-Forwarded-For", "198.51.100.7"));

        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(
                        house.send(
                                        house.request("/health/ready", house.key(Role.VIEWER))
                                                .header("X-Forwarded-For", "198.51.100.7"))
                                .statusCode())
                .isEqualTo(200);
    }

    @Test
    void pages_send_a_visitor_to_the_sign_in_and_calls_do_not() throws Exception {
        var page = house.send(house.request("/").header("Accept", "text/html"));

        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/login"));
    }

    @Test
    void pages_allow_nothing_inline_and_nothing_from_elsewhere() throws Exception {
        var page = house.send(house.request("/login").header("Accept", "text/html"));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy)
                                .contains("default-src 'none'", "script-src 'self'")
                                .contains("frame-ancestors 'none'", "base-uri 'none'")
                                .doesNotContain("unsafe", "data:", "http", "*"));
        assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(page.body()).doesNotContain("style=", "onclick");
        assertThat(page.body()).doesNotContainPattern("<script(?![^>]* src=\"/assets/)");
    }

    private static void assertProblem(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(
                        type -> assertThat(type).startsWith("application/problem+json"));
        var problem = TestHouse.json(answer);
        assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
        assertThat(problem.path("title").asString()).isNotBlank();
        assertThat(problem.path("detail").asString()).isNotBlank();
    }
}
