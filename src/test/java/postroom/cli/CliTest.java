package postroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.Clock;
import postroom.store.SqliteStore;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class CliTest {

    @TempDir Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> answers = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private int status = 200;
    private String type = "application/json";
    private String input = "";
    private boolean unchanged;

    @SuppressWarnings("NullAway.Init")
    private HttpServer http;

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", this::answer);
        http.start();
        environment.put("POSTROOM_URL", "http://127.0.0.1:" + http.getAddress().getPort());
        environment.put("POSTROOM_API_KEY", "key-of-ada");
    }

    @AfterEach
    void stop() {
        http.stop(0);
    }

    @Test
    void services_are_listed_in_columns_or_as_json() {
        answers.put(
                "GET /v1/services",
                """
                {"services":[{"id":"7","name":"Billing Gmail","state":"needs_authorization",
                  "verified":true,"verified_at":"2026-11-20T10:00:00Z","preset":"google",
                  "transport":"smtp","from":{"address":"b@example.com"},"waiting":37}]}
                """);

        assertThat(run("service", "list")).isZero();
        assertThat(printed().lines())
                .containsExactly(
                        "ID  NAME           STATE                VERIFIED    PRESET  TRANSPORT"
                                + "  FROM           WAITING",
                        "7   Billing Gmail  needs authorization  2026-11-20  google  smtp     "
                                + "  b@example.com  37");

        assertThat(run("service", "list", "--json")).isZero();
        assertThat(Json.read(printed()).at("/services/0/id").asString()).isEqualTo("7");
    }

    @Test
    void a_service_is_created_with_a_secret_from_a_file() throws Exception {
        var secret = Files.writeString(directory.resolve("secret"), "s3cr3t~value\n");
        answers.put("POST /v1/services", "{\"id\":\"7\",\"name\":\"Office\",\"state\":\"ready\"}");

        int exit =
                run(
                        "service",
                        "create",
                        "--preset",
                        "microsoft-365",
                        "--name",
                        "Office",
                        "--from",
                        "noreply@example.com",
                        "--grant",
                        "client_credentials",
                        "--tenant",
                        "9b1c",
                        "--client-id",
                        "0f6a",
                        "--client-secret-file",
                        secret.toString(),
                        "--set",
                        "limits.connections=3",
                        "--set",
                        "tracking.opens=false");

        assertThat(exit).isZero();
        var body = onlyBody();
        assertThat(body.at("/authentication/client_secret").asString()).isEqualTo("s3cr3t~value");
        assertThat(body.at("/authentication/type").asString()).isEqualTo("oauth2");
        assertThat(body.at("/limits/connections").asInt()).isEqualTo(3);
        assertThat(body.at("/tracking/opens").isBoolean()).isTrue();
        assertThat(body.has("smtp")).isFalse();
        assertThat(printed()).startsWith("Office (id 7) is ready.").doesNotContain("s3cr3t");
    }

    @Test
    void an_authorization_prints_the_address_and_waits_for_what_comes_of_it() {
        answers.put(
                "POST /v1/services/Office/authorize",
                """
                {"authorization_url":"https://login.example/authorize?state=x",
                 "user_code":null,"verification_uri":null,"expires_at":"2026-11-21T12:10:00Z"}
                """);
        answers.put(
                "GET /v1/services/Office/authorization",
                """
                {"authorized":false,"request":{"state":"finished","outcome":
                  {"outcome":"declined","title":"You declined.","fix":"Authorize again.",
                   "diagnostic":"access_denied AADSTS65004"}}}
                """);

        assertThat(run("service", "authorize", "Office")).isEqualTo(Trouble.REFUSED);

        assertThat(printed())
                .contains("https://login.example/authorize?state=x", "You declined.", "AADSTS65004")
                .doesNotContain("and enter");
    }

    @Test
    void a_device_code_is_shown_with_its_address() {
        answers.put(
                "POST /v1/services/Office/authorize",
                """
                {"authorization_url":null,"user_code":"ABCD-EFGH","verification_uri":"https://login.example/device",
                 "expires_at":"2026-11-21T12:15:00Z"}
                """);
        answers.put(
                "GET /v1/services/Office/authorization",
                """
                {"authorized":true,"request":{"state":"finished","outcome":
                  {"outcome":"authorized","title":"ada@example.com signed in.","fix":"-"}}}
                """);

        assertThat(run("service", "authorize", "Office", "--device")).isZero();

        assertThat(printed()).contains("ABCD-EFGH", "ada@example.com signed in.");
    }

    @Test
    void a_check_prints_its_steps_and_exits_with_1_when_one_failed() {
        answers.put(
                "POST /v1/services/Office/check",
                """
                {"passed":false,"steps":[
                  {"name":"connects","outcome":"passed","detail":"port 587","millis":38},
                  {"name":"sign_in","outcome":"failed","detail":"535 5.7.139","millis":412,
                   "diagnostic":"535 5.7.139 Authentication unsuccessful",
                   "advice":{"title":"SMTP sending is switched off","fix":"Switch it on."}},
                  {"name":"message_accepted","outcome":"not_reached"}]}
                """);

        assertThat(run("service", "check", "Office", "--to", "a@example.net")).isEqualTo(1);
        assertThat(printed())
                .contains(" ✓  connects")
                .contains(" ✗  sign in")
                .contains("SMTP sending is switched off")
                .contains(" –  message accepted       not reached");
        assertThat(onlyBody().at("/recipient").asString()).isEqualTo("a@example.net");
    }

    @Test
    void a_check_prints_each_step_as_a_line_of_its_own_comes() {
        answers.put(
                "POST /v1/services/Office/check",
                """
                {"step":{"name":"settings","outcome":"passed","detail":"complete","millis":0}}
                {"step":{"name":"name","outcome":"passed","detail":"1 address","millis":12}}
                {"report":{"passed":true,"steps":[{"name":"settings","outcome":"passed"}]}}
                """);
        type = "application/x-ndjson;charset=UTF-8";

        assertThat(run("service", "check", "Office", "--to", "a@example.net")).isZero();
        assertThat(printed().lines()).hasSize(2).first().asString().startsWith(" ✓  settings");
        assertThat(printed()).contains("12 ms");
    }

    @Test
    void a_check_that_breaks_off_is_no_success() {
        answers.put(
                "POST /v1/services/Office/check",
                "{\"step\":{\"name\":\"settings\",\"outcome\":\"passed\"}}\n");
        type = "application/x-ndjson";

        assertThat(run("service", "check", "Office", "--to", "a@example.net")).isEqualTo(69);
        assertThat(trouble()).contains("The test broke off");
    }

    @Test
    void a_refusal_is_one_sentence_made_of_the_problem() {
        status = 422;
        answers.put(
                "POST /v1/credentials",
                """
                {"title":"Invalid","detail":"The credential was not made.",
                 "errors":[{"field":"senders","message":"is empty"}]}
                """);

        assertThat(run("credential", "create", "--name", "x", "--sender", "y")).isEqualTo(1);
        assertThat(trouble())
                .isEqualTo("postroom: The credential was not made (senders: is empty).\n");
    }

    @Test
    void secrets_of_a_credential_are_printed_once() {
        answers.put(
                "POST /v1/credentials",
                "{\"smtp_username\":\"u\",\"smtp_password\":\"p\",\"api_key\":\"k\"}");

        assertThat(run("credential", "create", "--name", "cms", "--sender", "*@example.com"))
                .isZero();
        assertThat(printed()).contains("SMTP password   p").contains("API key         k");
        assertThat(onlyBody().at("/senders/0").asString()).isEqualTo("*@example.com");
    }

    @Test
    void send_takes_the_text_from_standard_input_and_attaches_files() throws Exception {
        var file = Files.writeString(directory.resolve("a.txt"), "attached");
        answers.put("POST /v1/messages", "{\"id\":\"7K3QX2\",\"recipients\":[]}");
        input = "Hello\n";

        int exit =
                run(
                        "send",
                        "--from",
                        "Ada <a@example.com>",
                        "--to",
                        "b@example.net",
                        "--to",
                        "c@example.net",
                        "--subject",
                        "Hi",
                        "--attach",
                        file.toString(),
                        "--header",
                        "X-Job: 17");

        assertThat(exit).isZero();
        assertThat(printed()).isEqualTo("queued as 7K3QX2\n");
        var body = onlyBody();
        assertThat(body.at("/text").asString()).isEqualTo("Hello\n");
        assertThat(body.at("/to")).hasSize(2);
        assertThat(body.at("/attachments/0/content").asString()).isEqualTo("YXR0YWNoZWQ=");
        assertThat(body.at("/headers/X-Job").asString()).isEqualTo("17");
    }

    @Test
    void the_queue_is_listed_page_by_page_and_filtered() {
        answers.put(
                "GET /v1/messages?state=deferred&from=a%40example.com",
                "{\"messages\":[{\"id\":\"1\",\"subject\":\"one\\u001b[2J\",\"states\":{\"sent\":2,\"held\":1}}],\"cursor\":\"c2\"}");
        answers.put(
                "GET /v1/messages?state=deferred&from=a%40example.com&cursor=c2",
                "{\"messages\":[{\"id\":\"2\",\"subject\":\"two\"}]}");

        assertThat(run("queue", "list", "--state", "deferred", "--from", "a@example.com")).isZero();
        assertThat(printed())
                .contains("one")
                .contains("two")
                .contains("sent 2, held 1")
                .doesNotContain("\u001b");
    }

    @Test
    void messages_are_rerouted_one_by_one() {
        assertThat(run("queue", "reroute", "A1", "B2", "--service", "Other")).isZero();
        assertThat(calls)
                .containsExactly("POST /v1/messages/A1/reroute", "POST /v1/messages/B2/reroute");
        assertThat(bodies).containsOnly("{\"service\":\"Other\"}");
    }

    @Test
    void what_failed_is_sent_again() {
        answers.put(
                "POST /v1/messages/again",
                """
                {"matched":2,"changed":1,"recipients":1,"cursor":null,"sent":[{"id":"A1","as":"C3"}],
                 "unchanged":[{"id":"B2","reason":"sent_before"}]}
                """);

        assertThat(run("queue", "again", "--matching", "--state", "failed")).isZero();

        assertThat(printed())
                .isEqualTo(
                        "1 of 2 messages: sent again (1 recipients).\n"
                                + "1 unchanged: sent again before.\n");
    }

    @Test
    void all_that_a_filter_finds_is_changed_step_by_step_and_told_apart() {
        answers.put(
                "POST /v1/messages/retry",
                """
                {"matched":3,"changed":2,"recipients":4,"cursor":null,
                 "unchanged":[{"id":"A1","reason":"under_way"}]}
                """);

        assertThat(
                        run(
                                "queue",
                                "retry",
                                "--matching",
                                "--state",
                                "deferred",
                                "--through",
                                "Office"))
                .isZero();

        assertThat(onlyBody().path("filter").toString())
                .isEqualTo("{\"state\":\"deferred\",\"service\":\"Office\"}");
        assertThat(printed())
                .isEqualTo(
                        "2 of 3 messages: due now (4 recipients).\n"
                                + "1 unchanged: an attempt is under way.\n");
    }

    @Test
    void a_change_of_many_needs_a_filter_and_ids_go_without_one() {
        assertThat(run("queue", "cancel", "--matching")).isEqualTo(2);
        assertThat(run("queue", "cancel")).isEqualTo(2);
        assertThat(run("queue", "cancel", "A1", "--state", "held")).isEqualTo(2);
        assertThat(calls).isEmpty();
    }

    @Test
    void a_list_that_looked_in_vain_looks_on() {
        answers.put(
                "GET /v1/messages?tag=x",
                "{\"messages\":[],\"cursor\":\"c2\",\"looked_back_to\":\"2026-11-20T10:00:00Z\"}");
        answers.put(
                "GET /v1/messages?tag=x&cursor=c2",
                "{\"messages\":[{\"id\":\"1\",\"subject\":\"one\"}],\"cursor\":null}");

        assertThat(run("queue", "list", "--tag", "x")).isZero();
        assertThat(printed()).contains("one");
    }

    @Test
    void applying_twice_changes_nothing() throws Exception {
        environment.put("SECRET", "a-long-secret-x7Qd");
        var file =
                Files.writeString(
                        directory.resolve("wanted.yaml"),
                        """
                        services:
                          - name: Office
                            preset: microsoft-365
                            smtp: {port: 587}
                            authentication: {client_secret: "env:SECRET"}
                        credentials:
                          - name: cms
                            senders: ["*@example.com"]
                        """);
        answers.put("GET /v1/services", "{\"services\":[]}");
        answers.put("GET /v1/credentials", "{\"credentials\":[]}");
        answers.put("POST /v1/services", "{\"id\":\"7\",\"name\":\"Office\"}");
        answers.put("POST /v1/credentials", "{\"id\":\"8\",\"api_key\":\"k1\"}");

        assertThat(run("apply", file.toString())).isZero();
        assertThat(printed()).contains("service Office created").contains("k1");
        assertThat(bodies).anyMatch(body -> body.contains("a-long-secret-x7Qd"));

        calls.clear();
        answers.put(
                "GET /v1/services",
                """
                {"services":[{"id":"7","name":"Office","preset":"microsoft-365","state":"ready",
                  "smtp":{"host":"h","port":587},
                  "authentication":{"client_secret":{"set":true,"ends_with":"x7Qd"}}}]}
                """);
        answers.put(
                "GET /v1/credentials",
                "{\"credentials\":[{\"id\":\"8\",\"name\":\"cms\",\"senders\":[\"*@example.com\"]}]}");
        unchanged = true;
        assertThat(run("apply", file.toString())).isZero();
        assertThat(printed())
                .contains("service Office unchanged")
                .contains("credential cms unchanged");

        unchanged = false;
        environment.put("SECRET", "another-secret-x7Qd");
        assertThat(run("apply", file.toString())).isZero();
        assertThat(printed()).contains("service Office changed");
        assertThat(bodies).anyMatch(body -> body.contains("another-secret-x7Qd"));
    }

    @Test
    void without_secrets_in_the_file_nothing_is_even_asked_for_where_nothing_changes()
            throws Exception {
        var file =
                Files.writeString(
                        directory.resolve("plain.yaml"),
                        "services: [{name: Office, smtp: {port: 587}}]");
        answers.put(
                "GET /v1/services",
                "{\"services\":[{\"id\":\"7\",\"name\":\"Office\",\"smtp\":{\"port\":587}}]}");

        assertThat(run("apply", file.toString())).isZero();

        assertThat(printed()).contains("service Office unchanged");
        assertThat(calls).allMatch(call -> call.startsWith("GET"));
    }

    @Test
    void export_prints_what_apply_takes_without_secrets() {
        answers.put(
                "GET /v1/services",
                """
                {"services":[{"id":"7","name":"Office","state":"failing","from":{"address":"a@example.com"},
                  "waiting":1,"waiting_since":"2026-11-21T09:00:00Z","next_probe_at":"2026-11-21T09:10:00Z",
                  "advice":{"id":"net-tcp-refused","title":"Connection refused"},
                  "authentication":{"client_id":"0f6a","client_secret":{"set":true,"ends_with":"x7Qd"}}}]}
                """);
        answers.put("GET /v1/credentials", "{\"credentials\":[]}");

        assertThat(run("export")).isZero();
        assertThat(printed())
                .contains("name: Office")
                .contains("client_id: 0f6a")
                .doesNotContain("x7Qd")
                .doesNotContain("state", "waiting", "probe", "advice");
    }

    @Test
    void the_key_of_a_server_on_this_machine_is_found_in_its_data_directory() throws Exception {
        var url = environment.remove("POSTROOM_URL");
        environment.remove("POSTROOM_API_KEY");
        Files.writeString(directory.resolve("local-key"), url + "\npr_local\n");
        answers.put("GET /v1/users", "{\"users\":[]}");

        assertThat(run("user", "list", "--data", directory.toString())).isZero();
        assertThat(printed()).startsWith("No users yet");
    }

    @Test
    void without_a_server_the_exit_code_is_69() {
        http.stop(0);
        assertThat(run("service", "list")).isEqualTo(69);
        assertThat(trouble()).startsWith("postroom: No server answers at http://127.0.0.1");

        environment.clear();
        assertThat(run("queue", "list", "--data", directory.resolve("none").toString()))
                .isEqualTo(69);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "service",
                "nonsense",
                "service check Office",
                "credential create --name x",
                "send --from a@example.com",
                "queue list --nonsense",
                "service update Office",
                "apply none.yaml",
                "service create --name x --set nonsense"
            })
    void a_wrong_call_exits_with_2_and_says_what_is_wrong(String call) {
        assertThat(run(call.isEmpty() ? new String[0] : call.split(" "))).isEqualTo(2);
        assertThat(trouble()).startsWith("postroom");
        assertThat(calls).isEmpty();
    }

    @Test
    void settings_that_cannot_work_stop_the_start_with_their_sentences() {
        environment.put("POSTROOM_QUEUE_LIFETIME", "0d");

        assertThat(run("serve", "--data", directory.toString())).isEqualTo(2);
        assertThat(trouble()).startsWith("postroom: queue.lifetime");
    }

    @Test
    void a_broken_backup_leaves_the_data_that_is_there_alone() throws Exception {
        environment.remove("POSTROOM_URL");
        environment.remove("POSTROOM_API_KEY");
        var data = directory.resolve("alive");
        try (var store = SqliteStore.open(data.resolve("postroom.db"), Clock.atNoon())) {
            store.write(tx -> tx.update("insert into draft (content_id, at) values (7, 7)"));
            var file = directory.resolve("backup.zip");
            assertThat(run("backup", file.toString(), "--data", data.toString())).isZero();
            assertThat(run("restore", file.toString(), "--data", data.toString(), "--force"))
                    .as("while it is in use")
                    .isEqualTo(1);
            assertThat(trouble()).contains("in use by another server");

            // as after a kill: what was committed last is in the log beside the database
            var killed = Files.createDirectories(directory.resolve("killed"));
            for (var name : List.of("postroom.db", "postroom.db-wal"))
                Files.copy(data.resolve(name), killed.resolve(name));
            var half = Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 2_000));

            assertThat(run("restore", half.toString(), "--data", killed.toString(), "--force"))
                    .isEqualTo(1);
            assertThat(killed.resolve("postroom.db-wal")).exists();
            try (var again = SqliteStore.open(killed.resolve("postroom.db"), Clock.atNoon())) {
                long kept =
                        again.read(tx ->
                                tx.first("select count(*) as n from draft", row -> row.number("n"))
                                        .orElseThrow());
                assertThat(kept).isEqualTo(1);
            }
        }
    }

    @Test
    void a_backup_brings_back_database_and_master_key() throws Exception {
        environment.remove("POSTROOM_URL");
        environment.remove("POSTROOM_API_KEY");
        var data = Files.createDirectory(directory.resolve("data"));
        var url = "jdbc:sqlite:" + data.resolve("postroom.db");
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("create table t (a text)");
            statement.execute("insert into t values ('kept')");
        }
        Files.writeString(data.resolve("master.key"), "the key");
        var file = directory.resolve("backup.zip").toString();

        assertThat(run("backup", file, "--data", data.toString())).isZero();
        assertThat(run("backup", file, "--data", data.toString())).isEqualTo(1);
        assertThat(run("restore", file, "--data", data.toString())).isEqualTo(1);
        var other = directory.resolve("other");
        assertThat(run("restore", file, "--data", other.toString())).isZero();

        assertThat(other.resolve("master.key")).hasContent("the key");
        assertThat(Files.getPosixFilePermissions(other.resolve("master.key"))).hasSize(2);
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + other.resolve("postroom.db"));
                var rows = connection.createStatement().executeQuery("select a from t")) {
            assertThat(rows.next()).isTrue();
        }
    }

    @Test
    void a_backup_of_what_is_in_postgresql_names_the_tool_that_can_make_it() {
        environment.put("POSTROOM_DATABASE_URL", "jdbc:postgresql://db.example.com/postroom");
        var file = directory.resolve("backup.zip");

        assertThat(run("backup", file.toString(), "--data", directory.toString())).isEqualTo(1);

        assertThat(trouble()).contains("pg_dump").contains("master.key");
        assertThat(file).doesNotExist();
    }

    @Test
    void an_error_is_explained_without_a_server() {
        http.stop(0);
        environment.clear();

        assertThat(run("explain", "535", "5.7.139", "SmtpClientAuthentication is disabled"))
                .isZero();
        assertThat(printed()).contains("(exo-57139");
        assertThat(run("explain", "--json", "invalid_grant")).isZero();
        assertThat(Json.read(printed()).at("/advice/0/id").asString()).isNotEmpty();
    }

    @Test
    void every_command_has_help() {
        for (var command : Cli.commandLine(terminal()).getSubcommands().entrySet()) {
            assertThat(run(command.getKey(), "-h")).isZero();
            assertThat(printed()).startsWith("Usage: postroom " + command.getKey());
            for (var below : command.getValue().getSubcommands().keySet())
                assertThat(run(command.getKey(), below, "-h")).isZero();
        }
        assertThat(run("version")).isZero();
        assertThat(printed()).startsWith("postroom ");
    }

    private int run(String... arguments) {
        out.reset();
        err.reset();
        return Cli.run(terminal(), arguments);
    }

    private Terminal terminal() {
        return new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                InstantSource.system());
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String trouble() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private JsonNode onlyBody() {
        assertThat(bodies).hasSize(1);
        return Json.read(bodies.getFirst());
    }

    private void answer(HttpExchange exchange) throws IOException {
        var call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        calls.add(call);
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (!body.isEmpty()) bodies.add(body);
        var answer = answers.getOrDefault(call, "{}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        if (unchanged) exchange.getResponseHeaders().add("Postroom-Changed", "no");
        exchange.sendResponseHeaders(status, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }
}
