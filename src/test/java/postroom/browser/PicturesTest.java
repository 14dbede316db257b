package postroom.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.Provider;

import java.nio.file.Path;

/// The pictures of README and docs, taken of pages as they are: what they are to show has to be
/// there. `make pictures` takes them anew.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PicturesTest {

    private static final ContainsTextOptions IN_THE_END =
            new ContainsTextOptions().setTimeout(30_000);
    private static final String NOREPLY = "noreply@contoso.example";

    private Chromium chromium;

    @BeforeAll
    void open() {
        chromium = Chromium.start();
    }

    @AfterAll
    void close() {
        if (chromium != null) chromium.close();
    }

    @Test
    void a_busy_day(@TempDir Path data) throws Exception {
        try (var town = new Town(data, true)) {
            new BusyDay(town, data);
            try (var visit = visit(town, ColorScheme.LIGHT)) {
                draft(visit);
                visit.go("/");
                assertThat(visit.main()).containsText("Billing Gmail needs authorization");
                assertThat(visit.main()).containsText("37");
                Album.picture(visit, town, "dashboard", 1100);

                visit.go("/services");
                assertThat(visit.main()).containsText("paused");
                assertThat(visit.main()).containsText("Continue");
                Album.picture(visit, town, "services", 980);

                visit.go("/messages?q=Order");
                visit.follow("Order 20931: confirmation");
                visit.press("Try now");
                visit.untilItSays("attempt 2");
                Album.picture(visit, town, "message", 1210);
            }
            try (var night = visit(town, ColorScheme.DARK)) {
                Album.picture(night, town, "dashboard-dark", 700);
            }
        }
    }

    private void draft(Visit visit) {
        visit.go("/services/new");
        visit.choose("microsoft-365");
        visit.press("Continue");
        visit.fill("name", "Support");
        visit.press("Save for later");
    }

    @Test
    void step_three_at_the_provider(@TempDir Path data) throws Exception {
        try (var town = new Town(data, true);
                var visit = visit(town, ColorScheme.LIGHT)) {
            visit.go("/services/new");
            visit.choose("microsoft-365");
            visit.page.check("input[name=way][value='application']");
            visit.press("Continue");
            var client = town.client(Provider.MICROSOFT);
            visit.fill("name", "Office");
            visit.fill("authentication.tenant", town.emulator.script().tenants().getFirst().id());
            visit.fill("authentication.client_id", client.id());
            visit.fill("authentication.client_secret", client.secrets().getFirst());
            visit.fill("authentication.login", NOREPLY);
            visit.fill("object_id", "cce5736b-e53f-4601-bf1c-23acf9f7a420");
            visit.page.waitForLoadState(LoadState.NETWORKIDLE);
            assertThat(visit.main()).containsText("New-ServicePrincipal");
            Album.picture(visit, town, "new-service", 1200);
        }
    }

    @Test
    void a_refused_secret(@TempDir Path data) throws Exception {
        try (var town = new Town(data, true);
                var visit = visit(town, ColorScheme.LIGHT)) {
            var tenant = town.emulator.script().tenants().getFirst().id();
            var here = town.emulator.microsoft().ofTenant(tenant);
            var office = town.contoso("Office");
            office.withObject("/authentication")
                    .put("grant", "authorization_code")
                    .put("authorization_endpoint", here.authorizeUrl().toString())
                    .put("client_secret", "old~secret.of_contoso-0123456789abcdefgh");
            long id = town.post("/v1/services", office).path("id").asLong();
            visit.go("/services/" + id);
            visit.press("Authorize");
            visit.follow("Continue at Microsoft");
            visit.press("Accept");
            assertThat(visit.heading()).containsText("Not authorized");
            assertThat(visit.main()).containsText("AADSTS7000215");
            Album.picture(visit, town, "authorization", 930);
        }
    }

    @Test
    void a_test_where_smtp_is_switched_off(@TempDir Path data) throws Exception {
        try (var town = new Town(data, true);
                var visit = visit(town, ColorScheme.LIGHT)) {
            long id = town.post("/v1/services", town.contoso("Office")).path("id").asLong();
            town.emulator.change(
                    """
                    mailboxes:
                      - { address: %s, provider: microsoft, smtp_auth: disabled_mailbox }
                    """
                            .formatted(NOREPLY));
            visit.go("/services/" + id + "/test");
            visit.fill("recipient", "ada@contoso.example");
            visit.press("Run test");
            assertThat(visit.page.locator("#report")).containsText("Failed", IN_THE_END);
            assertThat(visit.page.locator("#report"))
                    .containsText("SMTP AUTH is switched off for this mailbox");
            Album.picture(visit, town, "test", 1275);
        }
    }

    private Visit visit(Town town, ColorScheme scheme) {
        return new Visit(chromium, town, 1280, scheme).signIn();
    }
}
