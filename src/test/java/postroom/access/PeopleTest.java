package postroom.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.access.People.Changed;
import postroom.event.Audit;
import postroom.event.EventLog;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

import javax.crypto.spec.SecretKeySpec;

@OnBothDatabases
class PeopleTest {
    @Parameter Database database;

    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    private static final Secret HORSE = new Secret("correct horse");
    private static final Secret STAPLE = new Secret("battery staple");
    private static final InetAddress HOME = InetAddress.getLoopbackAddress();

    private final MovedClock clock = new MovedClock();
    @TempDir Path data;
    private Store store;
    private EventLog events;
    private People people;
    private User ada;

    @BeforeEach
    void open() {
        store = database.open(data, clock);
        events = new EventLog(store, clock);
        people = Access.open(store, events, VAULT, clock).people();
        ada = people.create("ada@example.com", HORSE, Role.OWNER).orElseThrow();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void the_last_owner_stays_what_they_are() {
        assertThat(people.changeRole(ada.id(), Role.VIEWER)).isEqualTo(Changed.LAST_OWNER);
        assertThat(people.deactivate(ada.id())).isEqualTo(Changed.LAST_OWNER);

        var grace = people.create("grace@example.com", HORSE, Role.OWNER).orElseThrow();
        assertThat(people.deactivate(ada.id())).isEqualTo(Changed.DONE);
        assertThat(people.changeRole(grace.id(), Role.OPERATOR)).isEqualTo(Changed.LAST_OWNER);
    }

    @Test
    void whoever_is_deactivated_is_out_at_once_and_stays_out() {
        var eve = people.create("eve@example.com", HORSE, Role.OPERATOR).orElseThrow();
        var session = session(eve);

        people.deactivate(eve.id());

        assertThat(people.sessions().find(session, "127.0.0.1")).isEmpty();
        assertThat(people.signIn("eve@example.com", HORSE, HOME))
                .isInstanceOf(UserSignIn.Refused.class);
        assertThat(people.sessions().open(eve, "password", "", "")).isEmpty();
        people.reactivate(eve.id());
        assertThat(people.sessions().find(session, "127.0.0.1")).isEmpty();
    }

    @Test
    void a_role_counts_with_the_next_look() {
        var eve = people.create("eve@example.com", HORSE, Role.OPERATOR).orElseThrow();
        var session = session(eve);

        people.changeRole(eve.id(), Role.SETUP);

        assertThat(people.sessions().find(session, "127.0.0.1").orElseThrow().user().role())
                .isEqualTo(Role.SETUP);
    }

    @Test
    void sessions_end_when_nobody_uses_them_and_after_a_week_whatever_happens() {
        var idle = session(ada);
        clock.advance(Sessions.IDLE.plusSeconds(1));
        assertThat(people.sessions().find(idle, "127.0.0.1")).isEmpty();

        var busy = session(ada);
        for (int hours = 0; hours < 24 * 7; hours += 6) {
            assertThat(people.sessions().find(busy, "127.0.0.1")).isPresent();
            await().until(
                            () -> // it is noted behind the scenes
                            people.sessions()
                                            .of(ada.id())
                                            .getFirst()
                                            .seenAt()
                                            .equals(clock.instant()));
            clock.advance(Duration.ofHours(6));
        }
        assertThat(people.sessions().find(busy, "127.0.0.1")).isEmpty();
        assertThat(people.sessions().of(ada.id())).isEmpty();
    }

    @Test
    void one_ends_ones_own_sessions_and_nobody_elses() {
        var eve = people.create("eve@example.com", HORSE, Role.OPERATOR).orElseThrow();
        var here = session(ada);
        session(ada);
        var hers = session(eve);
        long mine = people.sessions().find(here, "").orElseThrow().session().id();
        long other = people.sessions().find(hers, "").orElseThrow().session().id();

        assertThat(people.sessions().end(ada.id(), other)).isFalse();
        assertThat(people.sessions().endOthers(ada.id(), mine)).isEqualTo(1);

        assertThat(people.sessions().find(here, "")).isPresent();
        assertThat(people.sessions().find(hers, "")).isPresent();
    }

    @Test
    void ones_own_password_needs_the_old_one_and_ends_the_other_sessions() {
        var here = session(ada);
        var there = session(ada);
        long mine = people.sessions().find(here, "").orElseThrow().session().id();

        assertThat(people.changePassword(ada.id(), STAPLE, STAPLE, mine))
                .isEqualTo(Changed.WRONG_PASSWORD);
        assertThat(people.changePassword(ada.id(), HORSE, STAPLE, mine)).isEqualTo(Changed.DONE);

        assertThat(people.sessions().find(here, "")).isPresent();
        assertThat(people.sessions().find(there, "")).isEmpty();
        assertThat(people.signIn("ada@example.com", STAPLE, HOME))
                .isInstanceOf(UserSignIn.SignedIn.class);
    }

    @Test
    void an_invitation_works_once_and_for_three_days() {
        var invited = people.invitations().invite("Eve@example.com", Role.SETUP, "ada");
        var late = people.invitations().invite("late@example.com", Role.VIEWER, "ada");
        var secret = invited.orElseThrow().secret();

        var eve = people.invitations().accept(secret, HORSE).orElseThrow();

        assertThat(eve.role()).isEqualTo(Role.SETUP);
        assertThat(people.invitations().accept(secret, STAPLE)).isEmpty();
        assertThat(people.invitations().invite("eve@example.com", Role.OWNER, "ada")).isEmpty();
        clock.advance(Invitations.LIFETIME.plusSeconds(1));
        assertThat(people.invitations().accept(late.orElseThrow().secret(), HORSE)).isEmpty();
    }

    @Test
    void a_new_invitation_takes_the_place_of_the_one_before_and_one_can_be_withdrawn() {
        var first = people.invitations().invite("eve@example.com", Role.SETUP, "ada");
        var second = people.invitations().invite("eve@example.com", Role.VIEWER, "ada");

        assertThat(people.invitations().find(first.orElseThrow().secret())).isEmpty();
        people.invitations().withdraw(second.orElseThrow().invitation().id());

        assertThat(people.invitations().accept(second.orElseThrow().secret(), HORSE)).isEmpty();
    }

    @Test
    void a_reset_ends_all_sessions_once_the_new_password_is_chosen() {
        var session = session(ada);
        var reset = people.invitations().reset(ada, "grace").orElseThrow();
        assertThat(people.sessions().find(session, "")).isPresent();

        assertThat(people.invitations().accept(reset.secret(), STAPLE)).isPresent();

        assertThat(people.sessions().find(session, "")).isEmpty();
        assertThat(people.signIn("ada@example.com", HORSE, HOME))
                .isInstanceOf(UserSignIn.Refused.class);
    }

    @Test
    void a_code_works_once() {
        var secret = secondFactor();
        clock.advance(Duration.ofMinutes(1));
        var code = code(secret);

        assertThat(people.secondFactors().check(ada, code, HOME))
                .isInstanceOf(SecondFactors.Answer.Right.class);
        assertThat(people.secondFactors().check(ada, code, HOME))
                .isInstanceOf(SecondFactors.Answer.Wrong.class);
    }

    @Test
    void the_code_that_switched_it_on_does_not_sign_in() {
        var secret = secondFactor();

        assertThat(people.secondFactors().check(ada, code(secret), HOME))
                .isInstanceOf(SecondFactors.Answer.Wrong.class);
    }

    @Test
    void a_recovery_code_works_once_however_it_is_written() {
        var codes = recoveryCodes();

        assertThat(new HashSet<>(codes)).hasSize(10);
        var shown = codes.getFirst().toUpperCase(java.util.Locale.ROOT).replace('-', ' ');
        assertThat(people.secondFactors().check(ada, shown, HOME))
                .isInstanceOf(SecondFactors.Answer.Right.class);
        assertThat(people.secondFactors().check(ada, codes.getFirst(), HOME))
                .isInstanceOf(SecondFactors.Answer.Wrong.class);
        assertThat(people.secondFactors().recoveryCodesLeft(ada.id())).isEqualTo(9);
    }

    @Test
    void guessing_codes_is_locked_out() {
        var secret = secondFactor();
        for (int i = 0; i < 5; i++) people.secondFactors().check(ada, "00000" + i, HOME);
        clock.advance(Duration.ofSeconds(50));

        assertThat(people.secondFactors().check(ada, code(secret), HOME))
                .isInstanceOf(SecondFactors.Answer.LockedOut.class);
    }

    @Test
    void a_step_of_a_sign_in_is_taken_once_and_by_its_kind() {
        var token = people.steps().begin(SignInSteps.Kind.SECOND_FACTOR, "7");

        assertThat(people.steps().look(SignInSteps.Kind.PROVIDER, token)).isEmpty();
        assertThat(people.steps().look(SignInSteps.Kind.SECOND_FACTOR, token)).contains("7");
        assertThat(people.steps().take(SignInSteps.Kind.SECOND_FACTOR, token)).contains("7");
        assertThat(people.steps().take(SignInSteps.Kind.SECOND_FACTOR, token)).isEmpty();
    }

    @Test
    void a_step_of_a_sign_in_ends_after_ten_minutes() {
        var token = people.steps().begin(SignInSteps.Kind.PROVIDER, "state");

        clock.advance(Duration.ofMinutes(10).plusSeconds(1));

        assertThat(people.steps().take(SignInSteps.Kind.PROVIDER, token)).isEmpty();
    }

    @Test
    void the_audit_tells_of_people_and_never_of_their_secrets() {
        var codes = recoveryCodes();
        people.signIn("ada@example.com", STAPLE, HOME);
        people.changePassword(ada.id(), HORSE, STAPLE, 0);
        var invited = people.invitations().invite("eve@example.com", Role.SETUP, "ada");
        people.invitations().accept(invited.orElseThrow().secret(), HORSE);

        var entries = events.audit().after(0, Audit.Filter.NONE, 100);

        assertThat(entries)
                .extracting(entry -> entry.deed().action())
                .contains(
                        "user.created",
                        "user.second_factor_on",
                        "user.sign_in_refused",
                        "user.password_changed",
                        "user.invited",
                        "user.joined");
        assertThat(entries.toString())
                .doesNotContain(HORSE.value(), STAPLE.value(), codes.getFirst())
                .doesNotContain(invited.orElseThrow().secret().value());
    }

    private Secret session(User user) {
        return people.sessions().open(user, "password", "127.0.0.1", "test").orElseThrow();
    }

    private String secondFactor() {
        var secret = people.secondFactors().propose();
        assertThat(people.secondFactors().enable(ada, secret, "000000")).isEmpty();
        assertThat(people.secondFactors().enable(ada, secret, code(secret))).isPresent();
        return secret;
    }

    private List<String> recoveryCodes() {
        var secret = people.secondFactors().propose();
        return people.secondFactors().enable(ada, secret, code(secret)).orElseThrow();
    }

    private String code(String secret) {
        var key = new SecretKeySpec(Totp.octets(secret), "HmacSHA1");
        return new Totp().code(key, clock.instant());
    }
}
