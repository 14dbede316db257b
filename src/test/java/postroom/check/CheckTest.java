package postroom.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.check.CheckStep.Failed;
import postroom.check.CheckStep.Name;
import postroom.check.CheckStep.Passed;
import postroom.deliver.Places.Place;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.Mechanism;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

@OnBothDatabases
class CheckTest {
    @Parameter Database database;

    private static final String GRAPH = "{\"aud\": \"https://graph.microsoft.com\"}";
    private static final String WITHOUT_ROLE = "{\"aud\": \"https://outlook.office.com\"}";
    private static final String GOOD =
            "{\"aud\": \"https://outlook.office.com\", \"roles\": [\"SMTP.SendAsApp\"]}";
    private static final Reply NO_REASON =
            Reply.of(535, "5.7.3", "Authentication unsuccessful [X.prod.outlook.com]");
    private static final Reply SWITCHED_OFF =
            Reply.of(
                    535,
                    "5.7.139",
                    "Authentication unsuccessful, SmtpClientAuthentication is disabled for the"
                            + " Mailbox.");

    private static final Address ADA = Address.of("ada@example.net");

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();
    private Store store;
    private EventLog events;
    private Services services;
    private LastChecks last;
    private Check check;
    private final ScriptedTransport server = new ScriptedTransport();
    private String claims = GOOD;
    private @Nullable SignIn signIn;
    private boolean isFull;
    private int taken;
    private int givenBack;

    @BeforeEach
    void open() {
        store = database.open(directory, clock);
        events = new EventLog(store, clock);
        var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        services = Services.open(store, events, vault, Presets.ours(), JsonCatalog.ours(), clock);
        last = new LastChecks(store, events);
        SignIns signIns =
                new SignIns() {
                    @Override
                    public SignIn signInFor(Service service) {
                        return signIn == null ? bearer() : signIn;
                    }

                    @Override
                    public SignIn renewedFor(Service service, SignIn.Bearer refused) {
                        return refused;
                    }
                };
        check =
                new Check(
                        new Check.Tools(
                                services,
                                signIns,
                                _ -> Optional.empty(),
                                server,
                                (_, _) -> place(),
                                JsonCatalog.ours(),
                                store,
                                clock,
                                URI.create("http://localhost:8587")),
                        last);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_refusal_without_reason_is_explained_by_what_the_token_is_for() {
        assertThat(signIn(GRAPH, NO_REASON).advice().id()).isEqualTo("local-audience-wrong");
        assertThat(signIn(WITHOUT_ROLE, NO_REASON).advice().id()).isEqualTo("local-role-missing");
        assertThat(signIn(GOOD, NO_REASON).advice().id()).isEqualTo("exo-573");
        assertThat(signIn(GRAPH, NO_REASON).diagnostic().text()).contains("X.prod.outlook.com");
    }

    @Test
    void a_refusal_that_says_why_is_believed() {
        assertThat(signIn(GRAPH, SWITCHED_OFF).advice().id())
                .isEqualTo("exo-smtpauth-disabled-mailbox");
    }

    @Test
    void what_the_token_is_for_stands_in_its_step_and_a_warning_in_the_first() {
        var report = report(GOOD, NO_REASON);

        assertThat(detail(report, Name.ACCESS_TOKEN))
                .isEqualTo("noreply@example.com, client_credentials, good for 60 min");
        assertThat(detail(report, Name.TOKEN_REVIEW))
                .isEqualTo("audience https://outlook.office.com, SMTP.SendAsApp");
        assertThat(detail(report, Name.SETTINGS))
                .endsWith("; careful: The client secret or certificate ends soon");
    }

    @Test
    void an_odd_token_is_remarked_on_and_the_server_asked_all_the_same() {
        claims = GRAPH;

        var report = check(office());

        assertThat(report.passed()).isTrue();
        assertThat(detail(report, Name.TOKEN_REVIEW))
                .contains("https://graph.microsoft.com")
                .endsWith("; careful: Token is for the wrong resource");
        claims = "no token that tells anything";
        assertThat(detail(check(office()), Name.TOKEN_REVIEW)).startsWith("opaque");
    }

    @Test
    void steps_are_told_in_their_order_when_they_are_taken() {
        server.refusing(Stage.RCPT, Reply.of(550, "5.1.1", "no such user"));
        var told = new ArrayList<CheckStep>();

        var report = check.run(office(), ADA, told::add);

        assertThat(told).containsExactlyElementsOf(report.steps());
        assertThat(told)
                .extracting(step -> step.name().word())
                .containsExactly(
                        "settings",
                        "name",
                        "connect",
                        "tls",
                        "ehlo",
                        "access_token",
                        "token_review",
                        "sign_in",
                        "sender",
                        "recipient",
                        "message");
        assertThat(told.get(9)).isInstanceOf(Failed.class);
        assertThat(told.get(10)).isInstanceOf(CheckStep.NotReached.class);
        assertThat(detail(report, Name.CONNECT))
                .isEqualTo("192.0.2.1:587 refused; 192.0.2.2:587 connected");
        assertThat(detail(report, Name.EHLO)).contains("AUTH XOAUTH2, SIZE 1000");
        assertThat(detail(report, Name.SIGN_IN)).isEqualTo("XOAUTH2: 235 2.7.0 welcome");
    }

    @Test
    void a_server_that_objects_to_the_EHLO_name_is_offered_the_From_domain() {
        server.refusing(Stage.EHLO, Reply.of(501, "5.5.4", "Invalid domain name"));
        var atEhlo = failed(check(office()));

        assertThat(atEhlo.name()).isEqualTo(Name.EHLO);
        assertThat(atEhlo.advice().id()).isEqualTo("local-ehlo-name-refused");
        assertThat(atEhlo.advice().fix()).contains("Set smtp.ehlo_hostname to example.com");

        server.takesEverything();
        server.refusing(
                Stage.RCPT,
                Reply.of(504, "5.5.2", "<localhost>: Helo command rejected: need fully-qualified"));
        assertThat(failed(check(office())).advice().id()).isEqualTo("local-ehlo-name-refused");
    }

    @Test
    void a_refused_recipient_outside_is_told_to_try_one_inside() {
        server.refusing(Stage.RCPT, Reply.of(550, "5.7.1", "not allowed"));

        assertThat(failed(check(office())).detail())
                .contains("ada@example.net is outside example.com");
        var inside = check.run(office(), Address.of("ada@example.com"));
        assertThat(failed(inside).detail()).isEmpty();
    }

    @Test
    void a_password_that_is_refused_without_reason_is_told_that_OAuth2_is_wanted() {
        server.refusing(Stage.AUTH, NO_REASON);
        var office =
                create(
                        """
                        {"name": "Password", "preset": "microsoft-365",
                         "smtp": {"host": "localhost"}, "from": {"address": "a@example.com"},
                         "authentication": {"type": "basic", "username": "a@example.com",
                           "password": "correct horse"}}
                        """);
        signIn = new SignIn.Password("a@example.com", new Secret("correct horse"));

        assertThat(failed(check(office)).advice().id()).isEqualTo("local-password-exchange");
        assertThat(server.signIns()).hasSize(1);
    }

    @Test
    void a_shared_mailbox_is_tried_the_other_way_round_once_and_the_setting_offered() {
        claims = GOOD;
        server.refusing(Stage.MAIL, Reply.of(550, "5.7.60", "may not send as this sender"));

        var failed = failed(check(shared()));

        assertThat(failed.name()).isEqualTo(Name.SENDER);
        assertThat(failed.diagnostic().text()).contains("5.7.60");
        assertThat(failed.advice().id()).isEqualTo("local-other-user-taken");
        assertThat(failed.advice().fix()).isEqualTo("Set authentication.user to info@example.com.");
        assertThat(failed.detail()).contains("info@example.com the server took the message");
        assertThat(server.signIns()).containsExactly("", "info@example.com");
        assertThat(services.shown(shared()).at("/authentication").has("user")).isFalse();
    }

    @Test
    void a_mailbox_that_may_send_neither_way_is_told_both_refusals() {
        claims = GOOD;
        server.refusing(Stage.AUTH, NO_REASON)
                .refusing("info@example.com", Stage.AUTH, Reply.of(535, "5.7.3", "nor you"));

        var failed = failed(check(shared()));

        assertThat(failed.advice().id()).isEqualTo("exo-573");
        assertThat(failed.detail()).contains("info@example.com was tried, too", "nor you");
        assertThat(server.signIns()).containsExactly("", "info@example.com");
    }

    @Test
    void nobody_signs_in_twice_for_a_refusal_that_has_another_reason() {
        claims = GOOD;
        server.refusing(Stage.AUTH, SWITCHED_OFF);
        check(shared());
        claims = GRAPH;
        server.refusing(Stage.AUTH, NO_REASON);
        check(shared());
        server.takesEverything();
        server.refusing(Stage.RCPT, Reply.of(550, "5.1.1", "no such user"));
        check(shared());
        server.takesEverything();
        server.refusing(Stage.AUTH, NO_REASON);
        check(office());

        assertThat(server.signIns()).containsExactly("", "", "", "");
    }

    @Test
    void a_check_that_finds_no_connection_free_says_so() {
        isFull = true;

        var failed = failed(check(office()));

        assertThat(failed.name()).isEqualTo(Name.CONNECT);
        assertThat(failed.advice().id()).isEqualTo("local-no-connection-free");
        assertThat(server.signIns()).isEmpty();
    }

    @Test
    void a_connection_is_given_back_whatever_came_of_the_check() {
        check(office());
        server.refusing(Stage.EHLO, Reply.of(501, "5.5.4", "Invalid domain name"));
        check(office());

        assertThat(taken).isEqualTo(2);
        assertThat(givenBack).isEqualTo(2);
    }

    @Test
    void a_service_is_verified_until_what_it_sends_with_changes() {
        check(office());
        assertThat(last.of(office().id()).verifiedAt()).contains(clock.instant());

        change("{\"limits\": {\"connections\": 2}}");
        assertThat(last.of(office().id()).verifiedAt()).isPresent();
        change("{\"smtp\": {\"port\": 2525}}");
        assertThat(last.of(office().id()).verifiedAt()).isEmpty();

        check(office());
        server.refusing(Stage.RCPT, Reply.of(550, "5.1.1", "no such user"));
        check(office());
        assertThat(last.of(office().id()).verifiedAt()).isPresent();
        assertThat(last.of(office().id()).report().orElseThrow().path("passed").asBoolean())
                .isFalse();

        services.authorized(office(), "ada", tx -> true);
        assertThat(last.of(office().id()).verifiedAt()).isEmpty();
    }

    @Test
    void a_failing_service_that_passes_is_ready_again_and_a_paused_one_stays_paused() {
        var id = office().id();
        fail(id);
        server.refusing(Stage.RCPT, Reply.of(550, "5.1.1", "no such user"));
        check(office());
        assertThat(services.status(id).state()).isEqualTo(ServiceState.FAILING);

        server.takesEverything();
        check(office());
        assertThat(services.status(id).state()).isEqualTo(ServiceState.READY);

        services.pause(id, "ada");
        check(office());
        assertThat(services.status(id).state()).isEqualTo(ServiceState.PAUSED);
    }

    private void fail(long id) {
        services.moveTo(
                id,
                ServiceState.FAILING,
                Optional.of("exo-573"),
                Optional.of("535 5.7.3"),
                Optional.empty());
    }

    @Test
    void settings_that_changed_during_a_check_are_not_verified_by_it() {
        var before = office();
        change("{\"smtp\": {\"port\": 2525}}");

        assertThat(check(before).passed()).isTrue();
        assertThat(last.of(before.id()).verifiedAt()).isEmpty();
    }

    @Test
    void what_is_kept_of_a_check_is_bounded_and_holds_no_secret() {
        var long_ = "x".repeat(5_000);
        server.refusing(Stage.AUTH, Reply.of(535, "5.7.9", "no ya29.A0ARrdaM-secret " + long_));
        var conversation = new Conversation();
        for (int i = 0; i < 200; i++)
            conversation.add(Stage.AUTH, "said " + long_, "heard " + long_, Duration.ZERO);
        var report = check(office());
        var talkative = new CheckReport(report.at(), ADA, report.steps(), conversation.steps());

        assertThat(ReportJson.bounded(talkative)).hasSizeLessThan(110_000);
        var kept = last.of(office().id()).report().orElseThrow();
        assertThat(kept.toString()).doesNotContain("ya29.A0").hasSizeLessThan(20_000);
        assertThat(ReportText.of(office(), kept))
                .contains("failed       Sign-in", "not reached  Message accepted", "Conversation")
                .doesNotContain("ya29.A0");
    }

    private Failed signIn(String claims, Reply refusal) {
        return failed(report(claims, refusal));
    }

    private static Failed failed(CheckReport report) {
        return report.steps().stream()
                .filter(step -> step instanceof Failed)
                .map(step -> (Failed) step)
                .findFirst()
                .orElseThrow();
    }

    private static String detail(CheckReport report, Name name) {
        return report.steps().stream()
                .filter(step -> step.name() == name)
                .map(step -> ((Passed) step).detail())
                .findFirst()
                .orElseThrow();
    }

    private CheckReport report(String claims, Reply refusal) {
        this.claims = claims;
        server.refusing(Stage.AUTH, refusal);
        return check(office());
    }

    private CheckReport check(Service service) {
        return check.run(service, ADA);
    }

    private SignIn bearer() {
        var token = claims.startsWith("{") ? TokenReviewTest.token(claims) : new Secret(claims);
        var expires = clock.instant().plus(Duration.ofHours(1));
        return new SignIn.Bearer("noreply@example.com", token, expires, Mechanism.AUTO);
    }

    private Optional<Place> place() {
        if (isFull) return Optional.empty();
        taken++;
        return Optional.of(() -> givenBack++);
    }

    private void change(String patch) {
        services.update(office().id(), JsonMapper.shared().readTree(patch), "ada");
    }

    private Service office() {
        return services.find("Office")
                .orElseGet(() -> create(OFFICE.formatted("Office", "noreply")));
    }

    private Service shared() {
        return services.find("Shared").orElseGet(() -> create(OFFICE.formatted("Shared", "info")));
    }

    private Service create(String settings) {
        return services.create(JsonMapper.shared().readTree(settings), "test");
    }

    private static final String OFFICE =
            """
            {"name": "%s", "preset": "microsoft-365-app", "smtp": {"host": "localhost"},
             "from": {"address": "%s@example.com"},
             "authentication": {"login": "noreply@example.com", "tenant": "contoso.com",
               "client_id": "0f6a0000-0000-4000-8000-000000000002",
               "client_secret": "a~secret.value-of_forty.characters_1",
               "client_secret_expires": "2026-12-01"}}
            """;
}
