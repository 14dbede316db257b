package postroom.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.catalog.JsonCatalog;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

@OnBothDatabases
class TokenSignInsTest {
    @Parameter Database database;

    private static final Instant START = Instant.parse("2026-11-21T09:00:00Z");
    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    private static final JsonCatalog CATALOG = JsonCatalog.ours();

    @TempDir Path directory;
    private volatile Instant now = START;
    private final InstantSource clock = () -> now;
    private final Deque<Runnable> behindTheScenes = new ArrayDeque<>();
    private FakeProvider provider;
    private Store store;
    private EventLog events;
    private Services services;
    private TokenSignIns signIns;

    @BeforeEach
    void open() throws Exception {
        provider = new FakeProvider();
        store = database.open(directory, clock);
        events = new EventLog(store, clock);
        services = Services.open(store, events, VAULT, Presets.ours(), CATALOG, clock);
        signIns = signIns("node-1");
    }

    @AfterEach
    void close() {
        provider.close();
        store.close();
    }

    @Test
    void an_application_shows_its_secret_and_gets_an_access_token() {
        var office = application();

        var signIn = signIns.signInFor(office);

        assertThat(signIn).isInstanceOf(SignIn.Bearer.class);
        var bearer = (SignIn.Bearer) signIn;
        assertThat(bearer.user()).isEqualTo("noreply@example.com");
        assertThat(bearer.accessToken()).isEqualTo(new Secret("access-1"));
        assertThat(bearer.expires()).isEqualTo(START.plus(Duration.ofHours(1)));
        assertThat(provider.requests().getFirst().form())
                .isEqualTo(
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", "0f6a0000-0000-4000-8000-000000000002",
                                "client_secret", "a~secret.value/of+forty=characters",
                                "scope", "https://outlook.office365.com/.default"));
    }

    @Test
    void a_secret_travels_in_the_header_where_the_provider_wants_it_there() {
        var office =
                create(
                        """
                        {"name": "Other", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                         "authentication": {"type": "oauth2", "provider": "custom",
                           "grant": "client_credentials", "login": "a@example.com",
                           "client_id": "me", "client_secret": "s3cret:value",
                           "client_authentication": "client_secret_basic",
                           "token_endpoint": "%s", "scopes": ["mail"]}}
                        """);

        signIns.signInFor(office);

        var request = provider.requests().getFirst();
        assertThat(request.authorization()).contains("Basic bWU6czNjcmV0JTNBdmFsdWU=");
        assertThat(request.form()).doesNotContainKey("client_secret");
    }

    @Test
    void while_a_token_is_good_the_provider_is_left_alone() {
        var office = application();
        var first = signIns.signInFor(office);

        pass(Duration.ofMinutes(50));

        assertThat(signIns.signInFor(office)).isSameAs(first);
        assertThat(provider.requests()).hasSize(1);
    }

    @Test
    void a_token_is_renewed_behind_the_scenes_while_the_old_one_is_still_shown() {
        var office = application();
        signIns.signInFor(office);

        pass(Duration.ofMinutes(55));
        var old = signIns.signInFor(office);
        signIns.signInFor(office);
        assertThat(behindTheScenes).hasSize(1);
        behindTheScenes.remove().run();

        assertThat(((SignIn.Bearer) old).accessToken()).isEqualTo(new Secret("access-1"));
        assertThat(token(office)).isEqualTo(new Secret("access-2"));
        assertThat(provider.requests()).hasSize(2);
        assertThat(behindTheScenes).isEmpty();
    }

    @Test
    void two_hundred_who_wait_for_an_ended_token_cause_one_request() throws Exception {
        var office = application();
        signIns.signInFor(office);
        pass(Duration.ofHours(2));
        var latch = new CountDownLatch(1);
        provider.waitFor(latch);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<Callable<SignIn>>();
            for (int i = 0; i < 200; i++) waiting.add(() -> signIns.signInFor(office));
            var futures = waiting.stream().map(threads::submit).toList();
            latch.countDown();
            for (var future : futures)
                assertThat(future.get())
                        .asInstanceOf(type(SignIn.Bearer.class))
                        .extracting(SignIn.Bearer::accessToken)
                        .isEqualTo(new Secret("access-2"));
        }

        assertThat(provider.requests()).hasSize(2);
    }

    @Test
    void two_hundred_on_two_nodes_at_the_moment_of_expiry_cause_one_request() throws Exception {
        provider.rotates = true;
        var mailbox = mailbox();
        var nodes = List.of(signIns, signIns("node-2"));
        for (var node : nodes) node.signInFor(mailbox);

        for (int ending = 1; ending <= 3; ending++) {
            pass(Duration.ofHours(1));
            var together = new CountDownLatch(200);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var waiting = new ArrayList<java.util.concurrent.Future<SignIn>>();
                for (int i = 0; i < 200; i++) {
                    var node = nodes.get(i % 2);
                    waiting.add(
                            threads.submit(() -> {
                                together.countDown();
                                together.await();
                                return node.signInFor(mailbox);
                            }));
                }
                for (var future : waiting)
                    assertThat(future.get())
                            .asInstanceOf(type(SignIn.Bearer.class))
                            .extracting(SignIn.Bearer::accessToken)
                            .isEqualTo(new Secret("access-" + (ending + 1)));
            }
        }

        assertThat(provider.requests())
                .extracting(request -> request.form().get("refresh_token"))
                .containsExactly("refresh-0", "refresh-1", "refresh-2", "refresh-3");
    }

    @Test
    void two_nodes_that_need_a_token_cause_one_request() throws Exception {
        var office = application();
        var otherNode = signIns("node-2");
        var latch = new CountDownLatch(1);
        provider.waitFor(latch);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> signIns.signInFor(office));
            while (provider.requests().isEmpty()) Thread.onSpinWait();
            var second = threads.submit(() -> otherNode.signInFor(office));
            latch.countDown();

            assertThat(first.get()).isInstanceOf(SignIn.Bearer.class).isEqualTo(second.get());
        }
        assertThat(provider.requests()).hasSize(1);
    }

    @Test
    void after_a_restart_the_stored_token_is_used() {
        var office = application();
        var before = token(office);

        signIns = signIns("node-1");

        assertThat(token(office)).isEqualTo(before);
        assertThat(provider.requests()).hasSize(1);
    }

    @Test
    void a_rotated_refresh_token_is_shown_next_time() {
        provider.rotates = true;
        var mailbox = mailbox();

        token(mailbox);
        pass(Duration.ofHours(2));
        token(mailbox);
        pass(Duration.ofHours(2));
        token(mailbox);

        assertThat(provider.requests())
                .extracting(request -> request.form().get("refresh_token"))
                .containsExactly("refresh-0", "refresh-1", "refresh-2");
        assertThat(provider.requests().getFirst().form().get("scope"))
                .isEqualTo("https://outlook.office.com/SMTP.Send offline_access");
    }

    @Test
    void a_rotated_refresh_token_is_durable_before_its_access_token_is_used() {
        provider.rotates = true;
        var mailbox = mailbox();

        // What was answered is what another process finds, at the moment it could be used here.
        var used = token(mailbox);
        var afterTheCrash = signIns("node-1");

        assertThat(((SignIn.Bearer) afterTheCrash.signInFor(mailbox)).accessToken())
                .isEqualTo(used);
        pass(Duration.ofHours(2));
        afterTheCrash.signInFor(mailbox);
        assertThat(provider.requests().getLast().form())
                .containsEntry("refresh_token", "refresh-1");
    }

    @Test
    void tokens_that_could_not_be_written_down_are_not_used_and_not_lost() {
        provider.rotates = true;
        var mailbox = mailbox();

        diskIs("full");
        var notNow = signIns.signInFor(mailbox);
        diskIs("free");
        pass(Duration.ofMinutes(5));
        var later = signIns.signInFor(mailbox);

        assertThat(notNow).isInstanceOf(SignIn.NotNow.class);
        assertThat(((SignIn.Bearer) later).accessToken()).isEqualTo(new Secret("access-1"));
        assertThat(provider.requests()).hasSize(1);
        assertThat(authorizations("node-1").find(mailbox.id()).orElseThrow().refreshToken())
                .contains(new Secret("refresh-1"));
    }

    @Test
    void tokens_that_could_not_be_written_down_are_not_forgotten_with_a_sign_in() {
        provider.rotates = true;
        var mailbox = mailbox();

        diskIs("full");
        signIns.signInFor(mailbox);
        diskIs("free");
        signIns.forget(mailbox.id());
        signIns.askedAnew(mailbox);

        assertThat(provider.requests())
                .extracting(request -> request.form().get("refresh_token"))
                .containsExactly("refresh-0", "refresh-1");
        assertThat(authorizations("node-1").find(mailbox.id()).orElseThrow().refreshToken())
                .contains(new Secret("refresh-2"));
    }

    @Test
    void whoever_asks_anew_hears_what_the_provider_says_to_the_settings_as_they_are() {
        var office = application();
        var good = token(office);
        pass(Duration.ofMinutes(5));
        provider.answering(
                401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: no.\"}");

        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.Bearer.class);
        assertThat(signIns.askedAnew(office)).isInstanceOf(SignIn.NotAuthorized.class);
        assertThat(token(office)).as("good until it ends").isEqualTo(good);
    }

    @Test
    void whoever_asks_anew_in_a_row_makes_us_ask_once() {
        provider.rotates = true;
        var mailbox = mailbox();
        token(mailbox);

        for (int i = 0; i < 5; i++) {
            signIns.forget(mailbox.id());
            signIns.askedAnew(mailbox);
        }
        assertThat(provider.requests()).hasSize(1);
        pass(Duration.ofSeconds(10));
        signIns.askedAnew(mailbox);

        assertThat(provider.requests())
                .extracting(request -> request.form().get("refresh_token"))
                .containsExactly("refresh-0", "refresh-1");
    }

    @Test
    void a_refused_token_is_renewed_once_for_all_who_were_refused() {
        var office = application();
        var refused = (SignIn.Bearer) signIns.signInFor(office);

        assertThat(signIns.renewedFor(office, refused)).as("as young as can be").isEqualTo(refused);
        pass(Duration.ofMinutes(10));
        var renewed = signIns.renewedFor(office, refused);
        var renewedToo = signIns.renewedFor(office, refused);

        assertThat(renewed).isNotEqualTo(refused).isSameAs(renewedToo);
        assertThat(provider.requests()).hasSize(2);
    }

    @Test
    void a_refused_token_of_a_short_life_is_young_for_half_of_it() {
        provider.lifetimeSeconds = 20;
        var office = application();
        var refused = (SignIn.Bearer) signIns.signInFor(office);

        pass(Duration.ofSeconds(9));
        assertThat(signIns.renewedFor(office, refused)).isEqualTo(refused);
        pass(Duration.ofSeconds(2));
        assertThat(signIns.renewedFor(office, refused)).isNotEqualTo(refused);
    }

    @Test
    void a_token_refused_right_after_a_restart_is_renewed_too() {
        var office = application();
        var refused = (SignIn.Bearer) signIns.signInFor(office);
        signIns = signIns("node-1");

        assertThat(signIns.renewedFor(office, refused)).isEqualTo(refused);
        pass(Duration.ofMinutes(10));

        assertThat(signIns.renewedFor(office, refused)).isNotEqualTo(refused);
    }

    @Test
    void a_refusal_is_believed_for_an_hour() {
        provider.answering(
                400,
                """
                {"error":"invalid_grant","error_description":"AADSTS70008: The refresh token has expired. Trace ID: 1","error_codes":[70008]}
                """);
        var mailbox = mailbox();

        var refused = (SignIn.NotAuthorized) signIns.signInFor(mailbox);
        pass(Duration.ofMinutes(59));
        var stillRefused = signIns.signInFor(mailbox);

        assertThat(refused.diagnostic())
                .isEqualTo(
                        new OAuthError(
                                400,
                                "invalid_grant",
                                "AADSTS70008: The refresh token has expired. Trace ID: 1",
                                List.of("AADSTS70008")));
        assertThat(stillRefused).isEqualTo(refused);
        assertThat(provider.requests()).hasSize(1);
        pass(Duration.ofMinutes(1));
        assertThat(signIns.signInFor(mailbox)).isInstanceOf(SignIn.Bearer.class);
    }

    @Test
    void a_refusal_is_forgotten_when_the_settings_change() {
        provider.answering(
                401,
                "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: over.\"}");
        var office = application();

        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.NotAuthorized.class);
        var corrected =
                services.update(
                        office.id(),
                        JsonMapper.shared()
                                .readTree("{\"authentication\": {\"client_secret\": \"new~one\"}}"),
                        "ada");

        assertThat(signIns.signInFor(corrected)).isInstanceOf(SignIn.Bearer.class);
        assertThat(provider.requests().getLast().form()).containsEntry("client_secret", "new~one");
    }

    @Test
    void a_refusal_is_forgotten_when_somebody_resumes_the_service() {
        provider.answering(401, "{\"error\":\"unauthorized_client\"}");
        services.onResume(signIns::forget);
        var office = application();

        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.NotAuthorized.class);
        services.resume(office.id(), "ada");

        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.Bearer.class);
    }

    @Test
    void a_token_endpoint_that_is_down_is_asked_again_after_growing_pauses() {
        provider.answering(503, "<html>down</html>")
                .answering(503, "{\"error\":\"temporarily_unavailable\"}")
                .answering(429, "", Map.of("Retry-After", "120"));
        var office = application();

        var first = (SignIn.NotNow) signIns.signInFor(office);
        assertThat(first.notBefore()).contains(START.plusSeconds(5));
        assertThat(first.diagnostic())
                .isEqualTo(
                        new Diagnostic.NoAnswer(
                                Diagnostic.Stage.TOKEN,
                                "the sign-in server answered 503: <html>down</html>"));
        assertThat(signIns.signInFor(office)).isEqualTo(first);
        pass(Duration.ofSeconds(5));
        var second = (SignIn.NotNow) signIns.signInFor(office);
        assertThat(second.notBefore()).contains(now.plusSeconds(10));
        pass(Duration.ofSeconds(10));
        var third = (SignIn.NotNow) signIns.signInFor(office);
        assertThat(third.notBefore()).contains(now.plusSeconds(120));
        assertThat(provider.requests()).hasSize(3);

        pass(Duration.ofSeconds(120));
        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.Bearer.class);
    }

    @Test
    void a_token_endpoint_that_is_not_there_is_no_refusal() {
        var office = application();
        provider.close();

        var notNow = (SignIn.NotNow) signIns.signInFor(office);

        assertThat(notNow.diagnostic())
                .asInstanceOf(type(NoAnswer.class))
                .matches(silence -> silence.stage() == Diagnostic.Stage.CONNECT);
    }

    @Test
    void a_page_in_place_of_a_token_is_no_token() {
        provider.answering(200, "<html>Sign in to the hotel network</html>");

        var notNow = (SignIn.NotNow) signIns.signInFor(application());

        assertThat(notNow.diagnostic())
                .asInstanceOf(type(Condition.class))
                .matches(condition -> condition.name().equals("token-not-json"));
    }

    @Test
    void an_endless_answer_is_cut_off() {
        provider.answering(200, "x".repeat(2 << 20));

        assertThat(signIns.signInFor(application())).isInstanceOf(SignIn.NotNow.class);
    }

    @Test
    void a_mailbox_that_nobody_authorized_has_nothing_to_show() {
        var mailbox =
                create(
                        """
                        {"name": "New", "preset": "google", "authentication": {
                          "login": "a@example.com", "client_id": "me", "client_secret": "s3cret",
                          "token_endpoint": "%s"}}
                        """);

        assertThat(signIns.signInFor(mailbox))
                .asInstanceOf(type(SignIn.NotAuthorized.class))
                .matches(it ->
                        it.diagnostic() instanceof Condition condition
                                && condition.name().equals("not-authorized-yet"));
        assertThat(provider.requests()).isEmpty();
    }

    @Test
    void the_end_of_a_refresh_token_is_kept_where_the_provider_tells_it() {
        provider.answering(200, limited("access-a", "refresh-a", "\"604799\""));
        var mailbox = mailbox();
        token(mailbox);
        assertThat(end(mailbox)).contains(START.plusSeconds(604_799));

        pass(Duration.ofHours(2));
        token(mailbox);
        assertThat(end(mailbox)).as("the same refresh token").contains(START.plusSeconds(604_799));

        pass(Duration.ofHours(2));
        provider.rotates = true;
        token(mailbox);
        assertThat(end(mailbox)).as("another one, without an end").isEmpty();
    }

    @Test
    void an_end_that_makes_no_sense_is_none() {
        var mailbox = mailbox();
        for (var said : List.of("-1", "99999999999999", "\"soon\"", "null")) {
            provider.answering(200, limited("access-" + said.length(), "refresh-b", said));
            token(mailbox);
            assertThat(end(mailbox)).isEmpty();
            pass(Duration.ofHours(2));
        }
    }

    private static String limited(String access, String refresh, String seconds) {
        return """
        {"token_type": "Bearer", "expires_in": 3600, "access_token": "%s",
         "refresh_token": "%s", "refresh_token_expires_in": %s}
        """
                .formatted(access, refresh, seconds);
    }

    private java.util.Optional<Instant> end(Service service) {
        return authorizations("node-1")
                .find(service.id())
                .flatMap(Authorization::refreshTokenExpires);
    }

    @Test
    void every_renewal_is_told_and_no_secret_with_it() {
        provider.rotates = true;
        token(mailbox());

        var told = events.after(0, 100);

        assertThat(told).extracting(event -> event.type()).contains(EventType.SERVICE_RENEWED);
        assertThat(told.toString())
                .doesNotContain("access-1", "refresh-0", "refresh-1", "a~secret");
        var stored =
                store.read(tx ->
                        tx.query(
                                "select access_token, refresh_token from authorization_",
                                row -> row.string("access_token") + row.string("refresh_token")));
        assertThat(stored.toString()).doesNotContain("access-1", "refresh-1");
    }

    @Test
    void passwords_and_nothing_are_given_out_as_they_are() {
        var relay =
                create(
                        """
                        {"name": "Relay", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                         "authentication": {"type": "basic", "username": "a@example.com",
                           "password": "correct horse"}}
                        """);
        var open =
                create(
                        """
                        {"name": "Open", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                         "from": {"address": "a@example.com"}, "authentication": {"type": "none"}}
                        """);

        assertThat(signIns.signInFor(relay))
                .isEqualTo(new SignIn.Password("a@example.com", new Secret("correct horse")));
        assertThat(signIns.signInFor(open)).isEqualTo(new SignIn.Anonymous());
    }

    private Service application() {
        return create(
                """
                {"name": "Office", "preset": "microsoft-365-app", "authentication": {
                  "login": "noreply@example.com", "tenant": "9b1c0000-0000-4000-8000-000000000001",
                  "client_id": "0f6a0000-0000-4000-8000-000000000002",
                  "client_secret": "a~secret.value/of+forty=characters",
                  "token_endpoint": "%s"}}
                """);
    }

    private Service mailbox() {
        return create(
                """
                {"name": "Mailbox", "preset": "microsoft-365", "authentication": {
                  "grant": "refresh_token", "login": "noreply@example.com",
                  "client_id": "0f6a0000-0000-4000-8000-000000000002",
                  "client_secret": "a~secret.value/of+forty=characters",
                  "refresh_token": "refresh-0", "token_endpoint": "%s"}}
                """);
    }

    private Service create(String settings) {
        return services.create(
                JsonMapper.shared().readTree(settings.formatted(provider.endpoint())), "ada");
    }

    private Secret token(Service service) {
        return ((SignIn.Bearer) signIns.signInFor(service)).accessToken();
    }

    private void diskIs(String state) {
        boolean free = state.equals("free");
        var statements =
                switch (database) {
                    case SQLITE -> List.of(free ? "drop trigger disk_full" : FULL_ON_SQLITE);
                    case POSTGRES ->
                            free
                                    ? List.of(
                                            "drop trigger disk_full on authorization_",
                                            "drop function disk_full")
                                    : FULL_ON_POSTGRES;
                };
        for (var statement : statements) store.write(tx -> tx.update(statement));
    }

    private static final String FULL_ON_SQLITE =
            """
            create trigger disk_full before update of access_token on authorization_
            begin select raise(abort, 'disk full'); end
            """;
    private static final List<String> FULL_ON_POSTGRES =
            List.of(
                    """
                    create function disk_full() returns trigger language plpgsql as $$
                    begin raise exception 'disk full' using errcode = '53100'; end $$
                    """,
                    """
                    create trigger disk_full before update of access_token on authorization_
                    for each row execute function disk_full()
                    """);

    private TokenSignIns signIns(String node) {
        return new TokenSignIns(
                authorizations(node),
                new TokenEndpoint(VAULT, clock),
                VAULT,
                CATALOG,
                clock,
                new Random(1),
                behindTheScenes::add);
    }

    private Authorizations authorizations(String node) {
        return new Authorizations(store, VAULT, events, clock, node);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
