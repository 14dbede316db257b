package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.access.Role;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutePagesTest {
    private static final String PASSWORD = "correct horse";
    private static final Pattern VERSION = Pattern.compile("name=\"version\" value=\"([^\"]*)\"");

    private TestHouse house;
    private String office = "";
    private String backup = "";

    @BeforeAll
    void open(@TempDir Path data) {
        house = new TestHouse(data);
        office = house.service("Office");
        backup = house.service("Backup");
        for (var role : Role.values())
            house.access.people().create(role.word() + "@example.com", new Secret(PASSWORD), role);
    }

    @AfterAll
    void close() {
        house.close();
    }

    @BeforeEach
    void no_rules() throws Exception {
        put("{\"routes\": []}");
    }

    private void put(String rules) throws Exception {
        assertThat(house.call("PUT", "/v1/routes", house.owner, rules).statusCode()).isEqualTo(200);
    }

    private String rules() throws Exception {
        return house.get("/v1/routes", house.owner).body();
    }

    private List<String> names() throws Exception {
        return TestHouse.JSON.readTree(rules()).path("routes").findValuesAsString("name");
    }

    private static final String TWO =
            """
            {"routes": [{"name": "First", "services": ["Office"]},
                        {"name": "Second", "services": ["Backup"]}]}
            """;

    private Browser signedIn(String role) throws Exception {
        var browser = new Browser(house);
        browser.signIn(role + "@example.com", PASSWORD);
        browser.open("/routes/new");
        return browser;
    }

    private static String version(Browser browser) {
        var found = VERSION.matcher(browser.page());
        assertThat(found.find()).as(browser.page()).isTrue();
        return found.group(1);
    }

    private Map<String, String> rule(Browser browser, String name, String... more) {
        var fields = new HashMap<String, String>();
        fields.putAll(Map.of("version", version(browser), "name", name, "service", office));
        fields.put("switch_when", "failing");
        for (int i = 0; i < more.length; i += 2) fields.put(more[i], more[i + 1]);
        return fields;
    }

    @Test
    void without_rules_the_page_says_what_they_are_for() throws Exception {
        assertThat(signedIn("viewer").open("/routes").page())
                .contains("No rules yet", "Newsletters leave through")
                .doesNotContain("New rule");
    }

    @Test
    void a_rule_made_in_the_form_is_the_rule_of_the_api() throws Exception {
        var browser = signedIn("setup");

        browser.submit(
                "/routes",
                rule(
                        browser,
                        "Newsletters",
                        "from",
                        "*@news.example.com\n*@example.org",
                        "domains",
                        "*.partner.example",
                        "usage",
                        "marketing",
                        "tags",
                        "a, b",
                        "headers",
                        "X-Prio: high*",
                        "credential",
                        "sendmail",
                        "weight",
                        "3",
                        "choose",
                        "by_weight",
                        "rewrite_from",
                        "on"));

        assertThat(browser.location()).endsWith("/routes");
        assertThat(TestHouse.JSON.readTree(rules()).path("routes").path(0))
                .isEqualTo(
                        TestHouse.JSON.readTree(
                                """
                                {"name": "Newsletters",
                                 "when": {"credential": "sendmail",
                                   "from": ["*@news.example.com", "*@example.org"],
                                   "recipient_domain": "*.partner.example",
                                   "usage": "marketing", "tag": "a, b",
                                   "header": {"X-Prio": "high*"}},
                                 "services": [{"service": "Office", "weight": 3}],
                                 "choose": "by_weight", "switch_when": ["failing"],
                                 "rewrite_from": true}
                                """));
        assertThat(browser.open("/routes").page())
                .contains("Newsletters is saved", "Its X-Prio is", "high*", "100 % of it");
    }

    @Test
    void the_form_of_a_rule_saved_as_it_is_changes_nothing() throws Exception {
        put(
                """
                {"routes": [{"name": "A <b>rule", "when": {"credential": ["gone", "sendmail"],
                  "from": ["a@example.com", "b@example.com"], "usage": "transactional",
                  "header": {"X-A": "1", "X-B": "*2*"}}, "services": ["Backup"],
                  "switch_when": ["limited"]}]}
                """);
        var before = rules();
        var browser = signedIn("operator");
        var page = browser.open("/routes/0/edit").page();
        assertThat(page)
                .contains("A &lt;b&gt;rule", "gone", "X-A: 1\nX-B: *2*")
                .doesNotContain("<b>rule");

        browser.submit(
                "/routes",
                rule(
                        browser,
                        "A <b>rule",
                        "index",
                        "0",
                        "credential",
                        "gone",
                        "from",
                        "a@example.com\nb@example.com",
                        "usage",
                        "transactional",
                        "headers",
                        "X-A: 1\nX-B: *2*",
                        "service",
                        backup,
                        "switch_when",
                        "limited"));

        assertThat(rules()).isEqualTo(before.replace("[\"gone\",\"sendmail\"]", "\"gone\""));
    }

    @Test
    void rules_are_moved_and_deleted() throws Exception {
        put(TWO);
        var browser = signedIn("operator").open("/routes");

        browser.submit("/routes/1/up", Map.of("version", version(browser)));
        assertThat(names()).containsExactly("Second", "First");
        browser.open("/routes");
        assertThat(browser.page()).contains("Second was moved");
        browser.submit("/routes/0/down", Map.of("version", version(browser)));
        assertThat(names()).containsExactly("First", "Second");
        browser.open("/routes");
        browser.submit("/routes/0/delete", Map.of("version", version(browser)));
        assertThat(names()).containsExactly("Second");
        browser.open("/routes/new");
        browser.submit("/routes", rule(browser, "Before it", "position", "0"));
        assertThat(names()).containsExactly("Before it", "Second");
    }

    @Test
    void what_somebody_else_changed_meanwhile_is_not_overwritten() throws Exception {
        put(TWO);
        var browser = signedIn("owner").open("/routes/0/edit");
        var old = version(browser);
        put("{\"routes\": [{\"name\": \"Theirs\", \"services\": [\"Office\"]}]}");

        browser.submit("/routes", rule(browser, "Mine", "index", "0", "version", old));
        assertThat(browser.page()).contains("Somebody changed the rules meanwhile", "Mine");
        browser.submit("/routes/0/delete", Map.of("version", old));
        assertThat(browser.open("/routes").page()).contains("so nothing was done");

        assertThat(names()).containsExactly("Theirs");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    name        | ''       | name is missing
                    name        | second   | is the name of another rule
                    service     | ''       | services is empty
                    service     | 99       | is no service
                    weight      | 5000     | is not a whole number from 1 to 1000
                    usage       | spam     | choose transactional or marketing
                    headers     | a b: c   | is not the name of a header field
                    switch_when | draft    | switch_when may hold
                    """)
    void what_cannot_be_is_told_and_nothing_is_saved(String field, String value, String told)
            throws Exception {
        put(TWO);
        var browser = signedIn("owner");

        browser.submit("/routes", rule(browser, "Third", field, value));

        assertThat(browser.page()).contains(told, "nothing was saved");
        assertThat(names()).containsExactly("First", "Second");
    }

    @Test
    void the_box_says_which_service_it_would_be_and_why() throws Exception {
        put(
                """
                {"routes": [{"name": "High <i>", "when": {"header": {"X-Prio": "high*"}},
                   "services": ["Backup"], "rewrite_from": true},
                  {"name": "Rest", "services": ["Office"]}]}
                """);
        var browser = signedIn("viewer");

        var high =
                "/routes?credential=&from=a%40example.org&to=b%40example.net&usage=transactional"
                        + "&tag=&service=&header=X-Prio%3A+highest";
        assertThat(browser.open(high).page())
                .contains("High &lt;i&gt;", "takes it", "own From", ">Backup</a></strong>")
                .doesNotContain("High <i>");
        var rest = high.replace("highest", "low");
        assertThat(browser.open(rest).page())
                .contains(">Office</a></strong>", "not for it: its X-Prio is another");
        assertThat(browser.open(rest.replace("a%40", "%40")).page())
                .contains("This is not an address");
        long shop = house.application("Asked").credential().id();
        assertThat(browser.open(rest.replace("credential=", "credential=" + shop)).page())
                .contains("None: such a message would not be accepted", "may not send as");
    }

    @ParameterizedTest
    @CsvSource({"owner, 200, 302", "operator, 200, 302", "setup, 200, 302", "viewer, 403, 403"})
    void roles_see_and_do_what_they_may(String role, int form, int change) throws Exception {
        put(TWO);
        var editor = signedIn("owner").open("/routes");
        var version = version(editor);
        var browser = signedIn(role);

        assertThat(browser.open("/routes").status()).isEqualTo(200);
        assertThat(browser.page().contains("/routes/0/up")).isFalse();
        assertThat(browser.page().contains("/routes/1/up")).isEqualTo(change == 302);
        assertThat(browser.open("/routes/0/edit").status()).isEqualTo(form);
        assertThat(browser.open("/routes/new").status()).isEqualTo(form);
        browser.open("/explain"); // any page gives the form's token
        browser.submit("/routes/1/up", Map.of("version", version));
        assertThat(browser.status()).isEqualTo(change);
        browser.submit("/routes", Map.of("version", version));
        assertThat(browser.status()).isEqualTo(form);
        assertThat(names())
                .containsExactlyElementsOf(
                        change == 302 ? List.of("Second", "First") : List.of("First", "Second"));
    }

    @Test
    void a_rule_that_is_not_there_is_not_found() throws Exception {
        var browser = signedIn("owner");

        assertThat(browser.open("/routes/7/edit").status()).isEqualTo(404);
    }
}
