package postroom.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.event.EventLog;
import postroom.oauth.SecretTrial.Outcome;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.OAuth2;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Database;
import postroom.store.Store;
import postroom.store.StoreException;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

class SecretTrialTest {

    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    private static final JsonCatalog CATALOG = JsonCatalog.ours();
    private static final String WRONG_SECRET =
            """
            {"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215]}
            """;
    private static final String ENDED =
            """
            {"error":"invalid_grant","error_description":"AADSTS70008: The refresh token has expired.","error_codes":[70008]}
            """;

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();
    private FakeProvider provider;
    private Store store;
    private Services services;
    private Authorizations authorizations;
    private TokenSignIns signIns;
    private SecretTrial trial;

    @BeforeEach
    void open() throws Exception {
        provider = new FakeProvider();
        store = Database.SQLITE.open(directory, clock);
        var events = new EventLog(store, clock);
        services = Services.open(store, events, VAULT, Presets.ours(), CATALOG, clock);
        authorizations = new Authorizations(store, VAULT, events, clock, "node-1");
        var endpoint = new TokenEndpoint(VAULT, clock);
        signIns = new TokenSignIns(authorizations, endpoint, VAULT, CATALOG, clock, new Random(1));
        services.onResume(signIns::forget);
        var firstGrant = new FirstGrant(authorizations, endpoint, VAULT, clock);
        trial = new SecretTrial(services, signIns, firstGrant, CATALOG);
    }

    @AfterEach
    void close() {
        provider.close();
        store.close();
    }

    @Test
    void a_new_secret_is_shown_to_the_provider_once_and_its_token_is_used() {
        var office = application();
        signIns.signInFor(office);

        var outcome = change(office, "{'client_secret': 'second~secret'}");
        var token = signIns.signInFor(now(office));

        assertThat(outcome).isInstanceOf(Outcome.Changed.class);
        assertThat(secretOf(office)).isEqualTo("second~secret");
        assertThat(provider.requests())
                .extracting(request -> request.form().get("client_secret"))
                .containsExactly("first~secret", "second~secret");
        assertThat(token)
                .asInstanceOf(type(SignIn.Bearer.class))
                .extracting(SignIn.Bearer::accessToken)
                .isEqualTo(new Secret("access-2"));
    }

    @Test
    void a_secret_that_the_provider_refuses_leaves_everything_as_it_was() {
        var office = application();
        var token = signIns.signInFor(office);
        provider.answering(401, WRONG_SECRET);

        var outcome = change(office, "{'client_secret': 'nonsense'}");

        assertThat(outcome)
                .asInstanceOf(type(Outcome.Refused.class))
                .matches(it -> it.field().equals("authentication.client_secret"))
                .matches(it -> it.diagnostic().text().contains("AADSTS7000215"))
                .matches(it -> !it.advice().isUnknown());
        assertThat(now(office)).isEqualTo(office);
        assertThat(signIns.signInFor(office)).isSameAs(token);
    }

    @Test
    void a_secret_that_nobody_could_be_asked_about_is_not_stored() {
        var office = application();
        provider.answering(503, "");
        var busy = change(office, "{'client_secret': 'second~secret'}");
        provider.close();
        var gone = change(office, "{'client_secret': 'second~secret'}");

        assertThat(busy).isInstanceOf(Outcome.Untried.class);
        assertThat(gone).isInstanceOf(Outcome.Untried.class);
        assertThat(now(office)).isEqualTo(office);
    }

    @Test
    void what_is_no_new_secret_asks_nobody() {
        var office = application();

        change(office, "{'client_secret': 'first~secret', 'login': 'other@example.com'}");
        trial.change(
                office.id(),
                JsonMapper.shared().readTree("{\"reply_to\": \"a@example.com\"}"),
                "ada");

        assertThat(provider.requests()).isEmpty();
        assertThat(now(office).replyTo()).isPresent();
    }

    @Test
    void a_refresh_token_survives_a_new_client_secret_and_its_rotation_is_kept() {
        provider.rotates = true;
        var mailbox = mailbox();
        signIns.signInFor(mailbox);

        change(mailbox, "{'client_secret': 'second~secret'}");
        clock.pass(Duration.ofHours(2));
        signIns.signInFor(now(mailbox));

        assertThat(provider.requests())
                .extracting(request -> request.form().get("refresh_token"))
                .containsExactly("refresh-0", "refresh-1", "refresh-2");
        assertThat(provider.requests())
                .extracting(request -> request.form().get("client_secret"))
                .containsExactly("first~secret", "second~secret", "second~secret");
    }

    @Test
    void a_rotation_is_kept_though_the_change_is_not() {
        provider.rotates = true;
        var mailbox = mailbox();
        signIns.signInFor(mailbox);
        // The process dies, as it were, right before the settings are written.
        store.write(tx ->
                tx.update(
                        """
                        create trigger power_cut before update of settings on service
                        begin select raise(abort, 'power cut'); end
                        """));

        assertThatThrownBy(() -> change(mailbox, "{'client_secret': 'second~secret'}"))
                .isInstanceOf(StoreException.class);

        assertThat(now(mailbox)).isEqualTo(mailbox);
        assertThat(authorizations.find(mailbox.id()).orElseThrow().refreshToken())
                .contains(new Secret("refresh-2"));
    }

    @Test
    void a_renewal_waits_for_the_trial_and_shows_what_it_brought() throws Exception {
        provider.rotates = true;
        var mailbox = mailbox();
        signIns.signInFor(mailbox);
        clock.pass(Duration.ofHours(2));
        var latch = new CountDownLatch(1);
        provider.waitFor(latch);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var trying =
                    threads.submit(() -> change(mailbox, "{'client_secret': 'second~secret'}"));
            while (provider.requests().size() < 2) Thread.onSpinWait();
            var renewing = threads.submit(() -> signIns.signInFor(mailbox));
            Thread.sleep(50);
            latch.countDown();

            assertThat(trying.get()).isInstanceOf(Outcome.Changed.class);
            assertThat(renewing.get())
                    .asInstanceOf(type(SignIn.Bearer.class))
                    .extracting(SignIn.Bearer::accessToken)
                    .isEqualTo(new Secret("access-2"));
        }
        assertThat(provider.requests()).hasSize(2);
    }

    @Test
    void an_ended_refresh_token_is_not_the_new_client_secrets_fault() {
        var mailbox = mailbox();
        signIns.signInFor(mailbox);
        provider.answering(400, ENDED);

        assertThat(change(mailbox, "{'client_secret': 'second~secret'}"))
                .isInstanceOf(Outcome.Changed.class);
    }

    @Test
    void a_new_refresh_token_is_tried_and_what_it_became_is_kept_with_it() {
        provider.rotates = true;
        var mailbox = mailbox();
        signIns.signInFor(mailbox);

        change(mailbox, "{'refresh_token': 'another-0'}");

        assertThat(provider.requests().getLast().form())
                .containsEntry("refresh_token", "another-0");
        assertThat(authorizations.find(mailbox.id()).orElseThrow().refreshToken())
                .contains(new Secret("refresh-2"));
        assertThat(signIns.signInFor(now(mailbox)))
                .asInstanceOf(type(SignIn.Bearer.class))
                .extracting(SignIn.Bearer::accessToken)
                .isEqualTo(new Secret("access-2"));
    }

    @Test
    void a_refused_refresh_token_is_blamed_itself_and_the_old_one_stays() {
        var mailbox = mailbox();
        signIns.signInFor(mailbox);
        provider.answering(400, ENDED);

        var outcome =
                change(mailbox, "{'refresh_token': 'another-0', 'client_secret': 'second~secret'}");

        assertThat(outcome)
                .asInstanceOf(type(Outcome.Refused.class))
                .matches(it -> it.field().equals("authentication.refresh_token"));
        assertThat(authorizations.find(mailbox.id()).orElseThrow().refreshToken())
                .contains(new Secret("refresh-0"));
    }

    @Test
    void a_new_refresh_token_that_was_rotated_and_not_stored_can_be_given_once_more() {
        provider.rotates = true;
        var mailbox = mailbox();
        diskIs("full");
        assertThatThrownBy(() -> change(mailbox, "{'refresh_token': 'another-0'}"))
                .isInstanceOf(StoreException.class);
        diskIs("free");

        change(mailbox, "{'refresh_token': 'another-0'}");

        assertThat(provider.requests())
                .extracting(request -> request.form().get("refresh_token"))
                .containsExactly("another-0", "refresh-1");
    }

    @Test
    void a_mailbox_nobody_authorized_has_nothing_to_try_a_secret_with() {
        var mailbox =
                create(
                        """
                        {"name": "New", "preset": "google", "authentication": {
                          "login": "a@example.com", "client_id": "me",
                          "client_secret": "first~secret", "token_endpoint": "%s"}}
                        """);

        assertThat(change(mailbox, "{'client_secret': 'second~secret'}"))
                .isInstanceOf(Outcome.Changed.class);
        assertThat(provider.requests()).isEmpty();
    }

    private Outcome change(Service service, String authentication) {
        var patch = "{'authentication': " + authentication + "}";
        return trial.change(
                service.id(), JsonMapper.shared().readTree(patch.replace('\'', '"')), "ada");
    }

    private Service now(Service service) {
        return services.byId(service.id()).orElseThrow();
    }

    private String secretOf(Service service) {
        var oauth2 = (OAuth2) now(service).authentication();
        return VAULT.open(
                        oauth2.client().clientSecret().orElseThrow(),
                        service.secretContext("client_secret"))
                .value();
    }

    private void diskIs(String state) {
        var statement =
                state.equals("free")
                        ? "drop trigger disk_full"
                        : """
                        create trigger disk_full before update of settings on service
                        begin select raise(abort, 'disk full'); end
                        """;
        store.write(tx -> tx.update(statement));
    }

    private Service application() {
        return create(
                """
                {"name": "Office", "preset": "microsoft-365-app", "authentication": {
                  "login": "noreply@example.com", "tenant": "9b1c0000-0000-4000-8000-000000000001",
                  "client_id": "0f6a0000-0000-4000-8000-000000000002",
                  "client_secret": "first~secret", "token_endpoint": "%s"}}
                """);
    }

    private Service mailbox() {
        return create(
                """
                {"name": "Mailbox", "preset": "microsoft-365", "authentication": {
                  "grant": "refresh_token", "login": "noreply@example.com",
                  "client_id": "0f6a0000-0000-4000-8000-000000000002",
                  "client_secret": "first~secret",
                  "refresh_token": "refresh-0", "token_endpoint": "%s"}}
                """);
    }

    private Service create(String settings) {
        return services.create(
                JsonMapper.shared().readTree(settings.formatted(provider.endpoint())), "ada");
    }
}
