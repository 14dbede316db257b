package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.access.Credential;
import postroom.access.Role;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CredentialPagesTest {
    private static final String PASSWORD = "correct horse";
    private static final Pattern KEY = Pattern.compile("data-copy=\"(pr_[A-Za-z0-9_-]+)\"");
    private static final Pattern SECRET =
            Pattern.compile("--auth-password &#39;([A-Za-z0-9_-]+)&#39;");

    private TestHouse house;
    private String office = "";

    @BeforeAll
    void open(@TempDir Path data) {
        house = new TestHouse(data);
        office = house.service("Office");
        for (var role : Role.values())
            house.access.people().create(role.word() + "@example.com", new Secret(PASSWORD), role);
    }

    @AfterAll
    void close() {
        house.close();
    }

    private Browser signedIn(String role) throws Exception {
        var browser = new Browser(house);
        browser.signIn(role + "@example.com", PASSWORD);
        browser.open("/credentials");
        return browser;
    }

    private static Map<String, String> wish(String name, String... more) {
        var fields = new HashMap<>(Map.of("name", name, "senders", "*@example.com"));
        for (int i = 0; i < more.length; i += 2) fields.put(more[i], more[i + 1]);
        return fields;
    }

    private Credential named(String name) {
        return house.access.credentials().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String found(Pattern pattern, String page) {
        var match = pattern.matcher(page);
        assertThat(match.find()).as(page).isTrue();
        return match.group(1);
    }

    @Test
    void the_secrets_of_a_new_credential_are_shown_once_and_work() throws Exception {
        var browser = signedIn("owner");

        browser.submit("/credentials", wish("ERP"));

        assertThat(browser.status()).isEqualTo(200);
        assertThat(browser.header("Cache-Control")).contains("no-store");
        assertThat(browser.page()).contains("Shown once", "post.example.com", "2587");
        var key = found(KEY, browser.page());
        var password = found(SECRET, browser.page());
        assertThat(house.get("/v1/messages", new Secret(key)).statusCode()).isEqualTo(200);
        var page = browser.open("/credentials/" + named("ERP").id()).page();
        assertThat(page)
                .contains("--auth-password &#39;PASSWORD&#39;", "API-KEY", "It was shown once")
                .doesNotContain(key, password);
        assertThat(browser.open("/credentials").page())
                .contains("ERP")
                .doesNotContain(key, password);
    }

    @Test
    void loading_the_page_with_the_secrets_again_makes_no_second_credential() throws Exception {
        var browser = signedIn("owner");
        browser.submit("/credentials", wish("Shop"));
        var key = found(KEY, browser.page());

        browser.submit("/credentials", wish("Shop"));

        assertThat(browser.page())
                .contains("There is a credential of this name")
                .doesNotContain(key);
        assertThat(house.access.credentials().stream().filter(it -> it.name().equals("Shop")))
                .hasSize(1);
    }

    @Test
    void a_form_that_was_filled_in_is_what_comes_of_it() throws Exception {
        var browser = signedIn("setup");

        browser.submit(
                "/credentials",
                wish(
                        "Scanner",
                        "senders",
                        "scan@example.com\n*@print.example.com",
                        "networks",
                        "10.1.2.0/24, 10.1.3.7",
                        "without_auth",
                        "on",
                        "usage",
                        "transactional",
                        "services",
                        office,
                        "smtp_username",
                        "scanner-2",
                        "smtp_password",
                        "a password of ours"));

        var made = named("Scanner");
        assertThat(made.senders()).containsExactly("scan@example.com", "*@print.example.com");
        assertThat(made.networks()).hasSize(2);
        assertThat(made.withoutAuth()).isTrue();
        assertThat(made.usages()).hasSize(1);
        assertThat(made.services()).containsExactly(Long.parseLong(office));
        assertThat(made.smtpUsername()).isEqualTo("scanner-2");
        assertThat(browser.open("/credentials/" + made.id()).page())
                .contains("10.1.2.0/24", "neither user name nor password", "Office", "listener")
                .doesNotContain("a password of ours");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    name          | ''           | Give it a name
                    senders       | ''           | Say who it may send as
                    senders       | a@@b.        | neither an address
                    networks      | 10.0.0.0/99  | not an IP address
                    usage         | spam         | Choose one of these
                    services      | 999          | no service
                    smtp_username | sendmail     | Another credential has this user name
                    smtp_password | short        | 12 to 200 characters
                    without_auth  | on           | Name the networks
                    """)
    void what_cannot_be_is_told_at_its_field_and_the_rest_stays(
            String field, String value, String told) throws Exception {
        var browser = signedIn("operator");
        int before = house.access.credentials().size();

        browser.submit("/credentials", wish("Left <b>as it was", field, value));

        assertThat(browser.page()).contains(told, "Something cannot be used");
        if (!field.equals("name")) assertThat(browser.page()).contains("Left &lt;b&gt;as it was");
        assertThat(browser.page()).doesNotContain("value=\"short\"", "<b>as");
        assertThat(house.access.credentials()).hasSize(before);
    }

    @ParameterizedTest
    @CsvSource({
        "owner, 200, 200, 302",
        "operator, 200, 200, 302",
        "setup, 200, 200, 302",
        "viewer, 200, 403, 403"
    })
    void roles_see_and_do_what_they_may(String role, int look, int form, int revoke)
            throws Exception {
        var issued = house.application("for " + role);
        var path = "/credentials/" + issued.credential().id();
        var browser = signedIn(role);

        assertThat(browser.open(path).status()).isEqualTo(look);
        assertThat(browser.page().contains(path + "/revoke")).isEqualTo(revoke == 302);
        assertThat(browser.open("/credentials/new").status()).isEqualTo(form);
        browser.open("/credentials");
        browser.submit("/credentials", wish("by " + role));
        assertThat(browser.status()).isEqualTo(form);
        browser.open("/credentials");
        browser.submit(path + "/revoke", Map.of());
        assertThat(browser.status()).isEqualTo(revoke);
        boolean isThere = house.access.credential(issued.credential().id()).isPresent();
        assertThat(isThere).isEqualTo(revoke != 302);
    }

    @Test
    void a_revoked_credential_is_gone_and_was_told_so() throws Exception {
        var issued = house.application("Old <i>shop</i>");
        var path = "/credentials/" + issued.credential().id();
        var browser = signedIn("owner");
        assertThat(browser.open(path).page())
                .contains("Old &lt;i&gt;shop&lt;/i&gt;", "is still sent")
                .doesNotContain("<i>shop");

        browser.submit(path + "/revoke", Map.of());

        assertThat(browser.open("/credentials").page())
                .contains("was revoked")
                .doesNotContain("<i>");
        assertThat(browser.open(path).status()).isEqualTo(404);
        assertThat(house.get("/v1/messages", issued.apiKey()).statusCode()).isEqualTo(401);
    }

    @Test
    void counts_of_the_last_day_stand_in_the_list() throws Exception {
        var shop = house.application("Counted");
        house.post(
                "/v1/messages",
                shop.apiKey(),
                "{\"from\": \"a@example.com\", \"to\": [\"b@example.net\"], \"text\": \"x\"}");
        house.post(
                "/v1/messages",
                shop.apiKey(),
                "{\"from\": \"a@example.org\", \"to\": [\"b@example.net\"], \"text\": \"x\"}");

        var page = signedIn("viewer").open("/credentials/" + shop.credential().id()).page();

        assertThat(page).containsPattern("messages taken in 24 hours</dt><dd><a [^>]*>1</a></dd>");
        assertThat(page).containsPattern("rejected at the door</dt><dd>1</dd>");
    }

    @Test
    void the_command_of_this_machine_has_no_password_and_its_own_example() throws Exception {
        var page = signedIn("viewer").open("/credentials/" + named("sendmail").id()).page();

        assertThat(page).contains("POSTROOM_DATA=", "has no password").doesNotContain("swaks");
    }
}
