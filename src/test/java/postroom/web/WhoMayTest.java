package postroom.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import postroom.access.Role;
import postroom.secret.Secret;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Walks every page and every call there is, as everybody and as nobody. Who may is in
/// `who-may.txt`; a new page or call has to be entered there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhoMayTest {

    private static final Path TABLE = Path.of("src/test/resources/postroom/web/who-may.txt");
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    /// What only some may see of mail, planted in a message.
    private static final List<String> MAIL =
            List.of("walrus-subject", "oyster@example.net", "carpenter@example.com");

    private static final String CONTENT = "the-time-has-come";

    private TestHouse house;
    private final Map<Role, Secret> keys = new EnumMap<>(Role.class);
    private final Map<Role, Secret> sessions = new EnumMap<>(Role.class);
    private final Map<String, String> ids = new LinkedHashMap<>();
    private Secret application = new Secret("");
    private String formCookie = "";
    private String formToken = "";

    /// @param who a letter for each that may: `o`wner, o`p`erator, `s`etup, `v`iewer,
    ///   `a`pplication, `n`obody
    private record Line(String method, String path, String who) {
        String name() {
            return method + " " + path;
        }

        boolean isCall() {
            return path.startsWith("/v1/") || path.startsWith("/health") || path.equals("/metrics");
        }
    }

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        house = new TestHouse(data);
        ids.put("services", house.service("Office"));
        var issued = house.application("shop");
        application = issued.apiKey();
        ids.put("credentials", Long.toString(issued.credential().id()));
        var answer =
                house.post(
                        "/v1/messages",
                        application,
                        """
                        {"from": "carpenter@example.com", "to": ["oyster@example.net"],
                         "subject": "walrus-subject", "text": "the-time-has-come"}
                        """);
        ids.put("messages", TestHouse.json(answer).path("id").asString());
        for (var role : Role.values()) {
            keys.put(role, house.key(role));
            var email = role.word() + "@example.org";
            house.access.people().create(email, new Secret("correct horse"), role);
        }
        var page = house.send(house.request("/login").header("Accept", "text/html"));
        var found = TOKEN.matcher(page.body());
        assertThat(found.find()).isTrue();
        formToken = found.group(1);
        formCookie = page.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void every_page_and_call_is_in_the_table_and_no_other() throws Exception {
        var there = new TreeSet<String>();
        for (var mapping : mapping().getHandlerMethods().entrySet()) {
            if (!mapping.getValue().getBeanType().getName().startsWith("postroom.")) continue;
            var methods = mapping.getKey().getMethodsCondition().getMethods();
            var paths = mapping.getKey().getPathPatternsCondition();
            for (var path : paths == null ? List.<String>of() : paths.getPatternValues())
                if (methods.isEmpty()) there.add("* " + path);
                else for (var method : methods) there.add(method + " " + path);
        }

        var written = new TreeSet<>(table().stream().map(Line::name).toList());
        var missing = new TreeSet<>(there);
        missing.removeAll(written);
        written.removeAll(there);
        assertThat(missing).as("to be entered in " + TABLE).isEmpty();
        assertThat(written).as("to be taken out of " + TABLE).isEmpty();
    }

    @Test
    void everybody_gets_where_the_table_says_and_nowhere_else() throws Exception {
        var wrong = new ArrayList<String>();
        for (var line : table()) {
            if (line.method.equals("*")) continue;
            for (var role : Role.values())
                check(line, role.word().equals("operator") ? 'p' : role.word().charAt(0), wrong);
            check(line, 'a', wrong);
            check(line, 'n', wrong);
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void the_role_setup_sees_no_mail_anywhere() throws Exception {
        var seen = new ArrayList<String>();
        for (var line : table()) {
            if (!line.method.equals("GET")) continue;
            var body = String.valueOf(ask(line, 's').body());
            for (var mark : MAIL) if (body.contains(mark)) seen.add(line.name() + " shows " + mark);
            if (body.contains(CONTENT)) seen.add(line.name() + " shows content");
        }

        assertThat(seen).isEmpty();
    }

    @Test
    void a_viewer_sees_no_content_anywhere() throws Exception {
        var seen = new ArrayList<String>();
        for (var line : table())
            if (line.method.equals("GET")
                    && String.valueOf(ask(line, 'v').body()).contains(CONTENT))
                seen.add(line.name());

        assertThat(seen).isEmpty();
    }

    @Test
    void a_viewer_changes_nothing_but_their_own_account() throws Exception {
        assertThat(table())
                .filteredOn(line -> !line.method.equals("GET") && line.who.contains("v"))
                .filteredOn(line -> !line.who.contains("n"))
                .extracting(Line::path)
                .allMatch(
                        path -> path.startsWith("/settings") || path.equals("/v1/routes/explain"));
    }

    @Test
    void no_form_is_taken_without_its_token() throws Exception {
        var taken = new ArrayList<String>();
        for (var line : table()) {
            if (line.isCall() || line.method.equals("GET") || line.method.equals("*")) continue;
            if (line.path.equals("/language")) continue; // asks for none
            var answer =
                    house.send(
                            house.request(address(line))
                                    .header("Accept", "text/html")
                                    .header("Cookie", formCookie + "; " + session(Role.OWNER))
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .method(line.method, BodyPublishers.ofString("")));
            if (answer.statusCode() != 403 || !answer.body().contains("form is too old"))
                taken.add(line.name() + " answers " + answer.statusCode());
        }

        assertThat(taken).isEmpty();
    }

    private void check(Line line, char who, List<String> wrong) throws Exception {
        var answer = ask(line, who);
        boolean wanted = line.who.indexOf(who) >= 0;
        boolean toSignIn =
                answer.headers()
                        .firstValue("Location")
                        .filter(it -> it.startsWith("/login"))
                        .isPresent();
        boolean out =
                answer.statusCode() == 401
                        || (answer.statusCode() == 403 && !isPasswordAsked(answer))
                        || (toSignIn && !line.path.startsWith("/log"));
        if (wanted == out || answer.statusCode() >= 500)
            wrong.add(
                    "%s as %s: %s, answered %d %s"
                            .formatted(
                                    line.name(),
                                    who,
                                    wanted ? "may" : "may not",
                                    answer.statusCode(),
                                    answer.headers().firstValue("Location").orElse("")));
    }

    private static boolean isPasswordAsked(HttpResponse<String> answer) {
        return answer.body() != null && answer.body().contains("not your password");
    }

    private HttpResponse<String> ask(Line line, char who) throws Exception {
        var request = house.request(address(line));
        var body = "";
        if (line.isCall()) {
            var key = key(who);
            if (!key.isEmpty()) request.header("Authorization", "Bearer " + key);
            boolean isMime = line.path.endsWith("/mime");
            request.header("Content-Type", isMime ? "message/rfc822" : "application/json");
        } else {
            request.header("Accept", "text/html, */*");
            request.header("Content-Type", "application/x-www-form-urlencoded");
            var cookies = formCookie;
            if ("opsv".indexOf(who) >= 0) cookies += "; " + session(role(who));
            if (who == 'a') request.header("Authorization", "Bearer " + key(who));
            request.header("Cookie", cookies);
            if (!line.method.equals("GET"))
                body =
                        "_csrf="
                                + java.net.URLEncoder.encode(
                                        formToken, java.nio.charset.StandardCharsets.UTF_8);
        }
        request.timeout(java.time.Duration.ofSeconds(10));
        return house.send(
                line.method.equals("GET")
                        ? request.GET()
                        : request.method(line.method, BodyPublishers.ofString(body)));
    }

    private String key(char who) {
        if (who == 'a') return application.value();
        return who == 'n' ? "" : Objects.requireNonNull(keys.get(role(who))).value();
    }

    // A call may have ended the session before.
    private String session(Role role) {
        var people = house.access.people();
        var kept = sessions.get(role);
        if (kept == null || people.sessions().find(kept, "127.0.0.1").isEmpty()) {
            var user = people.withEmail(role.word() + "@example.org").orElseThrow();
            kept = people.sessions().open(user, "test", "127.0.0.1", "test").orElseThrow();
            sessions.put(role, kept);
        }
        return "postroom=" + kept.value();
    }

    private static Role role(char who) {
        return switch (who) {
            case 'o' -> Role.OWNER;
            case 'p' -> Role.OPERATOR;
            case 's' -> Role.SETUP;
            default -> Role.VIEWER;
        };
    }

    /// What is looked at is there; what is changed is not, so that the walk goes on.
    private String address(Line line) {
        boolean looks = line.method.equals("GET");
        var id =
                ids.entrySet().stream()
                        .filter(it -> looks && line.path.contains("/" + it.getKey() + "/{"))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse("1");
        return line.path
                .replaceAll("\\{\\w+:([a-z]+)\\|[^{}]*\\}", "$1")
                .replaceAll("\\{number:[^{}]*\\{[^{}]*\\}\\}", "0")
                .replaceAll("\\{[^{}]*(\\{[^{}]*\\}[^{}]*)*\\}", id);
    }

    private RequestMappingHandlerMapping mapping() {
        return house.context()
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    }

    private static List<Line> table() throws IOException {
        return Files.readAllLines(TABLE).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\\s+", 3))
                .map(parts ->
                        new Line(parts[0], parts[1], parts.length < 3 ? "" : parts[2].strip()))
                .toList();
    }
}
