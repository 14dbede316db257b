package postroom.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import postroom.access.Role;
import postroom.access.oidc.SignInProviders;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// With a real browser and its virtual authenticator.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PasskeyTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final String PASSWORD = "correct horse";

    private TestHouse house;
    private String address = "";
    private Playwright playwright;
    private Browser browser;

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(CHROMIUM), "there is no " + CHROMIUM + ": passkeys NOT tested");
        int port = freePort();
        address = "http://localhost:" + port;
        house =
                new TestHouse(
                        data,
                        new TestHouse.At(
                                port, URI.create(address), new SignInProviders(Optional.empty())));
        for (var name : List.of("ada", "eve"))
            house.access.people().create(name + "@example.com", new Secret(PASSWORD), Role.OWNER);
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(CHROMIUM)
                                        .setArgs(List.of("--no-sandbox")));
    }

    @AfterAll
    void close() {
        if (browser != null) browser.close();
        if (playwright != null) playwright.close();
        if (house != null) house.close();
    }

    @Test
    void a_passkey_takes_the_place_of_the_password() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            var troubles = troubles(page);
            authenticator(context.newCDPSession(page));
            signIn(page, "ada");
            page.navigate(address + "/settings");
            page.getByLabel("Name of the device").fill("Test device");
            page.locator("form[data-passkey=new] input[type=password]").fill(PASSWORD);
            page.getByText("Add a passkey").click();
            assertThat(page.getByText("The passkey is there")).isVisible();
            assertThat(page.getByText("Test device")).isVisible();

            signOut(page);
            page.navigate(address + "/login?to=/services");
            page.getByText("Sign in with a passkey").click();

            page.waitForURL(address + "/services");
            assertThat(troubles).isEmpty();
            var ada = house.access.people().withEmail("ada@example.com").orElseThrow();
            assertThat(house.access.people().passkeys().of(ada.id()))
                    .singleElement()
                    .satisfies(passkey -> assertThat(passkey.usedAt()).isPresent());
        }
    }

    @Test
    void a_passkey_is_added_with_the_right_password_alone() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            authenticator(context.newCDPSession(page));
            signIn(page, "eve");
            page.navigate(address + "/settings");
            page.getByLabel("Name of the device").fill("Thief's device");
            page.locator("form[data-passkey=new] input[type=password]").fill("wrong horse");
            page.getByText("Add a passkey").click();

            assertThat(page.getByText("That did not work")).isVisible();
            var eve = house.access.people().withEmail("eve@example.com").orElseThrow();
            assertThat(house.access.people().passkeys().of(eve.id())).isEmpty();
        }
    }

    @Test
    void an_answer_is_taken_once_and_a_removed_passkey_not_at_all() throws Exception {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            var session = context.newCDPSession(page);
            authenticator(session);
            signIn(page, "eve");
            page.navigate(address + "/settings");
            page.getByLabel("Name of the device").fill("Key");
            page.locator("form[data-passkey=new] input[type=password]").fill(PASSWORD);
            page.getByText("Add a passkey").click();
            assertThat(page.getByText("The passkey is there")).isVisible();
            signOut(page);
            var sent = new ArrayList<String>();
            page.onRequest(request -> {
                if (request.method().equals("POST") && request.url().endsWith("/login/passkey"))
                    sent.add(request.postData());
            });
            page.navigate(address + "/login");
            page.getByText("Sign in with a passkey").click();
            page.waitForURL(address + "/");
            assertThat(sent).hasSize(1);
            var answer =
                    java.net.URLDecoder.decode(
                            sent.getFirst().replaceAll(".*answer=([^&]*).*", "$1"),
                            java.nio.charset.StandardCharsets.UTF_8);

            var thief = new postroom.console.Browser(house);
            thief.open("/login");
            thief.submit("/login/passkey/question", Map.of());
            thief.submit("/login/passkey", Map.of("answer", answer));
            assertThat(thief.location()).endsWith("/login?passkey");

            page.navigate(address + "/settings");
            page.getByText("Remove").click();
            assertThat(page.getByText("The passkey is removed")).isVisible();
            signOut(page);
            page.navigate(address + "/login");
            page.getByText("Sign in with a passkey").click();
            page.waitForURL(address + "/login?passkey");
        }
    }

    private void signIn(Page page, String name) {
        page.navigate(address + "/login");
        page.getByLabel("E-mail address").fill(name + "@example.com");
        page.getByLabel("Password").fill(PASSWORD);
        page.locator("form[action='/login'] button").click();
        page.waitForURL(address + "/");
    }

    private static void signOut(Page page) {
        page.evaluate("document.querySelector(\"form[action='/logout']\").submit()");
        page.waitForURL("**/login");
    }

    private static void authenticator(CDPSession session) {
        session.send("WebAuthn.enable");
        JsonObject options =
                JsonParser.parseString(
                                """
                                {"options": {"protocol": "ctap2", "transport": "internal",
                                 "hasResidentKey": true, "hasUserVerification": true,
                                 "isUserVerified": true, "automaticPresenceSimulation": true}}
                                """)
                        .getAsJsonObject();
        session.send("WebAuthn.addVirtualAuthenticator", options);
    }

    private static List<String> troubles(Page page) {
        var troubles = new ArrayList<String>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) troubles.add(message.text());
        });
        page.onPageError(troubles::add);
        return troubles;
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
