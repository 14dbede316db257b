package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.access.Issued;
import postroom.access.Role;
import postroom.mail.QueueId;
import postroom.queue.Filter;
import postroom.queue.MessageRow;
import postroom.queue.RecipientRow;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Dashboard, messages, one message and its content.
class WatchPagesTest {
    private static final String PASSWORD = "correct horse";

    private TestHouse house;
    private Issued shop;
    private String office = "";
    private Browser owner;

    @BeforeEach
    @SuppressWarnings("NullAway.Init") // the shop is there once a test sets it up
    void open(@TempDir Path data) throws Exception {
        house = new TestHouse(data);
        owner = as(Role.OWNER);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void a_new_house_teaches_the_first_steps() throws Exception {
        assertThat(owner.open("/").page()).contains("No way out yet", "/services/new");

        setUp();

        assertThat(owner.open("/").page()).contains("No message yet", "post.example.com", "curl");
        assertThat(owner.open("/messages").page()).contains("No message yet", "2587");
    }

    @Test
    void the_dashboard_counts_and_every_number_leads_to_its_messages() throws Exception {
        setUp();
        accepted("Invoice");
        accepted("Reminder");

        var page = owner.open("/").page();

        assertThat(page).contains("(4 waiting) Dashboard", "state=waiting", "What became of");
        assertThat(page).contains("0 sent, 4 waiting, 0 failed");
        assertThat(page).containsPattern("Waiting, by age[\\s\\S]*?Office[\\s\\S]*?>4</a>");
        assertThat(owner.open(link(page, "since=5m")).page()).contains("Invoice", "Reminder");
        assertThat(owner.open(link(page, "until=2026-11-21T13")).page()).contains("Invoice");
        assertThat(owner.open("/dashboard/hours").page()).contains("2026-11-21 12:00:00 UTC");
    }

    @Test
    void the_dashboard_asks_for_changes_and_hears_nothing_where_there_is_none() throws Exception {
        setUp();
        accepted("Invoice");
        var mark = found(owner.open("/").page(), "id=\"mark\" name=\"mark\" value=\"([\\w-]+)\"");

        assertThat(owner.open("/dashboard/live?mark=" + mark).status()).isEqualTo(204);
        accepted("Reminder");
        owner.open("/dashboard/live?mark=" + mark);

        assertThat(owner.status()).isEqualTo(200);
        assertThat(owner.page()).contains("data-title=\"(4 waiting)").doesNotContain("<html");
    }

    @Test
    void who_sets_services_up_sees_numbers_and_no_messages() throws Exception {
        setUp();
        accepted("Invoice");
        var setup = as(Role.SETUP);

        assertThat(setup.open("/").page())
                .contains("(2 waiting)")
                .doesNotContain("href=\"/messages");
        assertThat(setup.open("/messages").status()).isEqualTo(403);
        assertThat(setup.open("/messages/change?verb=hold").status()).isEqualTo(403);
    }

    @Test
    void messages_are_found_by_words_and_the_address_bar_says_it() throws Exception {
        setUp();
        var invoice = accepted("Invoice 1042");
        accepted("Reminder");

        assertThat(owner.open("/messages?q=invoice").page())
                .contains("Invoice 1042")
                .doesNotContain("Reminder");
        assertThat(owner.open("/messages?q=" + invoice).location())
                .endsWith("/messages/" + invoice);
        assertThat(owner.open("/messages?q=nobody@example.org").page()).contains("No message fits");
        assertThat(owner.open("/messages?q=to:b@example.net&state=queued").page())
                .contains("Invoice 1042", "Reminder");
        assertThat(owner.open("/messages?service=nobody").page()).contains("No message fits");
        assertThat(owner.open("/messages?since=nonsense&until=%00&cursor=x&state=lost").page())
                .contains("Invoice 1042");
    }

    @Test
    void ticked_messages_are_changed_and_what_was_not_is_said_with_its_reason() throws Exception {
        setUp();
        var one = accepted("One");
        var two = accepted("Two");
        house.queue.hold(id(two));

        owner.open("/messages?q=one");
        owner.submit("/messages/change", Map.of("verb", "hold", "q", "one", "id", one));
        assertThat(owner.location()).endsWith("/messages?q=one");
        assertThat(owner.open("/messages?q=one").page()).contains("1 message is held.");

        owner.submit("/messages/change", Map.of("verb", "hold", "id", two));
        assertThat(owner.open("/messages").page())
                .contains("No message was held; unchanged: 1 held, to be released first.");
        owner.submit("/messages/change", Map.of("verb", "release"));
        assertThat(owner.open("/messages").page()).contains("Nothing was ticked.");
        assertThat(states(one)).containsOnly("held");
    }

    @Test
    void all_that_a_search_finds_is_counted_first_and_changed_step_by_step() throws Exception {
        setUp();
        for (int i = 0; i < 210; i++) accepted("Invoice " + i);
        accepted("Reminder");
        owner.open("/messages?q=invoice");

        owner.submit("/messages/change", Map.of("verb", "cancel", "q", "invoice", "all", "yes"));
        assertThat(owner.location()).contains("/messages/change?q=invoice").contains("verb=cancel");
        assertThat(owner.open("/messages/change?q=invoice&verb=cancel").page())
                .contains("The search finds 210 messages.");
        assertThat(waiting()).isEqualTo(211);

        owner.submit("/messages/change/step", Map.of("verb", "cancel", "q", "invoice"));
        assertThat(owner.page()).contains("200 messages are cancelled.", "Stop here");
        var cursor = found(owner.page(), "name=\"cursor\" value=\"(\\w+)\"");
        var swept = found(owner.page(), "name=\"swept\" value=\"([^\"]+)\"");
        owner.submit(
                "/messages/change/step",
                Map.of("verb", "cancel", "q", "invoice", "cursor", cursor, "swept", swept));

        assertThat(owner.page()).contains("210 messages are cancelled.", "That was all.");
        assertThat(waiting()).isEqualTo(1);
    }

    @Test
    void a_message_tells_its_story_and_takes_its_buttons() throws Exception {
        setUp();
        var relay = house.service("Relay");
        var id = accepted("Invoice");

        var page = owner.open("/messages/" + id).page();
        assertThat(page)
                .contains("Invoice", "a@example.net", "accepted", "over HTTP", "for Office");

        owner.submit("/messages/" + id + "/reroute", Map.of("to", relay));
        assertThat(owner.open("/messages/" + id).page())
                .contains("1 message takes the other service.", "through Relay");
        owner.submit("/messages/" + id + "/cancel", Map.of());
        assertThat(owner.open("/messages/" + id).page()).contains("cancelled");
        owner.submit("/messages/" + id + "/retry", Map.of());
        assertThat(owner.open("/messages/" + id).page())
                .contains("No message is due now; unchanged: 1 that are done already.");
    }

    @Test
    void a_message_leads_to_its_service_its_credential_and_back() throws Exception {
        setUp();
        var id = accepted("Invoice");

        for (var path : List.of("/messages", "/messages/" + id))
            assertThat(owner.open(path).page())
                    .contains("href=\"/services/" + office + "\"")
                    .containsPattern("href=\"/credentials/\\d+\">as shop</a>");
        owner.open(link(owner.page(), "/credentials/"));
        owner.open(link(owner.page(), "/messages?credential="));

        assertThat(owner.page()).contains("Invoice");
        assertThat(as(Role.SETUP).open("/credentials").status()).isEqualTo(200);
    }

    @Test
    void a_message_that_waits_leads_from_the_list_to_what_to_do() throws Exception {
        setUp();
        var id = accepted("Invoice");
        house.store.write(tx ->
                tx.update(
                        "update recipient set state = 'deferred', advice = ? where message_id = ?",
                        "mailbox-full",
                        id(id).value()));

        owner.open(link(owner.open("/messages").page(), "/explain?advice="));

        assertThat(owner.status()).isEqualTo(200);
        assertThat(owner.page()).contains("The mailbox is full");
    }

    @Test
    void a_message_is_sent_again_as_a_new_one() throws Exception {
        setUp();
        var id = accepted("Invoice");
        owner.open("/messages/" + id);

        owner.submit("/messages/" + id + "/again", Map.of("to", "b@example.net"));

        var fresh = owner.location().replaceFirst(".*/", "");
        assertThat(fresh).isNotEqualTo(id);
        assertThat(owner.open("/messages/" + fresh).page())
                .contains("This is a new message with the content of " + id)
                .contains("b@example.net")
                .doesNotContain("a@example.net");
        assertThat(row(fresh).messageId()).isNotEqualTo(row(id).messageId());
        assertThat(row(fresh).subject()).isEqualTo("Invoice");
        owner.submit("/messages/" + id + "/again", Map.of("to", "stranger@example.net"));
        assertThat(owner.open("/messages/" + id).page()).contains("Nobody was ticked.");
    }

    @Test
    void content_is_shown_to_owners_and_operators_alone() throws Exception {
        setUp();
        var id = accepted("Invoice");

        for (var role : Role.values()) {
            boolean may = role == Role.OWNER || role == Role.OPERATOR;
            var browser = as(role);
            for (var path : List.of("", "/html", "/parts/0", "/message.eml"))
                assertThat(browser.open("/messages/" + id + "/content" + path).status())
                        .as(role + path)
                        .isEqualTo(may ? 200 : 403);
        }
        assertThat(as(Role.VIEWER).open("/messages/" + id).page())
                .contains("Invoice")
                .doesNotContain("/content", "Hello there");
    }

    @Test
    void html_of_a_message_stands_alone_and_may_do_nothing() throws Exception {
        setUp();
        var id = accepted("Invoice");

        assertThat(owner.open("/messages/" + id + "/content").page())
                .contains("<iframe", "sandbox=\"\"", "https://evil.example/")
                .doesNotContain("Hello there", "alert(1)");
        owner.open("/messages/" + id + "/content/html");

        assertThat(owner.page()).contains("Hello there").doesNotContain("<script", "href", "pixel");
        assertThat(owner.header("Content-Security-Policy"))
                .startsWith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
                .contains("frame-ancestors 'self'");
        assertThat(owner.header("X-Frame-Options")).isEqualTo("SAMEORIGIN");
        assertThat(owner.header("Cache-Control")).contains("no-store");
        assertThat(owner.open("/messages/" + id).header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(owner.page()).contains("looked at", "by owner@example.com");
        assertThat(owner.open("/messages/" + id + "/content?as=source").page())
                .contains("Subject: Invoice");
    }

    @Test
    void files_are_downloaded_and_never_shown() throws Exception {
        setUp();
        var id = accepted("Invoice");
        var page = owner.open("/messages/" + id + "/content").page();

        assertThat(page).contains("evil.html");
        owner.open(link(page, "/content/parts/"));

        assertThat(owner.page()).contains("<script>");
        assertThat(owner.header("Content-Disposition")).startsWith("attachment");
        assertThat(owner.header("Content-Type")).startsWith("application/octet-stream");
        assertThat(owner.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(owner.header("Content-Security-Policy")).startsWith("sandbox");
        assertThat(owner.open("/messages/" + id + "/content/parts/99").status()).isEqualTo(404);
    }

    @Test
    void after_retention_the_page_says_when_the_content_was_erased() throws Exception {
        setUp();
        var id = accepted("Invoice");
        house.queue.cancel(id(id));
        house.clock.pass(Duration.ofDays(8));
        house.queue.eraseContent(house.clock.instant().minus(Duration.ofDays(7)), 10);
        owner = as(Role.OWNER); // the session ended long ago

        assertThat(owner.open("/messages/" + id).page())
                .contains("The content was erased, 7 days after", "2026-11-28")
                .doesNotContain("/content\"");
        assertThat(owner.open("/messages/" + id + "/content").status()).isEqualTo(404);
    }

    private void setUp() throws Exception {
        office = house.service("Office");
        shop = house.application("shop");
    }

    private String accepted(String subject) throws Exception {
        var answer =
                house.post(
                        "/v1/messages",
                        shop.apiKey(),
                        """
                        {"from": "shop@example.com", "to": ["a@example.net", "b@example.net"],
                         "subject": "%s", "text": "Hello there",
                         "html": "<p>Hello there</p><script>alert(1)</script><img src='https://evil.example/pixel'><a href='https://evil.example/'>x</a>",
                         "attachments": [{"filename": "evil.html", "content_type": "text/html",
                           "content": "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="}]}
                        """
                                .formatted(subject));
        return TestHouse.json(answer).path("id").asString();
    }

    private Browser as(Role role) throws Exception {
        if (house.access.people().withEmail(role.word() + "@example.com").isEmpty())
            house.access.people().create(role.word() + "@example.com", new Secret(PASSWORD), role);
        var browser = new Browser(house);
        browser.signIn(role.word() + "@example.com", PASSWORD);
        return browser;
    }

    private QueueId id(String text) {
        return QueueId.parse(text).orElseThrow();
    }

    private MessageRow row(String text) {
        return house.queue.message(id(text)).orElseThrow();
    }

    private List<String> states(String text) {
        return house.queue.recipients(id(text)).stream().map(RecipientRow::state).toList();
    }

    private long waiting() {
        return house.queue.count(Filter.ALL.withState("waiting"), 1_000).found();
    }

    private static String link(String page, String part) {
        return found(page, "href=\"([^\"]*" + Pattern.quote(part) + "[^\"]*)\"")
                .replace("&amp;", "&");
    }

    private static String found(String page, String pattern) {
        return Optional.of(Pattern.compile(pattern).matcher(page))
                .filter(it -> it.find())
                .map(it -> it.group(1))
                .orElseThrow(() -> new AssertionError("no " + pattern + " in " + page));
    }
}
