package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.access.Role;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.QueueId;
import postroom.mail.Reply;
import postroom.secret.Secret;
import postroom.service.ServiceState;
import postroom.web.TestHouse;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleTest {
    private static final String PASSWORD = "correct horse";

    private TestHouse house;
    private String office = "";
    private String message = "";

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        house = new TestHouse(data);
        office = house.service("Office");
        for (var role : Role.values())
            house.access.people().create(role.word() + "@example.com", new Secret(PASSWORD), role);
        var answer =
                house.post(
                        "/v1/messages",
                        house.application("shop").apiKey(),
                        """
                        {"from": "shop@example.com", "to": ["a@example.net", "b@example.net"],
                         "subject": "<script>alert(1)</script>", "text": "Hello"}
                        """);
        message = TestHouse.json(answer).path("id").asString();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void the_first_person_signs_up_with_the_address_that_was_printed(@TempDir Path data)
            throws Exception {
        try (var fresh = new TestHouse(data)) {
            var token = fresh.access.people().issueFirstRun().orElseThrow().value();
            var browser = new Browser(fresh);

            browser.open("/welcome?token=" + token);
            browser.submit(
                    "/welcome",
                    Map.of("token", token, "email", "ada@example.com", "password", "short"));
            assertThat(browser.page()).contains("at least 10 characters");
            browser.submit(
                    "/welcome",
                    Map.of("token", token, "email", "ada@example.com", "password", PASSWORD));
            browser.signIn("ada@example.com", PASSWORD);

            assertThat(browser.open("/").page()).contains("Is mail flowing?", "ada@example.com");
            assertThat(new Browser(fresh).open("/welcome?token=" + token).page())
                    .contains("works once")
                    .doesNotContain("name=\"password\"");
        }
    }

    @Test
    void a_wrong_password_does_not_sign_in() throws Exception {
        var browser = new Browser(house);

        browser.signIn("viewer@example.com", "wrong password");

        assertThat(browser.location()).endsWith("/login?wrong");
        assertThat(browser.open("/login?wrong").page()).contains("do not fit");
        assertThat(browser.open("/login").page()).doesNotContain("do not fit", "too many");
        assertThat(browser.open("/").location()).endsWith("/login");
    }

    @Test
    void a_form_from_elsewhere_is_refused() throws Exception {
        var browser = new Browser(house);
        browser.signIn("owner@example.com", PASSWORD);

        browser.submitWithoutToken("/services/" + office + "/pause");

        assertThat(browser.status()).isEqualTo(403);
    }

    @Test
    void the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() throws Exception {
        var browser = new Browser(house);

        browser.signIn("owner@example.com", PASSWORD);

        assertThat(browser.cookieHeader()).contains("HttpOnly", "SameSite=Lax");
    }

    @Test
    void a_guide_shows_the_administrator_real_values() throws Exception {
        var settings =
                """
                {"name": "<b>Brien<b>", "preset": "microsoft-365-app",
                 "from": {"address": "o'brien@contoso.com"},
                 "authentication": {"login": "o'brien@contoso.com", "tenant": "contoso.com",
                   "client_id": "0f6a0000-0000-4000-8000-000000000002",
                   "client_secret": "a~secret.value-of_forty.characters_1",
                   "client_secret_expires": "2026-12-01"}}
                """;
        long id = house.services.create(TestHouse.JSON.readTree(settings), "test").id();
        var browser = new Browser(house);
        browser.signIn("viewer@example.com", PASSWORD);

        assertThat(browser.open("/services/" + id + "/guide").page())
                .contains(
                        "&#39;o&#39;&#39;brien@contoso.com&#39;",
                        "&lt;b&gt;Brien&lt;b&gt;",
                        "Enterprise applications",
                        "Remove-ServicePrincipal")
                .doesNotContain("<b>Brien", "secret.value");
        assertThat(browser.open("/services/" + id).page())
                .contains("The client secret ends in 10 days", "Worth changing", "/guide");
        assertThat(browser.open("/").page())
                .contains(
                        "The client secret of &lt;b&gt;Brien&lt;b&gt; runs out in 10 days",
                        "Replace secret");
        house.services.delete(id, "test");
    }

    @ParameterizedTest
    @CsvSource({
        "owner, 200, 200, 302",
        "operator, 200, 200, 302",
        "setup, 200, 403, 403",
        "viewer, 200, 200, 403",
    })
    void roles_see_and_do_what_they_may(String role, int services, int messages, int hold)
            throws Exception {
        var browser = new Browser(house);
        browser.signIn(role + "@example.com", PASSWORD);

        assertThat(browser.open("/services").status()).isEqualTo(services);
        assertThat(browser.open("/messages").status()).isEqualTo(messages);
        browser.open("/explain"); // any page gives the form's token
        browser.submit("/messages/" + message + "/hold", Map.of());
        assertThat(browser.status()).isEqualTo(hold);
        house.queue.release(QueueId.parse(message).orElseThrow());
    }

    @Test
    void a_message_shows_recipients_timeline_and_buttons_and_its_subject_as_text()
            throws Exception {
        var browser = new Browser(house);
        browser.signIn("operator@example.com", PASSWORD);

        assertThat(browser.open("/messages?q=a@example.net").page())
                .contains(message, "a@example.net", "+1", "queued");
        assertThat(browser.open("/messages?q=" + message).location())
                .endsWith("/messages/" + message);
        assertThat(browser.open("/messages/" + message).page())
                .contains("a@example.net", "b@example.net", "accepted", "Try now", "Hold")
                .contains("&lt;script&gt;")
                .doesNotContain("<script>");

        browser.submit("/messages/" + message + "/hold", Map.of());
        assertThat(browser.open("/messages/" + message).page()).contains("held", "Release");
        browser.submit("/messages/" + message + "/release", Map.of());
        assertThat(browser.open("/messages/" + message).page()).contains("Try now");
    }

    @Test
    void trouble_stands_on_top_with_what_to_do() throws Exception {
        var browser = new Browser(house);
        browser.signIn("operator@example.com", PASSWORD);
        long id = Long.parseLong(office);
        house.services.moveTo(
                id,
                ServiceState.FAILING,
                Optional.of("mailbox-full"),
                Optional.of("452 4.2.2 <b>full</b>"),
                Optional.empty());

        assertThat(browser.open("/").page()).contains("The mailbox is full", "What to do");
        assertThat(browser.open("/services/" + office).page())
                .contains("failing", "Wait, or ask", "452 4.2.2 &lt;b&gt;", "example.com/docs")
                .contains("Get-MailboxStatistics\nSet-Mailbox", "the recipient&#39;s side")
                .contains("set, ends with x7Qd")
                .doesNotContain("correct horse");

        browser.submit("/services/" + office + "/resume", Map.of());
        assertThat(browser.open("/").page()).doesNotContain("The mailbox is full");
    }

    @Test
    void open_alerts_stand_on_top_and_in_the_api(@TempDir Path data) throws Exception {
        try (var fresh = new TestHouse(data)) {
            fresh.access.people().create("ada@example.com", new Secret(PASSWORD), Role.VIEWER);
            var id = fresh.service("Relay <b>");
            fresh.services.moveTo(
                    Long.parseLong(id),
                    ServiceState.FAILING,
                    Optional.of("mailbox-full"),
                    Optional.of("no"),
                    Optional.empty());
            fresh.clock.pass(java.time.Duration.ofMinutes(10));
            fresh.alerts.lookAround();
            var browser = new Browser(fresh);
            browser.signIn("ada@example.com", PASSWORD);

            assertThat(browser.open("/").page())
                    .contains(
                            "Relay &lt;b&gt; is failing",
                            "The mailbox is full",
                            "Nobody was told by mail")
                    .containsOnlyOnce("Relay &lt;b&gt; is failing")
                    .contains("2026-11-21 12:00:00 UTC");
            var alert =
                    TestHouse.json(fresh.get("/v1/alerts", fresh.key(Role.VIEWER)))
                            .path("alerts")
                            .path(0);
            assertThat(alert.path("kind").asString()).isEqualTo("failing");
            assertThat(alert.path("service").asString()).isEqualTo(id);
            assertThat(alert.path("told_at").isNull() || alert.path("told_at").isMissingNode())
                    .isTrue();
        }
    }

    @Test
    void a_test_is_run_from_a_page_without_script_and_its_failure_stands_open() throws Exception {
        var id = house.localService("On trial");
        var browser = new Browser(house);
        browser.signIn("setup@example.com", PASSWORD);
        assertThat(browser.open("/services/" + id + "/test").page())
                .contains("Never tested yet", "setup@example.com", "an address at")
                .doesNotContain("<script>");
        house.smarthost.refusing(Stage.RCPT, Reply.of(550, "5.1.1", "<b>no</b> such user"));

        browser.submit("/services/" + id + "/test", Map.of("recipient", "ada@example.net"));
        assertThat(browser.location()).endsWith("/services/" + id + "/test");
        awaitEnd(browser, id);

        assertThat(browser.page())
                .contains("Failed", "Recipient accepted", "&lt;b&gt;no&lt;/b&gt;", "What to do")
                .contains("not reached", "Conversation", "Postroom test of On trial");
        assertThat(browser.open("/services").page()).contains("not verified yet");

        house.smarthost.takesEverything();
        browser.open("/services/" + id + "/test");
        browser.submit("/services/" + id + "/test", Map.of("recipient", "ada@example.net"));
        awaitEnd(browser, id);
        assertThat(browser.page()).contains("Passed", "Verified", "Look in the mailbox");
        assertThat(browser.open("/services/" + id).page()).contains("The last test", "Verified");
        browser.submit("/services/" + id + "/test", Map.of("recipient", "nobody"));
        assertThat(browser.status()).isEqualTo(422);
        house.services.delete(Long.parseLong(id), "test");
    }

    @Test
    void whoever_may_only_look_sees_the_last_test_and_cannot_run_one() throws Exception {
        var browser = new Browser(house);
        browser.signIn("viewer@example.com", PASSWORD);

        assertThat(browser.open("/services/" + office + "/test").page()).doesNotContain("Run test");
        browser.submit("/services/" + office + "/test", Map.of("recipient", "a@example.net"));
        assertThat(browser.status()).isEqualTo(403);
    }

    private static void awaitEnd(Browser browser, String id) throws Exception {
        for (int i = 0; i < 200; i++) {
            if (browser.open("/services/" + id + "/test").header("Refresh").isEmpty()) return;
            Thread.sleep(25);
        }
        throw new AssertionError("the test did not end: " + browser.page());
    }

    @Test
    void an_error_that_is_pasted_is_explained() throws Exception {
        var browser = new Browser(house);
        browser.signIn("viewer@example.com", PASSWORD);

        assertThat(browser.open("/explain?text=452+4.2.2+mailbox+full").page())
                .contains("The mailbox is full", "Wait, or ask");
    }

    @Test
    void who_lost_the_role_or_signed_out_sees_nothing_more() throws Exception {
        var browser = new Browser(house);
        browser.signIn("viewer@example.com", PASSWORD);
        browser.open("/");

        browser.submit("/logout", Map.of());

        assertThat(browser.open("/").location()).endsWith("/login");
    }

    @Test
    void a_page_that_is_not_there_says_so_as_a_page() throws Exception {
        var browser = new Browser(house);

        browser.open("/nowhere");

        assertThat(browser.status()).isEqualTo(404);
        assertThat(browser.page()).contains("<h1>Not found</h1>");
    }
}
