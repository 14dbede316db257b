package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.access.Role;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookPagesTest {
    private static final String PASSWORD = "correct horse";
    private static final Pattern SECRET = Pattern.compile("data-copy=\"(whsec_[A-Za-z0-9+/=]+)\"");
    private static final Pattern ID = Pattern.compile("/webhooks/(\\d+)/edit");
    private static final Pattern DELIVERY = Pattern.compile("delivery=(\\d+)#d");
    private static final Pattern ENDS = Pattern.compile("name=\"ends\" value=\"([^\"]*)\"");

    private TestHouse house;
    private HttpServer receiver;
    private int status = 200;
    private String address = "";

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        house = new TestHouse(data);
        for (var role : Role.values())
            house.access.people().create(role.word() + "@example.com", new Secret(PASSWORD), role);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext(
                "/",
                call -> {
                    var answer = "<b>heard</b>".getBytes(UTF_8);
                    call.getRequestBody().readAllBytes();
                    call.sendResponseHeaders(status, answer.length);
                    call.getResponseBody().write(answer);
                    call.close();
                });
        receiver.start();
        address = "http://localhost:" + receiver.getAddress().getPort() + "/hidden-path";
    }

    @AfterAll
    void close() {
        receiver.stop(0);
        house.close();
    }

    @AfterEach
    void none_is_left() throws Exception {
        status = 200;
        var all = TestHouse.json(house.get("/v1/webhooks", house.owner)).path("webhooks");
        for (var one : all)
            house.call("DELETE", "/v1/webhooks/" + one.path("id").asString(), house.owner, null);
    }

    private Browser signedIn(String role) throws Exception {
        var browser = new Browser(house);
        browser.signIn(role + "@example.com", PASSWORD);
        browser.open("/explain"); // any page gives the form's token
        return browser;
    }

    private Map<String, String> wish(String... more) {
        var fields = new HashMap<>(Map.of("url", address, "family", "routes.*"));
        for (int i = 0; i < more.length; i += 2) fields.put(more[i], more[i + 1]);
        return fields;
    }

    private static String found(Pattern pattern, String page) {
        var match = pattern.matcher(page);
        assertThat(match.find()).as(page).isTrue();
        return match.group(1).replace("&#43;", "+");
    }

    /// @return its page
    private String made(Browser owner) throws Exception {
        owner.submit("/webhooks", wish());
        return "/webhooks/" + found(ID, owner.page());
    }

    private String delivered(Browser browser, String path, String what) throws Exception {
        for (int i = 0; i < 200; i++) {
            var page = browser.open(path).page();
            if (page.contains(what) && page.contains("HTTP 200")) return page;
            Thread.sleep(25);
        }
        throw new AssertionError("no delivery: " + browser.page());
    }

    @Test
    void without_webhooks_the_page_says_what_they_are_for() throws Exception {
        assertThat(signedIn("owner").open("/webhooks").page()).contains("Nobody is told yet");
    }

    @Test
    void the_secret_is_shown_once_and_loading_again_makes_no_second_webhook() throws Exception {
        var browser = signedIn("owner");

        browser.submit("/webhooks", wish("description", "Shop <i>hook</i>"));
        var secret = found(SECRET, browser.page());
        var path = "/webhooks/" + found(ID, browser.page());

        assertThat(browser.header("Cache-Control")).contains("no-store");
        assertThat(browser.page()).contains("Shop &lt;i&gt;hook&lt;/i&gt;", "secret=&#39;whsec_");
        assertThat(browser.open(path).page()).contains("SECRET stands for").doesNotContain(secret);
        assertThat(browser.open("/webhooks").page()).doesNotContain(secret, "<i>hook");
        browser.submit("/webhooks", wish());
        assertThat(browser.page()).contains("There is a webhook for this address already");
    }

    @Test
    void a_replaced_secret_is_shown_once_and_not_replaced_by_loading_again() throws Exception {
        var browser = signedIn("owner");
        var path = made(browser);
        var ends = Map.of("ends", found(ENDS, browser.open(path).page()));

        browser.submit(path + "/secret", ends);
        var secret = found(SECRET, browser.page());
        browser.submit(path + "/secret", ends);

        assertThat(browser.status()).isEqualTo(302);
        assertThat(browser.open(path).page())
                .contains("was replaced already", "the former one signs", secret.substring(46))
                .doesNotContain(secret);
    }

    @Test
    void what_was_delivered_is_told_with_its_payload_and_sent_again() throws Exception {
        var browser = signedIn("owner");
        var path = made(browser);
        house.call("PUT", "/v1/routes", house.owner, "{\"routes\": []}");

        var page = delivered(browser, path, "routes.changed");
        var delivery = found(DELIVERY, page);
        assertThat(page).contains("HTTP 200", "taken", "&lt;b&gt;heard").doesNotContain("<b>heard");
        assertThat(browser.open(path + "?delivery=" + delivery).page())
                .contains("&quot;type&quot; : &quot;routes.changed&quot;", "Send again");
        browser.submit(path + "/deliveries/" + delivery + "/retry", Map.of());
        assertThat(browser.open(path).page()).contains("with the same webhook-id");
    }

    @Test
    void a_test_says_what_came_of_it() throws Exception {
        var browser = signedIn("owner");
        var path = made(browser);

        browser.submit(path + "/test", Map.of());
        assertThat(browser.open(path).page()).contains("The test was taken: HTTP 200");
        status = 500;
        browser.submit(path + "/test", Map.of());
        assertThat(browser.open(path).page())
                .contains("The test was not taken", "HTTP 500", "not taken");
    }

    @Test
    void one_that_was_switched_off_says_why_and_is_switched_on_again() throws Exception {
        var browser = signedIn("owner");
        var path = made(browser);
        status = 410;
        house.call("PUT", "/v1/routes", house.owner, "{\"routes\": []}");
        for (int i = 0; i < 200 && !browser.open(path).page().contains("410 Gone"); i++)
            Thread.sleep(25);
        assertThat(browser.page()).contains("the receiver answered 410 Gone", "switched off");
        status = 200;

        browser.submit(path + "/on", Map.of("backlog", "skip"));
        assertThat(browser.open(path).page()).contains("It is switched on", "Switch off");
        browser.submit(path + "/off", Map.of());
        assertThat(browser.open(path).page()).contains("Somebody switched it off");
    }

    @Test
    void it_is_changed_and_deleted() throws Exception {
        var browser = signedIn("owner");
        var path = made(browser);
        assertThat(browser.open(path + "/edit").page()).contains("value=\"" + address + "\"");

        browser.submit(path, wish("events", "message.failed", "description", "Other"));
        assertThat(browser.open(path).page()).contains("message.failed", "routes.*", "Other");
        browser.submit(path, wish("events", "nonsense"));
        assertThat(browser.page()).contains("names no event", "nothing was saved");
        browser.submit(path + "/delete", Map.of());
        assertThat(browser.open("/webhooks").page()).contains("at localhost was deleted");
        assertThat(browser.open(path).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "url, ftp://example.com, The address",
        "url, '', The address",
        "events, message.sentt, names no event",
    })
    void what_cannot_be_is_told_at_its_field(String field, String value, String told)
            throws Exception {
        var browser = signedIn("owner");

        browser.submit("/webhooks", wish(field, value));

        assertThat(browser.page()).contains(told, "Something cannot be used");
        assertThat(browser.open("/webhooks").page()).contains("Nobody is told yet");
    }

    @ParameterizedTest
    @CsvSource({
        "owner, 200, 200, 302, 302",
        "operator, 200, 403, 302, 403",
        "viewer, 200, 403, 403, 403",
        "setup, 403, 403, 403, 403"
    })
    void roles_see_and_do_what_they_may(String role, int look, int form, int test, int off)
            throws Exception {
        var path = made(signedIn("owner"));
        var browser = signedIn(role);
        assertThat(browser.page().contains("href=\"/webhooks\"")).isEqualTo(look == 200);

        assertThat(browser.open("/webhooks").status()).isEqualTo(look);
        assertThat(browser.open(path).status()).isEqualTo(look);
        assertThat(browser.page().contains("hidden-path")).isEqualTo(form == 200);
        assertThat(browser.page().contains(path + "/delete")).isEqualTo(form == 200);
        assertThat(browser.page().contains(path + "/test")).isEqualTo(test == 302);
        assertThat(browser.open(path + "/edit").status()).isEqualTo(form);
        assertThat(browser.open("/webhooks/new").status()).isEqualTo(form);
        browser.open("/explain");
        browser.submit(path + "/test", Map.of());
        assertThat(browser.status()).isEqualTo(test);
        browser.submit(path + "/off", Map.of());
        assertThat(browser.status()).isEqualTo(off);
        browser.submit(path + "/secret", Map.of());
        assertThat(browser.status()).isEqualTo(off);
        browser.submit(path + "/delete", Map.of());
        assertThat(browser.status()).isEqualTo(off);
    }
}
