package postroom.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.util.X509CertificateUtils;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.oauth.AuthorizationOutcome.Authorized;
import postroom.oauth.AuthorizationOutcome.Declined;
import postroom.oauth.AuthorizationOutcome.MissingScopes;
import postroom.oauth.AuthorizationOutcome.NoRefreshToken;
import postroom.oauth.AuthorizationOutcome.Refused;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Unreachable;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationOutcome.WrongAccount;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

@OnBothDatabases
class AuthorizerTest {
    @Parameter Database database;

    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    private static final JsonCatalog CATALOG = JsonCatalog.ours();
    private static final String NOREPLY = "noreply@contoso.example";
    private static final String SHARED = "shared@contoso.example";
    private static final String BILLING = "billing@fabrikam.example";
    private static final URI BASE = URI.create("http://localhost:8587/");

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();
    private Emulator emulator;
    private Store store;
    private EventLog events;
    private Services services;
    private Authorizations authorizations;
    private TokenSignIns signIns;
    private DevicePolling devices;
    private Authorizer authorizer;
    private Revocation revocation;

    @BeforeEach
    void open() {
        var script = EmulatorScript.demo().withRedirectUri(BASE + "oauth2/callback");
        emulator = Emulator.start(script, clock);
        store = database.open(directory, clock);
        events = new EventLog(store, clock);
        services = Services.open(store, events, VAULT, Presets.ours(), CATALOG, clock);
        var endpoint = new TokenEndpoint(VAULT, clock);
        authorizations = new Authorizations(store, VAULT, events, clock, "node");
        signIns = new TokenSignIns(authorizations, endpoint, VAULT, CATALOG, clock, new Random(7));
        services.onResume(signIns::forget);
        var requests = new AuthorizationRequests(store, VAULT, services, CATALOG, clock);
        var review = new Review(services, requests, authorizations, CATALOG, clock);
        devices = new DevicePolling(requests, review, endpoint, this::shortly);
        authorizer = new Authorizer(requests, review, endpoint, devices, BASE);
        revocation = new Revocation(authorizations, endpoint, services);
    }

    private void shortly(Duration interval) throws InterruptedException {
        clock.pass(interval);
        Thread.sleep(Duration.ofMillis(2));
    }

    @AfterEach
    void close() {
        devices.close();
        emulator.close();
        store.close();
    }

    @Test
    void a_person_says_yes_at_microsoft_and_the_service_may_send() throws Exception {
        var office = office("");

        var address = begin(office);
        var outcome = finish(Person.accepts(address, NOREPLY));

        assertThat(address.toString())
                .contains(
                        "code_challenge_method=S256",
                        "login_hint=noreply%40contoso.example",
                        "prompt=select_account",
                        "redirect_uri=http%3A%2F%2Flocalhost%3A8587%2Foauth2%2Fcallback");
        assertThat(outcome)
                .asInstanceOf(type(Authorized.class))
                .satisfies(it -> {
                    assertThat(it.account()).contains(NOREPLY);
                    assertThat(it.scopes()).containsExactly("https://outlook.office.com/SMTP.Send");
                    assertThat(it.unneeded()).isEmpty();
                    assertThat(it.audience()).contains("https://outlook.office.com");
                    assertThat(it.tenant()).contains("6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b");
                });
        assertThat(services.status(office.id()).state()).isEqualTo(ServiceState.READY);
        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.Bearer.class);
        assertThat(emulator.count("token microsoft")).isEqualTo(1);
        assertThat(told(EventType.SERVICE_AUTHORIZED))
                .containsEntry("by", "ada")
                .containsEntry("account", NOREPLY);
    }

    @Test
    void a_person_says_yes_at_google_and_a_refresh_token_comes_back() throws Exception {
        var gmail = gmail("");

        var address = begin(gmail);
        var outcome = finish(Person.accepts(address, BILLING));

        assertThat(address.toString()).contains("access_type=offline", "prompt=consent");
        assertThat(outcome)
                .asInstanceOf(type(Authorized.class))
                .satisfies(it -> assertThat(it.account()).contains(BILLING));
        assertThat(authorizations.find(gmail.id()).orElseThrow().refreshToken()).isPresent();
    }

    @Test
    void from_then_on_it_lives_on_its_refresh_token_and_remembers_who_signed_in() throws Exception {
        var gmail = gmail("");
        finish(Person.accepts(begin(gmail), BILLING));

        clock.pass(Duration.ofHours(3));

        assertThat(signIns.signInFor(gmail)).isInstanceOf(SignIn.Bearer.class);
        assertThat(emulator.count("token google refresh_token")).isEqualTo(1);
        assertThat(authorizations.find(gmail.id()).orElseThrow().account()).contains(BILLING);
    }

    @Test
    void a_service_whose_authorization_was_withdrawn_is_well_after_another_one() throws Exception {
        var office = office("");
        finish(Person.accepts(begin(office), NOREPLY));
        emulator.revoke(NOREPLY);
        clock.pass(Duration.ofHours(3));
        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.NotAuthorized.class);

        finish(Person.accepts(begin(office), NOREPLY));

        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.Bearer.class);
    }

    @Test
    void somebody_else_is_not_taken_for_the_mailbox_unless_the_owner_said_so() throws Exception {
        var office = office("");

        var outcome = finish(Person.accepts(begin(office), SHARED));

        assertThat(outcome).isEqualTo(new WrongAccount(SHARED, NOREPLY));
        assertThat(authorizations.find(office.id())).isEmpty();
        assertThat(services.status(office.id()).state())
                .isEqualTo(ServiceState.NEEDS_AUTHORIZATION);

        var again = authorizer.begin(office, "ada", Optional.of(SHARED), Optional.empty());

        assertThat(finish(Person.accepts(address(again), SHARED))).isInstanceOf(Authorized.class);
    }

    @Test
    void at_google_somebody_else_is_found_out_by_the_id_token() throws Exception {
        var ada = "ada@fabrikam.example";
        emulator.change(
                emulator.script()
                        .withMailbox(
                                new EmulatorScript.Mailbox(
                                        postroom.emulator.Provider.GOOGLE,
                                        ada,
                                        "",
                                        EmulatorScript.SmtpAuth.ENABLED,
                                        false,
                                        List.of(),
                                        List.of(),
                                        List.of())));
        var gmail = gmail("");

        var address = begin(gmail);

        assertThat(address.toString()).contains("openid+email");
        assertThat(finish(Person.accepts(address, ada))).isEqualTo(new WrongAccount(ada, BILLING));
        assertThat(authorizations.find(gmail.id())).isEmpty();
    }

    @Test
    void at_google_somebody_who_does_not_say_who_they_are_is_not_taken_for_anybody()
            throws Exception {
        var gmail = gmail("");

        var outcome = finish(Person.grantsOnly(begin(gmail), BILLING, "https://mail.google.com/"));

        assertThat(outcome)
                .isEqualTo(
                        new MissingScopes(
                                List.of("openid", "email"), List.of("https://mail.google.com/")));
        assertThat(authorizations.find(gmail.id())).isEmpty();
    }

    @Test
    void a_process_that_ended_while_it_redeemed_is_told_of_as_soon_as_it_is_sure() {
        var office = office("");
        begin(office);
        store.write(
                tx -> tx.update("update authorization_request set used_at = ?", clock.instant()));

        assertThat(authorizer.latest(office.id()).orElseThrow().isPending(clock.instant()))
                .isTrue();
        clock.pass(Duration.ofSeconds(91));

        assertThat(authorizer.latest(office.id()).orElseThrow().outcome())
                .contains(new StaleRequest(Why.INTERRUPTED));
    }

    @Test
    void what_an_earlier_process_was_redeeming_is_over_at_once_unless_another_node_may_be_at_it() {
        var office = office("");
        begin(office);
        store.write(tx ->
                tx.update(
                        "update authorization_request set used_at = ?",
                        clock.instant().minus(Duration.ofSeconds(1))));

        Optional<AuthorizationOutcome> interrupted = Optional.of(new StaleRequest(Why.INTERRUPTED));
        assertThat(authorizer.latest(office.id()).orElseThrow().outcome())
                .isEqualTo(store.read(Tx::severalWriters) ? Optional.empty() : interrupted);
    }

    @Test
    void a_person_who_declines_is_told_so() throws Exception {
        var office = office("");

        var outcome = finish(Person.declines(begin(office)));

        assertThat(outcome).isInstanceOf(Declined.class);
        assertThat(((Declined) outcome).diagnostic().text()).contains("AADSTS65004");
    }

    @Test
    void a_box_that_was_unticked_is_missed() throws Exception {
        var gmail = gmail("");

        var outcome = finish(Person.grantsOnly(begin(gmail), BILLING, "openid"));

        assertThat(outcome)
                .asInstanceOf(type(MissingScopes.class))
                .satisfies(
                        it -> assertThat(it.missing()).containsExactly("https://mail.google.com/"));
        assertThat(authorizations.find(gmail.id())).isEmpty();
    }

    @Test
    void a_token_for_microsoft_graph_is_of_no_use_to_a_mail_server() throws Exception {
        var office =
                office(
                        ", \"scopes\": [\"https://graph.microsoft.com/SMTP.Send\","
                                + " \"offline_access\"]");

        assertThat(finish(Person.accepts(begin(office), NOREPLY)))
                .asInstanceOf(type(Refused.class))
                .satisfies(it -> {
                    assertThat(it.advice().title()).isEqualTo("Token is for the wrong resource");
                    assertThat(it.diagnostic().text()).contains("https://graph.microsoft.com");
                });
        assertThat(authorizations.find(office.id())).isEmpty();
        assertThat(services.warnings(office))
                .extracting(it -> it.title())
                .contains("Token is for the wrong resource");
    }

    @Test
    void without_a_refresh_token_nothing_is_kept() throws Exception {
        var office = office(", \"scopes\": [\"https://outlook.office.com/SMTP.Send\"]");

        assertThat(finish(Person.accepts(begin(office), NOREPLY)))
                .isEqualTo(new NoRefreshToken(Optional.of(NOREPLY)));
        assertThat(authorizations.find(office.id())).isEmpty();
    }

    @Test
    void a_wrong_secret_is_refused_in_the_providers_own_words() throws Exception {
        var office = office(", \"client_secret\": \"not~the_secret.of-contoso-0123456789\"");

        var outcome = finish(Person.accepts(begin(office), NOREPLY));

        assertThat(outcome)
                .asInstanceOf(type(Refused.class))
                .satisfies(it -> {
                    assertThat(it.diagnostic().text()).contains("AADSTS7000215");
                    assertThat(it.advice().id()).isEqualTo("aadsts-7000215");
                });
    }

    @Test
    void a_provider_that_does_not_answer_is_nobodys_fault() throws Exception {
        var office = office(", \"token_endpoint\": \"http://127.0.0.1:1/token\"");

        assertThat(finish(Person.accepts(begin(office), NOREPLY))).isInstanceOf(Unreachable.class);
    }

    @Test
    void an_answer_works_once_and_shown_again_it_tells_what_came_of_it() throws Exception {
        var office = office("");
        var back = Person.accepts(begin(office), NOREPLY);
        var first = finish(back);
        services.pause(office.id(), "ada");

        var second = finish(back);

        assertThat(second).isEqualTo(first).isInstanceOf(Authorized.class);
        assertThat(emulator.count("token microsoft")).isEqualTo(1);
        assertThat(events.after(0, 1000).stream().map(it -> it.type()))
                .containsOnlyOnce(EventType.SERVICE_AUTHORIZED);
        assertThat(services.status(office.id()).state()).isEqualTo(ServiceState.PAUSED);
    }

    @Test
    void a_refused_answer_is_refused_in_the_same_words_when_it_is_shown_again() throws Exception {
        var office = office(", \"client_secret\": \"not~the_secret.of-contoso-0123456789\"");
        var back = Person.accepts(begin(office), NOREPLY);

        var first = finish(back);

        assertThat(finish(back)).isEqualTo(first).isInstanceOf(Refused.class);
        assertThat(emulator.count("token microsoft")).isEqualTo(1);
    }

    @Test
    void an_answer_that_is_being_redeemed_is_not_redeemed_twice() throws Exception {
        var office = office("");
        var back = Person.accepts(begin(office), NOREPLY);
        store.write(
                tx -> tx.update("update authorization_request set used_at = ?", clock.instant()));

        assertThat(finish(back)).isEqualTo(new StaleRequest(Why.UNDER_WAY));
        assertThat(emulator.count("token microsoft")).isZero();
    }

    @Test
    void a_request_older_than_ten_minutes_is_not_answered() throws Exception {
        var back = Person.accepts(begin(office("")), NOREPLY);

        clock.pass(Duration.ofMinutes(10));

        assertThat(finish(back)).isEqualTo(new StaleRequest(Why.TOO_OLD));
    }

    @Test
    void a_state_nobody_gave_out_is_not_answered() {
        assertThat(finish("http://localhost:8587/oauth2/callback?code=1&state=guessed"))
                .isEqualTo(new StaleRequest(Why.UNKNOWN));
    }

    @Test
    void a_request_of_the_console_is_answered_in_the_same_browser_only() throws Exception {
        var office = office("");
        var cookie = Authorizer.newCookie();
        var begun = authorizer.begin(office, "ada", Optional.empty(), Optional.of(cookie));
        var parameters =
                com.nimbusds.oauth2.sdk.util.URLUtils.parseParameters(
                        URI.create(Person.accepts(address(begun), NOREPLY)).getRawQuery());
        var anywhere = OptionalLong.empty();

        assertThat(
                        authorizer
                                .finish(parameters, Optional.of(Authorizer.newCookie()), anywhere)
                                .outcome())
                .isEqualTo(new StaleRequest(Why.OTHER_BROWSER));
        assertThat(authorizer.finish(parameters, Optional.empty(), anywhere).outcome())
                .isEqualTo(new StaleRequest(Why.OTHER_BROWSER));
        assertThat(authorizer.finish(parameters, Optional.of(cookie), anywhere).outcome())
                .isInstanceOf(Authorized.class);
    }

    @Test
    void an_answer_from_another_issuer_is_refused() throws Exception {
        var back = Person.accepts(begin(gmail("")), BILLING);

        var outcome = finish(back.replaceFirst("iss=[^&]+", "iss=https%3A%2F%2Fevil.example"));

        assertThat(outcome)
                .asInstanceOf(type(Refused.class))
                .satisfies(it -> assertThat(it.diagnostic().text()).contains("evil.example"));
        assertThat(emulator.count("token google")).isZero();
    }

    @Test
    void an_answer_for_another_service_or_other_settings_changes_nothing() throws Exception {
        var office = office("");
        var gmail = gmail("");
        var back = Person.accepts(begin(office), NOREPLY);

        assertThat(
                        authorizer
                                .finishPasted(back, Optional.empty(), OptionalLong.of(gmail.id()))
                                .outcome())
                .isEqualTo(new StaleRequest(Why.OTHER_SERVICE));
        services.update(
                office.id(),
                JsonMapper.shared().readTree("{\"authentication\": {\"login\": \"x@y.example\"}}"),
                "ada");
        assertThat(finish(back)).isEqualTo(new StaleRequest(Why.UNKNOWN));
    }

    @Test
    void what_came_of_it_can_be_looked_up() throws Exception {
        var office = office(", \"client_secret\": \"not~the_secret.of-contoso-0123456789\"");
        var outcome = finish(Person.accepts(begin(office), NOREPLY));

        var latest = authorizer.latest(office.id()).orElseThrow();

        assertThat(latest.outcome()).contains(outcome);
        assertThat(authorizer.byTicket(latest.ticket())).contains(latest);
    }

    @Test
    void a_paused_service_stays_paused_when_somebody_authorizes_it() throws Exception {
        var office = office("");
        services.pause(office.id(), "ada");

        finish(Person.accepts(begin(office), NOREPLY));

        assertThat(services.status(office.id()).state()).isEqualTo(ServiceState.PAUSED);
        services.resume(office.id(), "ada");
        assertThat(services.status(office.id()).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void google_is_told_to_forget() throws Exception {
        var gmail = gmail("");
        finish(Person.accepts(begin(gmail), BILLING));

        var revoked = revocation.run(gmail, "ada");

        assertThat(revoked.told()).isTrue();
        assertThat(emulator.count("revoke google 200")).isEqualTo(1);
        assertThat(authorizations.find(gmail.id())).isEmpty();
        assertThat(services.status(gmail.id()).state()).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
        assertThat(told(EventType.SERVICE_REVOKED)).containsEntry("by", "ada");
    }

    @Test
    void microsoft_cannot_be_told_and_we_say_so() throws Exception {
        var office = office("");
        finish(Person.accepts(begin(office), NOREPLY));

        var revoked = revocation.run(office, "ada");

        assertThat(revoked.told()).isFalse();
        assertThat(revoked.detail()).contains("Microsoft cannot be told");
        assertThat(authorizations.find(office.id())).isEmpty();
    }

    @Test
    void a_code_is_entered_on_another_device() throws Exception {
        var office = office("");

        var begun = (Beginning.OnDevice) authorizer.beginOnDevice(office, "ada", Optional.empty());
        Person.enters(begun.userCode(), begun.verificationUri(), NOREPLY, "accept");

        assertThat(awaitOutcome(office)).isInstanceOf(Authorized.class);
        awaitReady(office);
    }

    @Test
    void a_code_that_was_declined_or_forgotten_comes_to_its_end() throws Exception {
        var office = office("");
        var begun = (Beginning.OnDevice) authorizer.beginOnDevice(office, "ada", Optional.empty());
        Person.enters(begun.userCode(), begun.verificationUri(), NOREPLY, "cancel");
        assertThat(awaitOutcome(office)).isInstanceOf(Declined.class);

        authorizer.beginOnDevice(office, "ada", Optional.empty());
        assertThat(awaitOutcome(office)).isEqualTo(new StaleRequest(Why.TOO_OLD));
    }

    @Test
    void a_refresh_token_from_elsewhere_that_ended_is_replaced_by_authorizing() throws Exception {
        var office =
                office(", \"grant\": \"refresh_token\", \"refresh_token\": \"1.ended-elsewhere\"");

        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.NotAuthorized.class);
        assertThat(finish(Person.accepts(begin(office), NOREPLY))).isInstanceOf(Authorized.class);
        signIns.forget(office.id());

        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.Bearer.class);
        clock.pass(Duration.ofHours(3));
        assertThat(signIns.signInFor(office)).isInstanceOf(SignIn.Bearer.class);
    }

    @Test
    void google_lets_nobody_grant_mail_on_another_device() {
        assertThat(authorizer.beginOnDevice(gmail(""), "ada", Optional.empty()))
                .isInstanceOf(Beginning.NotThisWay.class);
    }

    @Test
    void a_provider_is_found_by_its_issuer_alone() throws Exception {
        var other =
                create(
                        """
                        {"name": "Other", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                         "from": {"address": "%s"},
                         "authentication": {"type": "oauth2", "provider": "custom",
                           "grant": "authorization_code", "login": "%s", "issuer": "%s",
                           "client_id": "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11",
                           "client_secret": "demo~secret.of_contoso-0123456789abcdefgh",
                           "scopes": ["https://outlook.office.com/SMTP.Send", "offline_access"]}}
                        """
                                .formatted(NOREPLY, NOREPLY, emulator.microsoft().issuer()));

        assertThat(finish(Person.accepts(begin(other), NOREPLY))).isInstanceOf(Authorized.class);
        clock.pass(Duration.ofHours(3));
        assertThat(signIns.signInFor(other)).isInstanceOf(SignIn.Bearer.class);
    }

    @Test
    void an_issuer_that_is_not_there_is_told() {
        var other =
                create(
                        """
                        {"name": "Other", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                         "from": {"address": "a@example.com"},
                         "authentication": {"type": "oauth2", "provider": "custom",
                           "login": "a@example.com", "issuer": "%s/nowhere/at/all",
                           "client_id": "me"}}
                        """
                                .formatted(emulator.microsoft().base()));

        assertThat(authorizer.begin(other, "ada", Optional.empty(), Optional.empty()))
                .isInstanceOf(Beginning.NotNow.class);
    }

    @Test
    void a_service_account_speaks_for_a_mailbox() throws Exception {
        var keys = rsa();
        var email = "postroom@project.iam.gserviceaccount.com";
        emulator.change(
                emulator.script()
                        .withClient(
                                new EmulatorScript.Client(
                                        postroom.emulator.Provider.GOOGLE,
                                        email,
                                        List.of(),
                                        Optional.empty(),
                                        Optional.of(pem("PUBLIC KEY", keys.getPublic())),
                                        "Postroom",
                                        "",
                                        EmulatorScript.AccountTypes.MY_ORGANISATION,
                                        List.of(),
                                        Set.of("https://mail.google.com/"),
                                        List.of("*@fabrikam.example"),
                                        false)));
        var settings = JsonMapper.shared().createObjectNode();
        settings.put("name", "Delegated").put("preset", "google");
        settings.putObject("from").put("address", BILLING);
        var authentication = settings.putObject("authentication");
        authentication.put("grant", "jwt_bearer").put("login", BILLING);
        authentication.put("token_endpoint", emulator.google().tokenUrl().toString());
        authentication
                .putObject("service_account")
                .put("client_email", email)
                .put("private_key_id", "1")
                .put("private_key", pem("PRIVATE KEY", keys.getPrivate()));

        var delegated = services.create(settings, "ada");

        assertThat(services.status(delegated.id()).state()).isEqualTo(ServiceState.READY);
        assertThat(signIns.signInFor(delegated)).isInstanceOf(SignIn.Bearer.class);
        assertThat(services.shown(delegated).toString()).doesNotContain("PRIVATE KEY");
    }

    @Test
    void a_certificate_proves_the_client_in_place_of_a_secret() throws Exception {
        var keys = rsa();
        var certificate =
                X509CertificateUtils.generateSelfSigned(
                        new Issuer("postroom"),
                        Date.from(clock.instant().minus(Duration.ofDays(1))),
                        Date.from(clock.instant().plus(Duration.ofDays(1))),
                        keys.getPublic(),
                        keys.getPrivate());
        var pem = X509CertUtils.toPEMString(certificate);
        var id = "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a99";
        emulator.change(
                emulator.script()
                        .withClient(
                                new EmulatorScript.Client(
                                        postroom.emulator.Provider.MICROSOFT,
                                        id,
                                        List.of(),
                                        Optional.empty(),
                                        Optional.of(pem),
                                        "Postroom",
                                        "contoso.example",
                                        EmulatorScript.AccountTypes.MY_ORGANISATION,
                                        List.of(),
                                        Set.of("SMTP.SendAsApp"),
                                        List.of("*@contoso.example"),
                                        false)));
        var settings = JsonMapper.shared().createObjectNode();
        settings.put("name", "Certified").put("preset", "microsoft-365-app");
        settings.putObject("from").put("address", NOREPLY);
        settings.putObject("authentication")
                .put("grant", "client_credentials")
                .put("login", NOREPLY)
                .put("tenant", "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b")
                .put("client_id", id)
                .put("client_certificate", pem)
                .put("client_key", pem("PRIVATE KEY", keys.getPrivate()))
                .put("token_endpoint", emulator.microsoft().tokenUrl().toString());

        var strangers = settings.deepCopy();
        ((ObjectNode) strangers.path("authentication"))
                .put("client_key", pem("PRIVATE KEY", rsa().getPrivate()));
        assertThatThrownBy(() -> services.create(strangers, "ada"))
                .hasMessageContaining("does not belong to client_certificate");
        var certified = services.create(settings, "ada");

        assertThat(signIns.signInFor(certified)).isInstanceOf(SignIn.Bearer.class);
    }

    private static KeyPair rsa() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String pem(String kind, java.security.Key key) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(kind, Base64.getMimeEncoder().encodeToString(key.getEncoded()), kind);
    }

    private AuthorizationOutcome awaitOutcome(Service service) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            var outcome = authorizer.latest(service.id()).orElseThrow().outcome();
            if (outcome.isPresent()) return outcome.get();
            Thread.sleep(Duration.ofMillis(10));
        }
        throw new AssertionError("nothing came of it");
    }

    /// The outcome is durable together with the state, and seen a moment before its node tells it.
    private void awaitReady(Service service) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            if (services.status(service.id()).state() == ServiceState.READY) return;
            Thread.sleep(Duration.ofMillis(10));
        }
        throw new AssertionError(services.status(service.id()).toString());
    }

    private URI begin(Service service) {
        return address(authorizer.begin(service, "ada", Optional.empty(), Optional.empty()));
    }

    private static URI address(Beginning beginning) {
        return ((Beginning.InBrowser) beginning).address();
    }

    private AuthorizationOutcome finish(String back) {
        return authorizer.finishPasted(back, Optional.empty(), OptionalLong.empty()).outcome();
    }

    private java.util.Map<String, Object> told(EventType type) {
        return events.after(0, 1000).stream()
                .filter(event -> event.type() == type)
                .toList()
                .getLast()
                .data();
    }

    private Service office(String more) {
        var at = emulator.microsoft();
        return create(
                """
                {"name": "Office", "preset": "microsoft-365", "from": {"address": "%s"},
                 "authentication": {"login": "%s", "account_type": "one_organization",
                   "tenant": "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b",
                   "client_id": "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11",
                   "client_secret": "demo~secret.of_contoso-0123456789abcdefgh",
                   "authorization_endpoint": "%s", "token_endpoint": "%s",
                   "device_authorization_endpoint": "%s" %s}}
                """
                        .formatted(
                                NOREPLY,
                                NOREPLY,
                                at.authorizeUrl(),
                                at.tokenUrl(),
                                at.deviceUrl(),
                                more));
    }

    private Service gmail(String more) {
        var at = emulator.google();
        return create(
                """
                {"name": "Gmail", "preset": "google", "from": {"address": "%s"},
                 "authentication": {"login": "%s",
                   "client_id": "407408718192-demo.apps.googleusercontent.com",
                   "client_secret": "GOCSPX-demo-secret-of-fabrikam",
                   "authorization_endpoint": "%s", "token_endpoint": "%s",
                   "revocation_endpoint": "%s/revoke" %s}}
                """
                        .formatted(
                                BILLING,
                                BILLING,
                                at.authorizeUrl(),
                                at.tokenUrl(),
                                at.base(),
                                more));
    }

    private Service create(String settings) {
        return services.create(JsonMapper.shared().readTree(settings), "ada");
    }
}
