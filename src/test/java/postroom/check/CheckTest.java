package postroom.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.check.CheckStep.Failed;
import postroom.check.CheckStep.Name;
import postroom.check.CheckStep.Passed;
import postroom.deliver.Transport;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.Mechanism;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.SqliteStore;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

class CheckTest {

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

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();
    private Store store;
    private EventLog events;
    private Services services;

    @BeforeEach
    void open() {
        store = SqliteStore.open(directory.resolve("postroom.db"), clock);
        events = new EventLog(store, clock);
        var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        services = Services.open(store, events, vault, Presets.ours(), JsonCatalog.ours(), clock);
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
                .isEqualTo(
                        "noreply@example.com, good for 60 min, audience"
                                + " https://outlook.office.com, SMTP.SendAsApp");
        assertThat(detail(report, Name.SETTINGS))
                .endsWith("; careful: The client secret or certificate ends soon");
    }

    private Failed signIn(String claims, Reply refusal) {
        return report(claims, refusal).steps().stream()
                .filter(step -> step.name() == Name.SIGN_IN)
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
        var catalog = JsonCatalog.ours();
        var office = services.find("Office").orElseGet(this::office);
        var expires = clock.instant().plus(Duration.ofHours(1));
        SignIns signIns =
                new SignIns() {
                    @Override
                    public SignIn signInFor(Service service) {
                        var token = TokenReviewTest.token(claims);
                        return new SignIn.Bearer(
                                "noreply@example.com", token, expires, Mechanism.AUTO);
                    }

                    @Override
                    public SignIn renewedFor(Service service, SignIn.Bearer refused) {
                        return refused;
                    }
                };
        var check =
                new Check(
                        services,
                        signIns,
                        new Refusing(new SmtpReply(Stage.AUTH, refusal)),
                        catalog,
                        store,
                        events,
                        clock);
        return check.run(office, Address.parse("ada@example.net").orElseThrow());
    }

    private Service office() {
        var settings =
                """
                {"name": "Office", "preset": "microsoft-365-app", "smtp": {"host": "localhost"},
                 "from": {"address": "noreply@example.com"},
                 "authentication": {"login": "noreply@example.com", "tenant": "contoso.com",
                   "client_id": "0f6a0000-0000-4000-8000-000000000002",
                   "client_secret": "a~secret.value-of_forty.characters_1",
                   "client_secret_expires": "2026-12-01"}}
                """;
        return services.create(JsonMapper.shared().readTree(settings), "test");
    }

    /// A server that is reached and refuses the sign-in.
    private record Refusing(Diagnostic refusal) implements Transport {
        @Override
        public Opening open(Service service, Conversation conversation) {
            return new Opening.NotOpened(refusal, Optional.empty());
        }

        @Override
        public Opening reach(Service service, Conversation conversation) {
            return new Opening.Opened(new Idle());
        }
    }

    private static final class Idle implements Transport.Line {
        @Override
        public void carry(Transport.Source source, Transport.Results results) {}

        @Override
        public boolean isOpen() {
            return false;
        }

        @Override
        public void close() {}
    }
}
