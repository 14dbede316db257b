package postroom.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.event.Event;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Address;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

@OnBothDatabases
class AccessTest {
    @Parameter Database database;

    private static final Secret WRONG = new Secret("not it");
    private static final InetAddress OFFICE = address("192.0.2.1");
    private static final InetAddress ELSEWHERE = address("198.51.100.9");

    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    private final MovedClock clock = new MovedClock();
    @TempDir Path data;
    private Store store;
    private EventLog events;
    private Access access;

    @BeforeEach
    void open() {
        store = database.open(data, clock);
        events = new EventLog(store, clock);
        access = Access.open(store, events, VAULT, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void an_application_signs_in_with_what_was_issued() {
        var erp = access.create(NewCredential.of("ERP", "*@example.com"), "ada");

        assertThat(erp.credential().smtpUsername()).isEqualTo("erp");
        assertThat(access.signIn("erp", erp.smtpPassword(), OFFICE))
                .isEqualTo(new SignInAnswer.SignedIn(erp.credential()));
        assertThat(access.byApiKey(erp.apiKey(), OFFICE)).contains(erp.credential());
        assertThat(erp.apiKey().value()).startsWith("pr_").hasSizeGreaterThan(28);
        assertThat(erp.credential().maySendAs(Address.of("a@example.com"))).isTrue();
        assertThat(erp.credential().maySendAs(Address.of("a@example.org"))).isFalse();
    }

    @Test
    void a_credential_survives_a_restart() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");

        var later = Access.open(store, events, VAULT, clock);

        assertThat(later.signIn("erp", erp.smtpPassword(), OFFICE))
                .isEqualTo(new SignInAnswer.SignedIn(erp.credential()));
    }

    @Test
    void a_wrong_password_an_unknown_name_and_a_wrong_network_are_told_apart_by_nobody() {
        var wanted = NewCredential.of("ERP", "*");
        var inTheOffice =
                new NewCredential(
                        "ERP",
                        wanted.senders(),
                        List.of(Network.of("192.0.2.0/24")),
                        Set.of(),
                        Set.of(),
                        false,
                        Optional.empty(),
                        Optional.empty());
        var erp = access.create(inTheOffice, "ada");

        assertThat(
                        List.of(
                                access.signIn("erp", WRONG, address("198.51.100.1")),
                                access.signIn("nobody", WRONG, address("198.51.100.2")),
                                access.signIn("erp", erp.smtpPassword(), address("198.51.100.3"))))
                .allMatch(SignInAnswer.Refused.class::isInstance);
        assertThat(access.byApiKey(erp.apiKey(), ELSEWHERE)).isEmpty();
        assertThat(access.byApiKey(erp.apiKey(), OFFICE)).isPresent();
    }

    @Test
    void revoking_takes_effect_at_once() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");
        access.signIn("erp", erp.smtpPassword(), OFFICE);

        assertThat(access.revoke(erp.credential().id(), "ada")).isTrue();

        assertThat(access.signIn("erp", erp.smtpPassword(), OFFICE))
                .isInstanceOf(SignInAnswer.Refused.class);
        assertThat(access.byApiKey(erp.apiKey(), OFFICE)).isEmpty();
        assertThat(access.revoke(erp.credential().id(), "ada")).isFalse();
        assertThat(events.after(0, 100))
                .extracting(Event::type)
                .containsSubsequence(EventType.CREDENTIAL_CREATED, EventType.CREDENTIAL_REVOKED);
    }

    @Test
    void another_nodes_revocation_counts_within_two_seconds() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");
        Access.open(store, events, VAULT, clock).revoke(erp.credential().id(), "ada");

        clock.advance(Duration.ofSeconds(2));

        assertThat(access.signIn("erp", erp.smtpPassword(), OFFICE))
                .isInstanceOf(SignInAnswer.Refused.class);
    }

    @Test
    void a_network_that_guesses_is_locked_out_while_the_password_works_from_another() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");
        for (int i = 0; i < 10; i++) access.signIn("erp", WRONG, ELSEWHERE);

        assertThat(access.signIn("erp", erp.smtpPassword(), ELSEWHERE))
                .isEqualTo(new SignInAnswer.LockedOut(Duration.ofMinutes(1)));
        assertThat(access.signIn("erp", erp.smtpPassword(), OFFICE))
                .isInstanceOf(SignInAnswer.SignedIn.class);

        clock.advance(Duration.ofMinutes(1));
        assertThat(access.signIn("erp", erp.smtpPassword(), ELSEWHERE))
                .isInstanceOf(SignInAnswer.SignedIn.class);
    }

    @Test
    void a_credential_guessed_at_from_many_networks_is_locked_and_opens_again() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");
        for (int i = 1; i <= 30; i++) access.signIn("erp", WRONG, address("203.0.113." + i));

        assertThat(access.signIn("erp", erp.smtpPassword(), ELSEWHERE))
                .isInstanceOf(SignInAnswer.LockedOut.class);

        clock.advance(Duration.ofMinutes(1));
        assertThat(access.signIn("erp", erp.smtpPassword(), ELSEWHERE))
                .isInstanceOf(SignInAnswer.SignedIn.class);
        await() // the event is written without waiting, and nothing stands behind it for sure
                .untilAsserted(() ->
                        assertThat(events.after(0, 100))
                                .anySatisfy(event -> {
                                    assertThat(event.type()).isEqualTo(EventType.CREDENTIAL_LOCKED);
                                    assertThat(event.credential()).contains(erp.credential().id());
                                }));
    }

    @Test
    void nobody_locks_an_application_out_from_elsewhere() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");
        access.signIn("erp", erp.smtpPassword(), OFFICE);
        for (int i = 1; i <= 30; i++) access.signIn("erp", WRONG, address("203.0.113." + i));

        assertThat(access.signIn("erp", erp.smtpPassword(), OFFICE))
                .isInstanceOf(SignInAnswer.SignedIn.class);
    }

    @Test
    void a_neighbour_with_a_wrong_password_does_not_lock_out_the_application_beside_it() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");
        access.signIn("erp", erp.smtpPassword(), OFFICE);
        for (int i = 0; i < 10; i++) access.signIn("old-scanner", WRONG, OFFICE);

        assertThat(access.signIn("erp", erp.smtpPassword(), OFFICE))
                .isInstanceOf(SignInAnswer.SignedIn.class);

        access.signIn("erp", WRONG, OFFICE);
        assertThat(access.signIn("erp", erp.smtpPassword(), OFFICE))
                .isInstanceOf(SignInAnswer.LockedOut.class);
    }

    @Test
    void a_password_that_a_person_chose_works_and_is_kept_with_argon2() {
        var chosen =
                new NewCredential(
                        "Old scanner",
                        List.of("scanner@example.com"),
                        List.of(),
                        Set.of(),
                        Set.of(),
                        false,
                        Optional.of("scan01"),
                        Optional.of(new Secret("correct horse")));
        access.create(chosen, "ada");

        assertThat(access.signIn("scan01", new Secret("correct horse"), OFFICE))
                .isInstanceOf(SignInAnswer.SignedIn.class);
        assertThat(access.signIn("scan01", WRONG, OFFICE)).isInstanceOf(SignInAnswer.Refused.class);
        assertThat(
                        store.<String>read(tx ->
                                tx.first(
                                                """
                                                select password_hash from credential
                                                where smtp_username = ?
                                                """,
                                                row -> row.string("password_hash"),
                                                "scan01")
                                        .orElse("")))
                .startsWith("$argon2id$");
        assertThatThrownBy(() -> access.create(chosen, "ada")).isInstanceOf(UsernameTaken.class);
    }

    @Test
    void two_credentials_of_one_name_get_user_names_of_their_own() {
        var first = access.create(NewCredential.of("Web shop", "*"), "ada");
        var second = access.create(NewCredential.of("Web shop", "*"), "ada");

        assertThat(first.credential().smtpUsername()).isEqualTo("web-shop");
        assertThat(second.credential().smtpUsername()).startsWith("web-shop-");
    }

    @Test
    void a_listed_device_gets_the_credential_with_the_narrowest_network() {
        access.create(devices("all devices", "10.0.0.0/8"), "ada");
        access.create(devices("printers", "10.1.0.0/16"), "ada");

        assertThat(access.forListedNetwork(address("10.1.2.3")))
                .map(Credential::name)
                .contains("printers");
        assertThat(access.forListedNetwork(address("10.2.2.3")))
                .map(Credential::name)
                .contains("all devices");
        assertThat(access.forListedNetwork(OFFICE)).isEmpty();
    }

    @Test
    void the_sendmail_door_has_a_credential_that_stays_revoked_once_it_was() {
        var local = access.local().orElseThrow();
        assertThat(local.maySendAs(Address.of("cron@example.com"))).isTrue();
        assertThat(access.signIn("sendmail", new Secret(""), OFFICE))
                .isInstanceOf(SignInAnswer.Refused.class);

        access.revoke(local.id(), "ada");

        assertThat(Access.open(store, events, VAULT, clock).local()).isEmpty();
    }

    @Test
    void management_keys_have_the_rights_they_were_given_until_they_are_revoked() {
        var issued = access.createManagementKey("monitoring", Role.VIEWER);

        assertThat(access.caller(issued.secret(), OFFICE))
                .isEqualTo(new Caller.Manager(issued.key()));
        assertThat(access.revokeManagementKey(issued.key().id())).isTrue();
        assertThat(access.caller(issued.secret(), OFFICE)).isEqualTo(new Caller.Nobody());
    }

    @Test
    void the_keys_from_settings_and_data_directory_have_all_rights() throws Exception {
        access.admit(new Secret("a key of the owner"));
        access.writeLocalKey(data, URI.create("http://localhost:8587"));
        var file = data.resolve("local-key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        var lines = Files.readAllLines(file);
        var local = new Secret(lines.getLast());
        assertThat(lines.getFirst()).isEqualTo("http://localhost:8587");

        assertThat(List.of(new Secret("a key of the owner"), local))
                .allSatisfy(key ->
                        assertThat(access.caller(key, OFFICE))
                                .isInstanceOfSatisfying(
                                        Caller.Manager.class,
                                        manager ->
                                                assertThat(manager.key().role())
                                                        .isEqualTo(Role.OWNER)));
    }

    @Test
    void a_network_that_shows_too_many_wrong_keys_is_told_to_wait_and_a_right_key_is_let_in() {
        var erp = access.create(NewCredential.of("ERP", "*"), "ada");
        for (int i = 0; i < 10; i++) access.caller(new Secret("pr_" + i), OFFICE);

        assertThat(access.caller(WRONG, OFFICE)).isInstanceOf(Caller.LockedOut.class);
        assertThat(access.caller(erp.apiKey(), OFFICE)).isInstanceOf(Caller.Application.class);
    }

    @Test
    void the_first_person_becomes_owner_with_a_secret_that_works_once() {
        var people = access.people();
        var secret = people.issueFirstRun().orElseThrow();
        var password = new Secret("correct horse");
        assertThat(people.claimFirstRun(WRONG, "eve@example.com", password)).isEmpty();

        var ada = people.claimFirstRun(secret, "Ada@example.com", password).orElseThrow();

        assertThat(ada.role()).isEqualTo(Role.OWNER);
        assertThat(people.claimFirstRun(secret, "eve@example.com", password)).isEmpty();
        assertThat(people.issueFirstRun()).isEmpty();
        assertThat(people.signIn("ada@example.com", password, OFFICE))
                .isEqualTo(new UserSignIn.SignedIn(ada));
    }

    @Test
    void people_who_guess_are_slowed_and_locked_out() {
        var people = access.people();
        people.create("ada@example.com", new Secret("correct horse"), Role.OWNER);
        for (int i = 0; i < 10; i++)
            assertThat(people.signIn("ada@example.com", WRONG, ELSEWHERE))
                    .isInstanceOf(UserSignIn.Refused.class);

        assertThat(people.signIn("ada@example.com", new Secret("correct horse"), ELSEWHERE))
                .isInstanceOf(UserSignIn.LockedOut.class);
    }

    private static NewCredential devices(String name, String network) {
        return new NewCredential(
                name,
                List.of("*@example.com"),
                List.of(Network.of(network)),
                Set.of(),
                Set.of(),
                true,
                Optional.empty(),
                Optional.empty());
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException neverForLiterals) {
            throw new IllegalArgumentException(neverForLiterals);
        }
    }
}
