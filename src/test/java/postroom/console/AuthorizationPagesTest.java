package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import postroom.access.Role;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.oauth.Person;
import postroom.secret.Secret;
import postroom.service.ServiceState;
import postroom.web.TestHouse;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthorizationPagesTest {
    private static final String PASSWORD = "correct horse";
    private static final String NOREPLY = "noreply@contoso.example";
    private static final Pattern LINK =
            Pattern.compile("class=\"button primary\" href=\"([^\"]+)\"");

    private TestHouse house;
    private Emulator emulator;

    @BeforeAll
    void open(@TempDir Path data) {
        house = new TestHouse(data);
        emulator = Emulator.start(EmulatorScript.demo(), house.clock);
        for (var role : Role.values())
            house.access.people().create(role.word() + "@example.com", new Secret(PASSWORD), role);
    }

    @AfterAll
    void close() {
        emulator.close();
        house.close();
    }

    @Test
    void a_click_leads_to_the_provider_and_back_to_a_clean_address() throws Exception {
        var office = office("Office");
        var browser = signedIn("owner");
        assertThat(browser.open("/services/" + office).page()).contains("Authorize</button>");

        browser.submit("/services/" + office + "/authorize", Map.of());
        assertThat(browser.page())
                .contains("Continue at", "http://localhost:8587/oauth2/callback", "AADSTS50011")
                .doesNotContain("<script>");
        assertThat(browser.cookieHeader()).contains("postroom_authorize", "HttpOnly", "Lax");
        browser.open(back(browser, NOREPLY));

        assertThat(browser.status()).isEqualTo(302);
        assertThat(browser.location())
                .contains("/oauth2/result/")
                .doesNotContain("code=", "state=");
        assertThat(browser.header("Referrer-Policy")).isEqualTo("no-referrer");
        browser.open(pathOf(browser.location()));
        assertThat(browser.page())
                .contains("Authorized", NOREPLY + " signed in", "SMTP.Send")
                .doesNotContain("eyJ");
        assertThat(state(office)).isEqualTo(ServiceState.READY);
    }

    @Test
    void a_callback_that_is_loaded_again_tells_the_same_as_the_first_time() throws Exception {
        var office = office("Loaded twice");
        var browser = signedIn("owner");
        browser.submit("/services/" + office + "/authorize", Map.of());
        var back = back(browser, NOREPLY);
        var first = browser.open(back).location();

        assertThat(browser.open(back).location()).isEqualTo(first);
        assertThat(browser.open(pathOf(first)).page())
                .contains("Authorized", NOREPLY + " signed in")
                .doesNotContain("Not authorized");
    }

    @Test
    void a_request_that_was_too_old_leads_to_a_new_one() throws Exception {
        var office = office("Slow");
        var browser = signedIn("owner");
        browser.submit("/services/" + office + "/authorize", Map.of());
        var back = back(browser, NOREPLY);

        house.clock.pass(java.time.Duration.ofMinutes(11));
        browser.open(back);
        browser.open(pathOf(browser.location()));

        assertThat(browser.page())
                .contains("too old", "Try again", "/services/" + office + "/authorize");
        assertThat(state(office)).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
    }

    @Test
    void an_answer_in_another_browser_is_not_taken() throws Exception {
        var office = office("Elsewhere");
        var browser = signedIn("owner");
        browser.submit("/services/" + office + "/authorize", Map.of());

        var other = new Browser(house);
        other.open(back(browser, NOREPLY));
        other.open(pathOf(other.location()));

        assertThat(other.page()).contains("begun in another browser");
        assertThat(state(office)).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
    }

    @Test
    void somebody_else_is_shown_and_may_be_let() throws Exception {
        var office = office("Wrong");
        var browser = signedIn("setup");
        browser.submit("/services/" + office + "/authorize", Map.of());
        browser.open(back(browser, "shared@contoso.example"));
        browser.open(pathOf(browser.location()));

        assertThat(browser.page())
                .contains("You signed in as shared@contoso.example", NOREPLY, "may sign in");

        browser.submit(
                "/services/" + office + "/authorize", Map.of("account", "shared@contoso.example"));
        browser.open(back(browser, "shared@contoso.example"));
        browser.open(pathOf(browser.location()));
        assertThat(browser.page()).contains("✓");
        assertThat(state(office)).isEqualTo(ServiceState.READY);
    }

    @Test
    void a_page_that_nobody_asked_for_says_so() throws Exception {
        var browser = new Browser(house);

        assertThat(browser.open("/oauth2/callback?code=x&state=guessed").location())
                .endsWith("/oauth2/result/unknown");
        assertThat(browser.open("/oauth2/result/unknown").page())
                .contains("belongs to no request of ours");
    }

    @Test
    void the_address_is_pasted_where_the_browser_cannot_come_back() throws Exception {
        var office = office("Headless");
        var browser = signedIn("owner");
        browser.submit("/services/" + office + "/authorize", Map.of());
        var address = "http://localhost:8587" + back(browser, NOREPLY);

        var stranger = signedIn("owner");
        stranger.submit("/services/" + office + "/authorize/address", Map.of("url", address));
        assertThat(stranger.location()).endsWith("/oauth2/result/other_browser");
        browser.submit("/services/" + office + "/authorize/address", Map.of("url", "nonsense"));
        assertThat(browser.status()).isEqualTo(422);
        browser.submit("/services/" + office + "/authorize/address", Map.of("url", address));
        browser.open(pathOf(browser.location()));

        assertThat(browser.page()).contains("✓", "Test it now");
        assertThat(browser.open("/services/" + office).page())
                .contains("Last renewed", NOREPLY, "http://localhost:8587/oauth2/callback")
                .doesNotContain("eyJ");
    }

    @Test
    void a_code_for_another_device_is_shown_until_it_is_answered() throws Exception {
        var office = office("Small");
        var browser = signedIn("setup");
        browser.submit("/services/" + office + "/authorize", Map.of());
        assertThat(browser.page()).contains("Use a code on another device");

        browser.submit("/services/" + office + "/authorize/device", Map.of());
        browser.open(pathOf(browser.location()));

        assertThat(browser.page()).contains("Enter the code", "Waiting for the answer");
        assertThat(browser.header("Refresh")).isEqualTo("3");
    }

    @Test
    void an_account_that_is_no_name_is_refused() throws Exception {
        var office = office("Nobody's");
        var browser = signedIn("owner");

        browser.submit("/services/" + office + "/authorize", Map.of("account", "x".repeat(400)));

        assertThat(browser.status()).isEqualTo(422);
        var answer =
                house.post(
                        "/v1/services/" + office + "/authorize",
                        house.owner,
                        "{\"account\": \"\"}");
        assertThat(answer.statusCode()).isEqualTo(422);
    }

    @Test
    void who_only_looks_cannot_authorize() throws Exception {
        var office = office("Looked at");
        var browser = signedIn("viewer");

        assertThat(browser.open("/services/" + office).page()).doesNotContain("Authorize</button>");
        browser.submit("/services/" + office + "/authorize", Map.of());
        assertThat(browser.status()).isEqualTo(403);
    }

    @Test
    void the_same_over_the_api_with_the_address_pasted() throws Exception {
        var office = office("Over the API");
        var path = "/v1/services/" + office;
        var begun = TestHouse.json(house.post(path + "/authorize", house.owner, "{}"));
        assertThat(request(path).path("state").asString()).isEqualTo("pending");

        var url = Person.accepts(URI.create(begun.path("authorization_url").asString()), NOREPLY);
        var outcome =
                TestHouse.json(
                        house.post(
                                path + "/authorize/callback",
                                house.owner,
                                "{\"url\": \"" + url + "\"}"));

        assertThat(outcome.path("outcome").asString()).isEqualTo("authorized");
        var shown = TestHouse.json(house.get(path + "/authorization", house.owner));
        assertThat(shown.path("authorized").asBoolean()).isTrue();
        assertThat(shown.path("account").asString()).isEqualTo(NOREPLY);
        assertThat(shown.path("has_refresh_token").asBoolean()).isTrue();
        assertThat(request(path).path("state").asString()).isEqualTo("finished");

        var revoked = TestHouse.json(house.post(path + "/revoke", house.owner, ""));
        assertThat(revoked.path("told").asBoolean()).isFalse();
        assertThat(state(office)).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
    }

    private tools.jackson.databind.JsonNode request(String path) throws Exception {
        return TestHouse.json(house.get(path + "/authorization", house.owner)).path("request");
    }

    private Browser signedIn(String role) throws Exception {
        var browser = new Browser(house);
        browser.signIn(role + "@example.com", PASSWORD);
        browser.open("/explain"); // any page gives the form's token
        return browser;
    }

    private static String back(Browser browser, String account) throws Exception {
        var link = LINK.matcher(browser.page());
        assertThat(link.find()).isTrue();
        var address = URI.create(link.group(1).replace("&amp;", "&"));
        return pathOf(Person.accepts(address, account));
    }

    private static String pathOf(String address) {
        var uri = URI.create(address);
        return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private ServiceState state(String service) {
        return house.services.status(Long.parseLong(service)).state();
    }

    private String office(String name) {
        var at = emulator.microsoft();
        var settings =
                TestHouse.JSON.readTree(
                        """
                        {"name": "%s", "preset": "microsoft-365", "from": {"address": "%s"},
                         "authentication": {"login": "%s",
                           "tenant": "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b",
                           "client_id": "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11",
                           "client_secret": "demo~secret.of_contoso-0123456789abcdefgh",
                           "authorization_endpoint": "%s", "token_endpoint": "%s",
                           "device_authorization_endpoint": "%s"}}
                        """
                                .formatted(
                                        name,
                                        NOREPLY,
                                        NOREPLY,
                                        at.authorizeUrl(),
                                        at.tokenUrl(),
                                        at.deviceUrl()));
        return Long.toString(house.services.create(settings, "test").id());
    }
}
