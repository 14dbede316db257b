package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.access.Role;
import postroom.access.oidc.SignInProvider;
import postroom.access.oidc.SignInProviders;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// At a provider that nobody here wrote.
class ProviderSignInTest {
    private static final String VERIFIED = "\"email_verified\": true";

    private final MockOAuth2Server server =
            new MockOAuth2Server(OAuth2Config.Companion.fromJson("{\"interactiveLogin\": true}"));
    @TempDir Path data;
    private TestHouse house;
    private Browser browser;

    @BeforeEach
    void start() {
        server.start(InetAddress.getLoopbackAddress(), 0);
        open(Optional.empty(), false);
    }

    private void open(Optional<Role> newcomers, boolean trusts) {
        var client =
                new SignInProvider.Client(
                        "Example",
                        URI.create(server.issuerUrl("console").toString()),
                        "postroom",
                        new Secret("s3cret"),
                        URI.create("http://localhost:8587/login/provider/callback"),
                        newcomers,
                        trusts);
        if (house != null) house.close();
        var at =
                new TestHouse.At(
                        0,
                        URI.create("http://localhost:8587"),
                        new SignInProviders(Optional.of(new SignInProvider(client))));
        house = new TestHouse(data, at);
        browser = new Browser(house);
    }

    @AfterEach
    void stop() {
        house.close();
        server.shutdown();
    }

    @Test
    void whoever_is_known_here_is_let_in_and_is_where_they_wanted_to_be() throws Exception {
        house.access.people().create("ada@example.com", new Secret("correct horse"), Role.OPERATOR);
        assertThat(browser.open("/login").page()).contains("Sign in with Example");

        signIn("Ada@example.com", VERIFIED);

        assertThat(browser.location()).endsWith("/services?x=1");
        assertThat(browser.open("/services").status()).isEqualTo(200);
    }

    @Test
    void whoever_was_invited_joins_with_the_role_of_the_invitation() throws Exception {
        var invited =
                house.access.people().invitations().invite("eve@example.com", Role.SETUP, "ada");

        signIn("eve@example.com", VERIFIED);

        assertThat(browser.open("/services").status()).isEqualTo(200);
        assertThat(browser.open("/messages").status()).isEqualTo(403);
        assertThat(house.access.people().invitations().find(invited.orElseThrow().secret()))
                .isEmpty();
    }

    @Test
    void a_stranger_stays_outside() throws Exception {
        signIn("mallory@example.com", VERIFIED);

        assertThat(browser.status()).isEqualTo(403);
        assertThat(browser.page()).contains("mallory@example.com", "may not use Postroom");
        assertThat(browser.open("/services").location()).startsWith("/login");
        assertThat(house.access.people().all()).isEmpty();
    }

    @Test
    void newcomers_get_the_role_that_a_setting_says() throws Exception {
        open(Optional.of(Role.VIEWER), false);

        signIn("new@example.com", VERIFIED);

        assertThat(house.access.people().withEmail("new@example.com").orElseThrow().role())
                .isEqualTo(Role.VIEWER);
        assertThat(browser.open("/services").status()).isEqualTo(200);
    }

    @Test
    void an_address_that_is_not_verified_is_not_taken_unless_a_setting_says_so() throws Exception {
        house.access.people().create("ada@example.com", new Secret("correct horse"), Role.OWNER);

        signIn("ada@example.com", "\"email_verified\": false");
        assertThat(browser.status()).isEqualTo(403);
        assertThat(browser.page()).contains("email_verified");
        signIn("ada@example.com", "\"x\": 1");
        assertThat(browser.status()).isEqualTo(403);

        open(Optional.empty(), true);
        signIn("ada@example.com", "\"x\": 1");
        assertThat(browser.open("/services").status()).isEqualTo(200);
    }

    @Test
    void whoever_is_kept_out_here_does_not_get_in_there() throws Exception {
        var people = house.access.people();
        people.create("owner@example.com", new Secret("correct horse"), Role.OWNER);
        var eve = people.create("eve@example.com", new Secret("correct horse"), Role.OPERATOR);
        people.deactivate(eve.orElseThrow().id());

        signIn("eve@example.com", VERIFIED);

        assertThat(browser.status()).isEqualTo(403);
    }

    @Test
    void an_answer_is_taken_once_from_the_same_browser_and_for_the_same_question()
            throws Exception {
        house.access.people().create("ada@example.com", new Secret("correct horse"), Role.OWNER);
        var answer = answer("ada@example.com", VERIFIED);

        var thief = new Browser(house);
        assertThat(thief.open(answer).status()).isEqualTo(403);
        assertThat(browser.open(answer.replaceAll("state=[^&]*", "state=forged")).status())
                .isEqualTo(403);
        assertThat(browser.open(answer).status()).isEqualTo(403); // that one was used up
        var another = answer("ada@example.com", VERIFIED);
        assertThat(browser.open(another).location()).endsWith("/services?x=1");
        assertThat(browser.open(another).status()).isEqualTo(403);
    }

    @Test
    void a_token_of_another_question_is_not_believed() throws Exception {
        house.access.people().create("ada@example.com", new Secret("correct horse"), Role.OWNER);
        var foreign = answer("ada@example.com", VERIFIED);
        var code = foreign.replaceAll(".*[?&]code=([^&]*).*", "$1");

        var answer = answer("ada@example.com", VERIFIED);

        assertThat(browser.open(answer.replaceAll("code=[^&]*", "code=" + code)).status())
                .isEqualTo(403);
    }

    @Test
    void a_provider_that_is_away_is_said_to_be() throws Exception {
        server.shutdown();

        browser.open("/login/provider");

        assertThat(browser.status()).isEqualTo(403);
        assertThat(browser.page()).contains("does not answer");
    }

    private void signIn(String email, String claim) throws Exception {
        browser.open(answer(email, claim));
    }

    /// Signs in at the provider's page; the path at which the browser comes back.
    private String answer(String email, String claim) throws Exception {
        browser.open("/login/provider?to=%2Fservices%3Fx%3D1");
        assertThat(browser.location())
                .contains("code_challenge=", "code_challenge_method=S256", "state=", "nonce=");
        var claims = "{\"email\": \"" + email + "\", " + claim + "}";
        var form = "username=%s&claims=%s".formatted(encoded(email), encoded(claims));
        try (var http = HttpClient.newHttpClient()) {
            var sent =
                    http.send(
                            HttpRequest.newBuilder(URI.create(browser.location()))
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(BodyPublishers.ofString(form))
                                    .build(),
                            BodyHandlers.ofString());
            var back = URI.create(sent.headers().firstValue("Location").orElseThrow());
            return back.getRawPath() + "?" + back.getRawQuery();
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
