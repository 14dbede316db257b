package postroom.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.Provider;

import java.nio.file.Path;
import java.util.regex.Pattern;

/// What an owner does in the console on the day that matters, from the first page to the first
/// message that left, and what they read when something is wrong.
@Order(1) // takes long
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoriesTest {

    private static final String NOREPLY = "noreply@contoso.example";
    private static final String BILLING = "billing@fabrikam.example";
    private static final String CUSTOMER = "customer@fabrikam.example";

    private Chromium chromium;
    private Town town;
    private Visit visit;

    @BeforeAll
    void open() {
        chromium = Chromium.start();
        PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    }

    @AfterAll
    void close() {
        if (chromium != null) chromium.close();
    }

    @BeforeEach
    void begin(@TempDir Path data) {
        town = new Town(data, false);
        visit = new Visit(chromium, town, 1280, ColorScheme.LIGHT);
        becomeOwner();
    }

    @AfterEach
    void end() {
        visit.close();
        town.close();
    }

    @Test
    void from_the_first_page_to_the_first_message_through_microsoft() throws Exception {
        visit.follow("New service");
        visit.picture("story-1-provider");
        visit.choose("microsoft-365");
        visit.picture("story-2-way");
        visit.press("Continue");
        fillMicrosoft();
        visit.picture("story-3-at-the-provider");
        visit.press("Save and continue");
        visit.picture("story-4-authorize");
        visit.press("Authorize");
        visit.follow("Continue at Microsoft");
        visit.press("Accept");
        assertThat(visit.heading()).containsText("Authorized");
        assertThat(visit.main()).containsText(NOREPLY + " signed in");
        visit.picture("story-5-authorized");
        visit.follow("Test it now");
        passTheTest(CUSTOMER);
        visit.picture("story-6-tested");

        visit.follow("Let applications use it");
        visit.follow("New credential");
        visit.fill("name", "erp");
        visit.fill("senders", "*@contoso.example");
        visit.press("Create");
        visit.picture("story-7-credential");
        town.submit(
                shown("SMTP user name"), shown("SMTP password"), NOREPLY, CUSTOMER, "Invoice 1");

        visit.go("/messages");
        visit.follow("Invoice 1");
        visit.untilItSays("sent");
        assertThat(visit.main().locator(".timeline"))
                .containsText(Pattern.compile("over SMTP from 127.0.0.1 .*as erp, 1 recipient"));
        assertThat(visit.main().locator(".timeline")).containsText("250 2.0.0");
        visit.picture("story-8-message");
        assertThat(town.emulator.mailboxes().sentTo(CUSTOMER))
                .hasSize(2); // the test, and the invoice
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void google_lets_it_send_after_a_person_said_yes() {
        newService("google", "google-mailbox");
        fillGoogle();
        goTo("Google");
        visit.press("Continue");
        assertThat(visit.main()).containsText(BILLING + " signed in");
        visit.follow("Test it now");
        passTheTest("ada@contoso.example");
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void as_an_application_nobody_signs_in() {
        newService("microsoft-365", "application");
        fillMicrosoft();
        visit.press("Save and continue");
        assertThat(visit.heading()).containsText("Test Office"); // nothing to authorize
        passTheTest(CUSTOMER);
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void with_a_code_on_another_device_the_page_goes_on_by_itself() {
        newService("microsoft-365", "device");
        fillMicrosoft();
        visit.press("Save and continue");
        visit.press("Use a code on another device");
        var code =
                visit.main().locator("ol.steps code, ol.steps strong").last().innerText().strip();
        var address = visit.main().locator("ol.steps a").getAttribute("href");
        visit.picture("story-device");
        var phone = visit.secondTab(address);
        phone.fill("input[name=user_code]", code.lines().findFirst().orElseThrow());
        phone.check("input[value='" + NOREPLY + "']");
        phone.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Accept")).click();
        assertThat(visit.heading()).containsText("Authorized");
        visit.follow("Test it now");
        passTheTest(CUSTOMER);
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void whoever_signs_in_as_somebody_else_is_told_whom_it_takes() {
        newService("microsoft-365", "mailbox");
        fillMicrosoft();
        goTo("Microsoft");
        visit.page.check("input[value='shared@contoso.example']");
        visit.press("Accept");
        assertThat(visit.main())
                .containsText(
                        "You signed in as shared@contoso.example, but this service signs in as "
                                + NOREPLY);
        visit.picture("story-wrong-account");

        visit.press("Sign in with another account");
        visit.follow("Continue at Microsoft");
        visit.press("Accept");
        assertThat(visit.heading()).containsText("Authorized");
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void a_refused_secret_is_replaced_where_it_is_told() {
        newService("microsoft-365", "mailbox");
        fillMicrosoft();
        visit.fill("authentication.client_secret", "not~the.secret_of_contoso-0123456789abcd");
        goTo("Microsoft");
        visit.press("Accept");
        assertThat(visit.heading()).containsText("Not authorized");
        assertThat(visit.main()).containsText("AADSTS7000215");
        assertThat(visit.main()).containsText("What Microsoft said");
        visit.picture("story-refused-secret");

        visit.fill(
                "authentication.client_secret",
                town.client(Provider.MICROSOFT).secrets().getFirst());
        visit.press("Save and try again");
        visit.follow("Continue at Microsoft");
        visit.press("Accept");
        assertThat(visit.heading()).containsText("Authorized");
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void a_box_that_was_left_empty_is_named() {
        newService("google", "google-mailbox");
        fillGoogle();
        goTo("Google");
        visit.page.uncheck("input[value='https://mail.google.com/']");
        visit.press("Continue");
        assertThat(visit.main()).containsText("https://mail.google.com/ was not granted");
        visit.picture("story-missing-scope");

        visit.press("Try again");
        visit.follow("Continue at Google");
        visit.press("Continue");
        assertThat(visit.heading()).containsText("Authorized");
        assertThat(visit.complaints()).isEmpty();
    }

    @Test
    void where_smtp_is_switched_off_the_test_says_what_the_administrator_runs() {
        newService("microsoft-365", "application");
        fillMicrosoft();
        visit.press("Save and continue");
        town.emulator.change(mailbox("disabled_mailbox"));
        visit.fill("recipient", CUSTOMER);
        visit.press("Run test");
        assertThat(visit.page.locator("#report")).containsText("Failed");
        assertThat(visit.page.locator("#report li.bad"))
                .containsText("SMTP AUTH is switched off for this mailbox");
        assertThat(visit.page.locator("#report li.bad"))
                .containsText(
                        "Set-CASMailbox -Identity '"
                                + NOREPLY
                                + "' -SmtpClientAuthenticationDisabled $false");
        assertThat(visit.page.locator("#report")).containsText("not reached");
        visit.picture("story-smtp-off");

        town.emulator.change(mailbox("enabled"));
        passTheTest(CUSTOMER);
        assertThat(visit.complaints()).isEmpty();
    }

    private static String mailbox(String smtpAuth) {
        return """
        mailboxes:
          - address: %s
            provider: microsoft
            password: contoso-demo-password
            smtp_auth: %s
        """
                .formatted(NOREPLY, smtpAuth);
    }

    private void becomeOwner() {
        var address =
                Pattern.compile("http\\S+/welcome\\?token=\\S+")
                        .matcher(town.printed())
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group();
        visit.page.navigate(address);
        visit.fill("email", Town.OWNER);
        visit.fill("password", Town.PASSWORD);
        visit.press("Create the owner");
        assertThat(visit.heading()).containsText("You are in");
    }

    private void newService(String provider, String way) {
        visit.go("/services/new");
        visit.choose(provider);
        visit.page.check("input[name=way][value='" + way + "']");
        visit.press("Continue");
    }

    /// With the values that stand in the form, to the provider's own pages.
    private void goTo(String provider) {
        visit.press("Save and continue");
        visit.press("Authorize");
        visit.follow("Continue at " + provider);
    }

    private void fillMicrosoft() {
        var client = town.client(Provider.MICROSOFT);
        var tenant = town.emulator.script().tenants().getFirst().id();
        var provider = town.emulator.microsoft().ofTenant(tenant);
        visit.fill("name", "Office");
        visit.fill("authentication.tenant", tenant);
        visit.fill("authentication.client_id", client.id());
        visit.fill("authentication.client_secret", client.secrets().getFirst());
        visit.fill("authentication.login", NOREPLY);
        overTheRoad(town.emulator.microsoft().smtpPort());
        visit.fill("authentication.authorization_endpoint", provider.authorizeUrl().toString());
        visit.fill("authentication.token_endpoint", provider.secure().tokenUrl().toString());
        visit.fill("authentication.device_authorization_endpoint", provider.deviceUrl().toString());
    }

    private void fillGoogle() {
        var client = town.client(Provider.GOOGLE);
        visit.fill("name", "Billing");
        visit.fill("authentication.client_id", client.id());
        visit.fill("authentication.client_secret", client.secrets().getFirst());
        visit.fill("authentication.login", BILLING);
        overTheRoad(town.emulator.google().smtpPort());
        visit.fill(
                "authentication.authorization_endpoint",
                town.emulator.google().authorizeUrl().toString());
        visit.fill(
                "authentication.token_endpoint",
                town.emulator.google().secure().tokenUrl().toString());
    }

    /// The imaginary providers are on this machine, with a certificate of their own.
    private void overTheRoad(int port) {
        visit.fill("smtp.host", "localhost");
        visit.fill("smtp.port", Integer.toString(port));
        visit.page.getByText("More settings").click();
        visit.fill("smtp.trusted_ca", town.emulator.trustedCa());
    }

    private void passTheTest(String recipient) {
        visit.fill("recipient", recipient);
        visit.press("Run test");
        assertThat(visit.page.locator("#report h2")).containsText("Passed");
    }

    /// What stands beside that word where it is shown for once.
    private String shown(String word) {
        return visit.page
                .locator("section.card dt:text-is('" + word + "') + dd code")
                .first()
                .innerText();
    }
}
