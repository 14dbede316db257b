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
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.web.TestHouse;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// From a provider's card to a service that sends, as somebody without scripts does it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WizardTest {
    private static final String PASSWORD = "correct horse";
    private static final String NOREPLY = "noreply@contoso.example";
    private static final String TENANT = "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b";
    private static final String CLIENT = "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11";
    private static final String SECRET = "demo~secret.of_contoso-0123456789abcdefgh";
    private static final Pattern LINK =
            Pattern.compile("class=\"button primary\" href=\"([^\"]+)\"");
    private static final Pattern SHARED = Pattern.compile("http://localhost:8587(/guide/[^<\"]+)");

    private TestHouse house;
    private Emulator emulator;

    @BeforeAll
    void open(@TempDir Path data) {
        house = new TestHouse(data);
        emulator =
                Emulator.start(
                        EmulatorScript.demo()
                                .withRedirectUri("http://localhost:8587/oauth2/callback"),
                        house.clock);
        for (var role : Role.values())
            house.access.people().create(role.word() + "@example.com", new Secret(PASSWORD), role);
    }

    @AfterAll
    void close() {
        emulator.close();
        house.close();
    }

    @Test
    void microsoft_as_a_mailbox_in_five_steps() throws Exception {
        var browser = signedIn("setup");
        assertThat(browser.open("/services/new").page())
                .contains(
                        "Microsoft 365", "Another provider with OAuth2", "SendGrid", "Why OAuth2");

        var id = begin(browser, "microsoft-365");
        assertThat(browser.open("/services/" + id + "/setup/way").page())
                .contains("As a mailbox", "As an application", "a person signs in once");
        way(browser, id, "mailbox");
        assertThat(browser.page())
                .contains("http://localhost:8587/oauth2/callback", "Directory (tenant) ID")
                .contains("data-from=\"client_id\"", "data-quote=\"powershell\"");
        var values = microsoft("Office one");
        var without = new HashMap<>(values);
        without.put("authentication.tenant", "");
        submitValues(browser, id, without);
        assertThat(browser.status()).isEqualTo(422);
        assertThat(browser.page())
                .contains("one_organization means the organization with that ID", "set, ends with")
                .doesNotContain(SECRET);
        without.put("authentication.tenant", TENANT);
        without.put("authentication.client_secret", ""); // it is kept
        submitValues(browser, id, without);
        assertThat(browser.location()).endsWith("/services/" + id + "/setup");
        browser.open("/services/" + id + "/setup");
        assertThat(browser.location()).endsWith("/setup/authorize");

        browser.open("/services/" + id + "/setup/authorize");
        browser.submit("/services/" + id + "/authorize", Map.of());
        browser.open(back(browser, NOREPLY));
        browser.open(pathOf(browser.location()));
        assertThat(browser.page()).contains(NOREPLY + " signed in", "/setup/test");
        assertThat(state(id)).isEqualTo(ServiceState.READY);

        browser.open("/services/" + id + "/setup/test");
        browser.submit("/services/" + id + "/setup/test", Map.of("recipient", "ada@example.net"));
        assertThat(browser.location()).endsWith("/setup/test");
    }

    @Test
    void microsoft_as_an_application_needs_nobody_to_sign_in() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "application");
        assertThat(browser.page())
                .contains("New-ServicePrincipal", "Object ID", "set-up.ps1", "undo.ps1");
        var values = new HashMap<>(microsoft("App"));
        values.remove("authentication.account_type");
        values.put("object_id", CLIENT);
        submitValues(browser, id, values);
        assertThat(browser.page()).contains("Is the client ID. The object ID stands below it");
        values.put("object_id", "11111111-2222-4333-8444-555555555555");
        submitValues(browser, id, values);

        browser.open("/services/" + id + "/setup");
        assertThat(browser.location()).endsWith("/setup/test");
        assertThat(oauth2(id).grant()).isEqualTo(Grant.CLIENT_CREDENTIALS);
        assertThat(service(id).from().address()).hasToString(NOREPLY);
    }

    @Test
    void an_object_id_is_kept_for_the_guide_and_can_be_changed() throws Exception {
        var first = "11111111-2222-4333-8444-555555555555";
        var second = "66666666-7777-4888-8999-000000000000";
        var browser = signedIn("owner");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "application");
        var values = new HashMap<>(microsoft("App with object ID"));
        values.remove("authentication.account_type");
        values.put("object_id", first);
        values.put("then", "later");
        submitValues(browser, id, values);
        browser.open("/services/" + id + "/setup/at-provider");
        assertThat(browser.page()).contains("value=\"" + first + "\"");
        values.remove("then");
        submitValues(browser, id, values);

        browser.open("/services/" + id + "/guide");
        assertThat(browser.page()).contains(first);
        browser.open("/services/" + id + "/guide/set-up.ps1");
        assertThat(browser.page()).contains("$objectId = '" + first + "'");
        browser.open("/services/" + id + "/edit");
        assertThat(browser.page()).contains("value=\"" + first + "\"");
        browser.submit(
                "/services/" + id + "/edit",
                Map.of("object_id", CLIENT, "authentication.client_id", CLIENT));
        assertThat(browser.page()).contains("Is the client ID.");
        browser.submit("/services/" + id + "/edit", Map.of("object_id", second));

        browser.open("/services/" + id + "/guide/undo.ps1");
        assertThat(browser.page()).contains("$objectId = '" + second + "'");
        assertThat(browser.open("/audit?action=service.changed").page())
                .contains("object_id", first, second);
    }

    @Test
    void a_service_shows_from_where_its_mail_leaves_where_somebody_has_to_let_it_in()
            throws Exception {
        var browser = signedIn("viewer");
        var relay = house.service("Let in");

        assertThat(browser.open("/services/" + relay).page())
                .contains("Mail leaves from", "data-copy=\"203.0.113.5\"", "Conditional Access");
    }

    @Test
    void google_with_a_redirect_uri_to_copy() throws Exception {
        var browser = signedIn("operator");
        var id = begin(browser, "google");
        way(browser, id, "google-mailbox");
        assertThat(browser.page()).contains("https://mail.google.com/", "seven days");
        var at = emulator.google();
        submitValues(
                browser,
                id,
                Map.of(
                        "name", "Billing",
                        "authentication.client_id", "407408718192-demo.apps.googleusercontent.com",
                        "authentication.client_secret", "GOCSPX-demo-secret-of-fabrikam",
                        "authentication.login", "billing@fabrikam.example",
                        "authentication.authorization_endpoint", at.authorizeUrl().toString(),
                        "authentication.token_endpoint", at.tokenUrl().toString(),
                        "smtp.host", "smtp.gmail.com",
                        "smtp.port", "587",
                        "smtp.tls", "starttls"));

        browser.submit("/services/" + id + "/authorize", Map.of());
        browser.open(back(browser, "billing@fabrikam.example"));
        browser.open(pathOf(browser.location()));

        assertThat(browser.page()).contains("billing@fabrikam.example signed in");
        assertThat(state(id)).isEqualTo(ServiceState.READY);
    }

    @Test
    void a_user_name_and_password_and_every_field() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "password");
        way(browser, id, "password");
        var values = new HashMap<String, String>();
        values.put("name", "Relay two");
        values.put("authentication.username", "ada");
        values.put("authentication.password", "a password x9Qz");
        values.put("from.address", "noreply@example.com");
        values.put("from.name", "Example");
        values.put("reply_to", "answers@example.com");
        values.put("senders", "Support Team <support@example.com>\nbilling@example.com");
        values.put("usages", "transactional");
        values.put("limits.recipients_per_day", "500");
        values.put("limits.message_size", "25MB");
        values.put("smtp.host", "mail.example.com");
        values.put("smtp.port", "465");
        values.put("smtp.tls", "starttls");
        submitValues(browser, id, values);
        assertThat(browser.status()).isEqualTo(422);
        assertThat(browser.page()).contains("Port 465 speaks TLS from the first octet");
        values.put("smtp.tls", "implicit");
        submitValues(browser, id, values);

        var service = service(id);
        assertThat(service.senders()).hasSize(2);
        assertThat(service.replyTo()).hasToString("Optional[answers@example.com]");
        assertThat(service.limits().recipientsPerDay()).hasValue(500);
        assertThat(service.usages()).hasSize(1);
        assertThat(browser.open("/services").page()).contains("500 of 500 recipients left today");
        assertThat(browser.open("/services/" + id + "/edit").page())
                .contains("Support Team &lt;support@example.com&gt;", "set, ends with x9Qz")
                .doesNotContain("a password");
    }

    @Test
    void no_authentication_at_all() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "none");
        way(browser, id, "none");

        submitValues(browser, id, relay("Old relay"));

        assertThat(state(id)).isEqualTo(ServiceState.READY);
        assertThat(browser.open("/services/" + id).page()).contains("plain text");
    }

    @Test
    void a_draft_is_left_and_continued_and_carries_nothing() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "mailbox");
        submitValues(browser, id, Map.of("name", "Half done", "then", "later"));

        assertThat(browser.location()).endsWith("/services");
        assertThat(browser.open("/services").page())
                .contains("Half done", "step 3 of 5", "Continue", "is kept as a draft");
        assertThat(signedIn("viewer").open("/services").page())
                .contains("Half done")
                .doesNotContain("Continue</a>");
        assertThat(house.services.find("Half done")).isEmpty();
        browser.open("/services/" + id + "/setup");
        assertThat(browser.location()).endsWith("/setup/at-provider");
        browser.submit("/services/" + id + "/setup/discard", Map.of());
        assertThat(browser.open("/services/" + id + "/setup").status()).isEqualTo(404);
    }

    @Test
    void shapes_are_checked_while_typing_and_nothing_is_kept() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "mailbox");
        var values = new HashMap<>(microsoft("Typing"));
        values.put("authentication.client_secret", "11111111-2222-4333-8444-555555555555");
        values.put("authentication.tenant", CLIENT);
        values.put("authentication.login", "ada@outlook.com");
        values.put("smtp.host", "https://smtp.office365.com/");
        browser.submit("/services/" + id + "/setup/shapes", values);

        assertThat(browser.status()).isEqualTo(200);
        var wrong = TestHouse.JSON.readTree(browser.page());
        assertThat(wrong.path("authentication.client_secret").asString())
                .contains("looks like the secret's ID");
        assertThat(wrong.path("authentication.tenant").asString()).contains("Is the client ID");
        assertThat(wrong.path("smtp.host").asString()).contains("Is not a host name");
        var personal = new HashMap<>(microsoft("Typing"));
        personal.put("authentication.login", "ada@outlook.com");
        browser.open("/services/" + id + "/setup/at-provider");
        browser.submit("/services/" + id + "/setup/shapes", personal);
        assertThat(TestHouse.JSON.readTree(browser.page()).path("authentication.login").asString())
                .as(browser.page())
                .isNotEmpty();
        assertThat(browser.open("/services/" + id + "/setup/at-provider").page())
                .doesNotContain("ada@outlook.com");
    }

    @Test
    void shapes_asked_about_before_and_answered_after_saving_are_no_error() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "none");
        way(browser, id, "none");
        var values = relay("Quick relay");
        submitValues(browser, id, values);

        browser.submit("/services/" + id + "/setup/shapes", values);
        assertThat(browser.status()).isEqualTo(200);
        browser.submit("/services/4711/setup/shapes", values);
        assertThat(browser.status()).isEqualTo(404);
    }

    @Test
    void the_guide_completes_itself_with_what_is_typed_and_nothing_is_kept() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "mailbox");
        var values = new HashMap<>(microsoft("Typing"));
        values.put("authentication.login", "o'brien@contoso.example");

        browser.submit("/services/" + id + "/setup/guide", values);

        assertThat(browser.status()).isEqualTo(200);
        assertThat(browser.page())
                .contains("&#39;o&#39;&#39;brien@contoso.example&#39;", "Set-CASMailbox")
                .doesNotContain("<html", SECRET);
        assertThat(browser.open("/services/" + id + "/setup/at-provider").page())
                .doesNotContain("brien@contoso.example");
    }

    @Test
    void the_administrator_gets_an_address_that_shows_the_guide_and_no_secret() throws Exception {
        var browser = signedIn("setup");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "application");
        var values = new HashMap<>(microsoft("Shared <b>"));
        values.put("authentication.login", "o'brien@contoso.example");
        values.put("then", "later");
        submitValues(browser, id, values);
        browser.submit("/services/" + id + "/guide/link", Map.of("back", "setup"));
        browser.open("/services/" + id + "/setup/at-provider");
        var found = SHARED.matcher(browser.page());
        assertThat(found.find()).isTrue();
        var address = found.group(1);
        assertThat(browser.open("/services/" + id + "/setup/at-provider").page())
                .doesNotContain(address);

        var administrator = new Browser(house);
        administrator.open(address);
        assertThat(administrator.status()).isEqualTo(200);
        assertThat(administrator.page())
                .contains("&#39;o&#39;&#39;brien@contoso.example&#39;", TENANT, "Shared &lt;b&gt;")
                .doesNotContain(SECRET, "<b>", "/services", "_csrf");
        assertThat(administrator.header("Cache-Control")).isEqualTo("no-store");
        assertThat(administrator.header("X-Robots-Tag")).contains("noindex");
        administrator.open(address + "/set-up.ps1");
        assertThat(administrator.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"set-up.ps1\"");
        assertThat(administrator.page()).contains("New-ServicePrincipal").doesNotContain(SECRET);
        assertThat(administrator.open(address + "/undo.ps1").page())
                .contains("Remove-ServicePrincipal");
        assertThat(administrator.open("/services/" + id + "/guide").location())
                .contains("/login?to=");
        assertThat(
                        house.store.<String>read(tx ->
                                tx.first("select hash from guide_link", row -> row.string("hash"))
                                        .orElseThrow()))
                .doesNotContain(address.substring("/guide/".length()));

        house.clock.pass(Duration.ofDays(7));
        assertThat(administrator.open(address).status()).isEqualTo(404);
        browser = signedIn("setup");
        browser.submit("/services/" + id + "/guide/link", Map.of());
        browser.open("/services/" + id + "/guide");
        var next = SHARED.matcher(browser.page());
        assertThat(next.find()).isTrue();
        browser.submit("/services/" + id + "/guide/unlink", Map.of());
        assertThat(administrator.open(next.group(1)).status()).isEqualTo(404);
    }

    @Test
    void a_new_secret_is_tried_before_it_replaces_the_old_one() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "application");
        var values = new HashMap<>(microsoft("Rotated"));
        values.remove("authentication.account_type");
        submitValues(browser, id, values);

        browser.submit(
                "/services/" + id + "/edit",
                Map.of("authentication.client_secret", "wrong~secret.of_nobody-0123456789ab"));
        assertThat(browser.status()).isEqualTo(422);
        assertThat(browser.page())
                .contains("does not take the new secret", "Store it untried")
                .doesNotContain("wrong~secret");
        browser.submit(
                "/services/" + id + "/edit",
                Map.of("authentication.client_secret", SECRET, "from.name", "Contoso"));
        assertThat(browser.location()).endsWith("/services/" + id);
        assertThat(service(id).from().name()).hasValue("Contoso");
    }

    @Test
    void a_refused_secret_is_replaced_on_the_page_that_tells_of_it() throws Exception {
        var browser = signedIn("owner");
        var id = begin(browser, "microsoft-365");
        way(browser, id, "mailbox");
        var values = new HashMap<>(microsoft("Refused"));
        values.put("authentication.client_secret", "wrong~secret.of_nobody-0123456789ab");
        submitValues(browser, id, values);
        browser.submit("/services/" + id + "/authorize", Map.of());
        browser.open(back(browser, NOREPLY));
        browser.open(pathOf(browser.location()));
        assertThat(browser.page())
                .contains("Not authorized", "invalid_client", "Value here", "Save and try again")
                .contains("Postroom authorization of Refused", "login.microsoftonline.com/error")
                .doesNotContain("wrong~secret");

        browser.submit(
                "/services/" + id + "/edit",
                Map.of(
                        "then", "authorize",
                        "untried", "yes",
                        "authentication.client_secret", SECRET));
        assertThat(browser.page()).contains("Continue at Microsoft");
        browser.open(back(browser, NOREPLY));
        browser.open(pathOf(browser.location()));
        assertThat(browser.page()).contains(NOREPLY + " signed in");
    }

    @Test
    void a_service_is_duplicated_revoked_and_deleted_by_those_who_may() throws Exception {
        var id = house.service("Twice");
        var viewer = signedIn("viewer");
        viewer.open("/services/" + id);
        viewer.submit("/services/" + id + "/delete", Map.of());
        assertThat(viewer.status()).isEqualTo(403);
        assertThat(viewer.open("/services/" + id + "/edit").status()).isEqualTo(403);

        var browser = signedIn("setup");
        browser.submit("/services/" + id + "/duplicate", Map.of());
        browser.open(pathOf(browser.location()));
        assertThat(browser.page()).contains("Twice 2").doesNotContain("set, ends with");
        browser.submit("/services/" + id + "/delete", Map.of());
        assertThat(browser.location()).endsWith("/services");
        assertThat(house.services.find("Twice")).isEmpty();
    }

    private Map<String, String> microsoft(String name) {
        var at = emulator.microsoft();
        var values = new HashMap<String, String>();
        values.put("name", name);
        values.put("authentication.account_type", "one_organization");
        values.put("authentication.tenant", TENANT);
        values.put("authentication.client_id", CLIENT);
        values.put("authentication.client_secret", SECRET);
        values.put("authentication.login", NOREPLY);
        values.put("authentication.authorization_endpoint", at.authorizeUrl().toString());
        values.put("authentication.token_endpoint", at.tokenUrl().toString());
        values.put("smtp.host", "smtp.office365.com");
        values.put("smtp.port", "587");
        values.put("smtp.tls", "starttls");
        return values;
    }

    private static String begin(Browser browser, String provider) throws Exception {
        browser.open("/services/new");
        browser.submit("/services/new", Map.of("provider", provider));
        var found = Pattern.compile("/services/(\\d+)/setup/way").matcher(browser.location());
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static void way(Browser browser, String id, String way) throws Exception {
        browser.submit("/services/" + id + "/setup/way", Map.of("way", way, "transport", "smtp"));
        browser.open("/services/" + id + "/setup/at-provider");
        assertThat(browser.status()).isEqualTo(200);
    }

    private static void submitValues(Browser browser, String id, Map<String, String> values)
            throws Exception {
        browser.submit("/services/" + id + "/setup/at-provider", values);
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
        return pathOf(Person.accepts(URI.create(link.group(1).replace("&amp;", "&")), account));
    }

    private static String pathOf(String address) {
        var uri = URI.create(address);
        return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private Service service(String id) {
        return house.services.find(id).orElseThrow();
    }

    private OAuth2 oauth2(String id) {
        return (OAuth2) service(id).authentication();
    }

    private ServiceState state(String id) {
        return house.services.status(Long.parseLong(id)).state();
    }

    private static Map<String, String> relay(String name) {
        return Map.of(
                "name", name,
                "from.address", "noreply@example.com",
                "smtp.host", "10.0.0.5",
                "smtp.port", "25",
                "smtp.tls", "none");
    }
}
