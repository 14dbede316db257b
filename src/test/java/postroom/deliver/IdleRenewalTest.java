package postroom.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.event.EventLog;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;
import postroom.oauth.Authorizations;
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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

@OnBothDatabases
class IdleRenewalTest {
    @Parameter Database database;

    private static final SignIn REFUSED =
            new SignIn.NotAuthorized(
                    new OAuthError(
                            400, "invalid_grant", "AADSTS50173: revoked", List.of("AADSTS50173")));
    private static final SignIn SECRET_REFUSED =
            new SignIn.NotAuthorized(
                    new OAuthError(
                            401,
                            "invalid_client",
                            "AADSTS7000222: expired",
                            List.of("AADSTS7000222")));
    private static final SignIn SILENCE =
            new SignIn.NotNow(new NoAnswer(Stage.TOKEN, "no answer"), Optional.empty());

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();
    private Store store;
    private Services services;
    private IdleRenewal renewal;
    private final List<Long> asked = new ArrayList<>();
    private SignIn answer = REFUSED;
    private Optional<Diagnostic> mailServerSays = Optional.empty();
    private int signedIn;

    @BeforeEach
    void open() {
        store = database.open(directory, clock);
        var events = new EventLog(store, clock);
        var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        var catalog = JsonCatalog.ours();
        services = Services.open(store, events, vault, Presets.ours(), catalog, clock);
        renewal =
                new IdleRenewal(
                        services,
                        new Authorizations(store, vault, events, clock, "test"),
                        new Provider(),
                        new MailServerSignIn(
                                new MailServer(),
                                (_, _) -> Optional.of(() -> {}),
                                new Judge(catalog)),
                        new Judge(catalog),
                        clock);
        answer = bearer();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void what_nobody_used_for_a_day_is_renewed_and_what_somebody_used_is_not() {
        long office = office("Office");
        clock.pass(Duration.ofHours(23));
        renewal.renew();
        assertThat(asked).isEmpty();

        clock.pass(Duration.ofHours(1));
        renewal.renew();
        renewal.renew();

        assertThat(asked).containsExactly(office);
    }

    @Test
    void an_access_token_that_lives_for_days_is_renewed_all_the_same() {
        long office = office("Office");
        answer = new SignIn.Bearer("a", new Secret("old"), clock.instant(), Mechanism.AUTO);
        clock.pass(Duration.ofDays(2));

        renewal.renew();

        assertThat(asked).containsExactly(office, -office);
    }

    @Test
    void a_refusal_closes_the_gate_as_real_mail_would() {
        long office = office("Office");
        answer = REFUSED;
        clock.pass(Duration.ofDays(1));

        renewal.renew();

        assertThat(services.status(office).state()).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
        assertThat(services.status(office).reason()).contains("aadsts-50173");
        clock.pass(Duration.ofDays(1));
        renewal.renew();
        assertThat(asked).as("only a person can help now").hasSize(1);
    }

    @Test
    void a_provider_that_does_not_answer_changes_nothing_and_is_asked_again_an_hour_later() {
        long office = office("Office");
        answer = SILENCE;
        clock.pass(Duration.ofDays(1));

        for (int minute = 0; minute < 121; minute++) {
            renewal.renew();
            clock.pass(Duration.ofMinutes(1));
        }

        assertThat(services.status(office).state()).isEqualTo(ServiceState.READY);
        assertThat(asked).hasSize(3);
    }

    @Test
    void a_paused_service_is_renewed_and_stays_paused() {
        long office = office("Office");
        services.pause(office, "ada");
        answer = REFUSED;
        clock.pass(Duration.ofDays(1));

        renewal.renew();

        assertThat(asked).containsExactly(office);
        assertThat(services.status(office).state()).isEqualTo(ServiceState.PAUSED);
    }

    @Test
    void of_a_paused_service_it_is_noted_that_a_person_has_to_authorize_it() {
        long office = office("Office");
        services.pause(office, "ada");
        answer = REFUSED;
        clock.pass(Duration.ofDays(1));
        renewal.renew();

        assertThat(services.status(office).state()).isEqualTo(ServiceState.PAUSED);
        assertThat(services.status(office).reason()).contains("aadsts-50173");
        assertThat(services.status(office).detail().orElse("")).contains("AADSTS50173");
        clock.pass(Duration.ofDays(2));
        renewal.renew();
        assertThat(asked).as("only a person can help now").hasSize(1);

        services.authorized(services.byId(office).orElseThrow(), "ada", tx -> true);
        assertThat(services.status(office).state()).isEqualTo(ServiceState.PAUSED);
        assertThat(services.status(office).reason()).isEmpty();
    }

    @Test
    void a_service_that_needs_authorization_is_not_opened_by_trying_again() {
        long office = office("Office");
        answer = REFUSED;
        clock.pass(Duration.ofDays(1));
        renewal.renew();

        var outcome = resumed(office);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Resumption.Outcome.Unchanged.class,
                        it ->
                                assertThat(it.detail())
                                        .contains("needs authorization", "AADSTS50173"));
        assertThat(services.status(office).state()).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
    }

    @Test
    void a_provider_that_was_wrong_about_it_is_believed_when_it_is_asked_again() {
        long office = office("Office");
        answer = REFUSED;
        clock.pass(Duration.ofDays(1));
        renewal.renew();
        answer = SILENCE;
        assertThat(resumed(office)).isInstanceOf(Resumption.Outcome.Unchanged.class);

        answer = bearer();

        assertThat(resumed(office)).isInstanceOf(Resumption.Outcome.Moved.class);
        assertThat(services.status(office).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void a_paused_service_that_cannot_sign_in_any_more_is_not_open_when_it_is_resumed() {
        long office = office("Office");
        services.pause(office, "ada");
        answer = REFUSED;

        resumed(office);

        assertThat(services.status(office).state()).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
        assertThat(services.status(office).reason()).contains("aadsts-50173");
        answer = SECRET_REFUSED;
        services.pause(office, "ada");
        resumed(office);
        assertThat(services.status(office).state()).isEqualTo(ServiceState.FAILING);
    }

    @Test
    void a_paused_service_is_open_again_when_its_provider_does_not_answer() {
        long office = office("Office");
        services.pause(office, "ada");
        answer = SILENCE;

        resumed(office);

        assertThat(services.status(office).state()).isEqualTo(ServiceState.READY);
    }

    private Resumption.Outcome resumed(long service) {
        return new Resumption(services, new Provider(), new Judge(JsonCatalog.ours()))
                .run(services.byId(service).orElseThrow(), "ada");
    }

    @Test
    void smtp_is_used_once_a_day_and_one_that_was_switched_off_is_told_before_mail_needs_it() {
        long office = office("Office");
        clock.pass(Duration.ofDays(1));
        renewal.renew();
        assertThat(signedIn).isEqualTo(1);
        assertThat(services.status(office).state()).isEqualTo(ServiceState.READY);

        mailServerSays =
                Optional.of(
                        new SmtpReply(
                                Stage.AUTH,
                                Reply.read(
                                        535,
                                        List.of(
                                                "5.7.139 Authentication unsuccessful,"
                                                    + " SmtpClientAuthentication is disabled for"
                                                    + " the Tenant."))));
        clock.pass(Duration.ofDays(1));
        renewal.renew();
        assertThat(services.status(office).state()).isEqualTo(ServiceState.FAILING);
        assertThat(services.status(office).reason()).contains("exo-smtpauth-disabled-tenant");

        mailServerSays = Optional.empty();
        clock.pass(Duration.ofDays(1));
        renewal.renew();
        assertThat(services.status(office).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void a_mail_server_that_does_not_answer_changes_nothing() {
        long office = office("Office");
        mailServerSays = Optional.of(new NoAnswer(Stage.CONNECT, "Connection refused"));
        clock.pass(Duration.ofDays(1));

        renewal.renew();

        assertThat(signedIn).isEqualTo(1);
        assertThat(services.status(office).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void what_failed_for_want_of_a_token_alone_is_well_again_when_there_is_one() {
        long office = office("Office");
        answer = SECRET_REFUSED;
        clock.pass(Duration.ofDays(1));
        renewal.renew();
        assertThat(services.status(office).state()).isEqualTo(ServiceState.FAILING);

        answer = bearer();
        clock.pass(Duration.ofHours(1));
        renewal.renew();

        assertThat(services.status(office).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void what_fails_for_another_reason_fails_on() {
        long office = office("Office");
        clock.pass(Duration.ofDays(1));
        services.moveTo(
                office,
                ServiceState.FAILING,
                Optional.of("exo-smtpauth-disabled-mailbox"),
                Optional.empty(),
                Optional.empty());

        renewal.renew();

        assertThat(asked).containsExactly(office);
        assertThat(services.status(office).state()).isEqualTo(ServiceState.FAILING);
    }

    @Test
    void a_round_is_bounded_and_begins_with_the_longest_idle() {
        for (int i = 0; i < 12; i++) {
            office("Office " + i);
            clock.pass(Duration.ofMinutes(1));
        }
        clock.pass(Duration.ofDays(2));
        var inOrder = services.all().stream().map(Service::id).toList();

        assertThat(renewal.renew()).isEqualTo(5);
        assertThat(asked).isEqualTo(inOrder.subList(0, 5));
        assertThat(renewal.renew()).isEqualTo(5);
        assertThat(renewal.renew()).isEqualTo(2);
        assertThat(asked).isEqualTo(inOrder);
    }

    @Test
    void a_refresh_token_that_nobody_has_used_yet_is_not_left_to_die() {
        var settings = settings("Imported").replace("authorization_code", "refresh_token");
        long imported =
                services.create(
                                JsonMapper.shared()
                                        .readTree(
                                                settings.replace(
                                                        "\"grant\"",
                                                        "\"refresh_token\": \"0.AX\", \"grant\"")),
                                "test")
                        .id();
        clock.pass(Duration.ofDays(1));
        answer = REFUSED;

        renewal.renew();

        assertThat(asked).containsExactly(imported);
        assertThat(services.status(imported).state()).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
    }

    private SignIn bearer() {
        return new SignIn.Bearer("a", new Secret("new"), clock.instant(), Mechanism.AUTO);
    }

    private static String settings(String name) {
        return """
        {"name": "%s", "preset": "microsoft-365", "from": {"address": "a@example.com"},
         "authentication": {"grant": "authorization_code", "login": "a@example.com",
           "client_id": "0f6a0000-0000-4000-8000-000000000002",
           "client_secret": "a~secret.value-of_forty.characters_1"}}
        """
                .formatted(name);
    }

    /// Authorized at this moment.
    private long office(String name) {
        var office = services.create(JsonMapper.shared().readTree(settings(name)), "test");
        services.authorized(
                office,
                "ada",
                tx ->
                        tx.update(
                                        """
                                        insert into authorization_
                                          (service_id, refresh_token, authorized_at, renewed_at)
                                        values (?, 'sealed', ?, ?)
                                        """,
                                        office.id(),
                                        clock.instant(),
                                        clock.instant())
                                > 0);
        return office.id();
    }

    /// Lets in, unless it says something.
    private final class MailServer implements Transport {
        @Override
        public Opening open(Service service, Conversation conversation) {
            signedIn++;
            return mailServerSays
                    .<Opening>map(it -> new Opening.NotOpened(it, Optional.empty()))
                    .orElseGet(() -> new Opening.Opened(new Unused()));
        }

        @Override
        public Opening reach(
                Service service, Conversation conversation, Consumer<Landmark> passed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Opening openAs(String user, Service service, Conversation conversation) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Unused implements Transport.Line {
        @Override
        public void carry(Transport.Source source, Transport.Results results) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /// Answers as told, and writes down what a renewal writes down. A token that is `old` is good
    /// still and only renewed by whoever insists.
    private final class Provider implements SignIns {
        @Override
        public SignIn signInFor(Service service) {
            asked.add(service.id());
            boolean isOld =
                    answer instanceof SignIn.Bearer it
                            && it.accessToken().equals(new Secret("old"));
            if (answer instanceof SignIn.Bearer && !isOld) renewed(service);
            return answer;
        }

        @Override
        public SignIn renewedFor(Service service, SignIn.Bearer refused) {
            asked.add(-service.id());
            renewed(service);
            return bearer();
        }

        private void renewed(Service service) {
            store.write(tx ->
                    tx.update(
                            "update authorization_ set renewed_at = ? where service_id = ?",
                            clock.instant(),
                            service.id()));
        }
    }
}
