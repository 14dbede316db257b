package postroom.access;

import org.jspecify.annotations.Nullable;

import postroom.event.Audit;
import postroom.event.Deed;
import postroom.event.Difference;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Actor;
import postroom.store.Store;
import postroom.store.Tx;
import postroom.store.Tx.Subject;

import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The people who may sign in to the console. Safe for use by many threads.
///
/// As long as there is nobody, a one-time secret lets the first person in as owner; it is made anew
/// at every start and works once. There is always an owner: the last one stays what they are.
public final class People {

    /// Shorter passwords are not taken.
    public static final int SHORTEST_PASSWORD = 10;

    /// Nor are longer ones: hashing is work.
    public static final int LONGEST_PASSWORD = 500;

    private final Store store;
    private final Audit audit;
    private final InstantSource clock;
    private final Proofs proofs;
    private final Guesses networks;
    private final Guesses emails;
    private final Sessions sessions;
    private final Invitations invitations;
    private final SecondFactors secondFactors;
    private final Passkeys passkeys;
    private final SignInSteps steps;
    private volatile @Nullable String firstRunHash;

    People(Ground ground, Proofs proofs, Guesses networks, int most) {
        this.store = ground.store;
        this.audit = ground.audit;
        this.clock = ground.clock;
        this.proofs = proofs;
        this.networks = networks;
        this.emails =
                new Guesses(
                        clock,
                        new Guesses.Rule(
                                10,
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(15),
                                Duration.ofHours(1)),
                        most);
        this.sessions = new Sessions(store, audit, clock, proofs);
        this.invitations = new Invitations(store, audit, clock, proofs);
        this.secondFactors = new SecondFactors(ground, proofs, networks, most);
        this.passkeys = new Passkeys(store, audit, clock);
        this.steps = new SignInSteps(store, ground.vault, clock, proofs);
    }

    /// What all of this stands on.
    record Ground(Store store, Audit audit, Vault vault, InstantSource clock) {}

    public Sessions sessions() {
        return sessions;
    }

    public Invitations invitations() {
        return invitations;
    }

    public SecondFactors secondFactors() {
        return secondFactors;
    }

    public Passkeys passkeys() {
        return passkeys;
    }

    public SignInSteps steps() {
        return steps;
    }

    /// Whether the password is right; a second factor is another question.
    public UserSignIn signIn(String email, Secret password, InetAddress from) {
        var network = Guesses.networkOf(from);
        var name = normal(email);
        var locked = networks.locked(network).or(() -> emails.locked(name));
        if (locked.isPresent()) return new UserSignIn.LockedOut(locked.get());
        var kept = store.read(tx -> UserRows.withEmail(tx, name)).filter(it -> it.user().active());
        if (proves(password, kept.map(UserRows.Kept::hash).orElse("")))
            return new UserSignIn.SignedIn(kept.orElseThrow().user());
        var byNetwork = networks.wrong(network);
        var byEmail = emails.wrong(name);
        noteRefusal(name, "password", from, byNetwork.locked().or(byEmail::locked).isPresent());
        return new UserSignIn.Refused(
                byNetwork.slowDown().compareTo(byEmail.slowDown()) > 0
                        ? byNetwork.slowDown()
                        : byEmail.slowDown());
    }

    /// Whether too many tried from there; for ways in that know no password.
    public boolean isLockedOut(InetAddress from) {
        return networks.locked(Guesses.networkOf(from)).isPresent();
    }

    /// Counts a try that failed, and says how long to wait before saying so.
    public Duration refuse(String name, String with, InetAddress from) {
        var wrong = networks.wrong(Guesses.networkOf(from));
        noteRefusal(name, with, from, wrong.locked().isPresent());
        return wrong.slowDown();
    }

    /// Somebody was not let in. The name is what they called themselves, if that is an address:
    /// some type their password there.
    public void noteRefusal(String given, String with, InetAddress from, boolean lockedOut) {
        var name = given.matches("[^\\s@]+@[^\\s@]+") ? given : "";
        Map<String, Object> told =
                lockedOut ? Map.of("with", with, "locked_out", true) : Map.of("with", with);
        store.write(tx -> {
            audit.note(
                    tx,
                    new Actor("nobody", Actor.Kind.NOBODY, from.getHostAddress()),
                    new Deed("user.sign_in_refused", "", name, Difference.made(told)));
            return true;
        });
    }

    // Takes the same time for nobody, and for somebody without a password.
    private boolean proves(Secret password, String hash) {
        if (password.value().length() <= LONGEST_PASSWORD && !hash.isEmpty())
            return proofs.proves(password, hash);
        proofs.provesNothing(password);
        return false;
    }

    public List<User> all() {
        return store.read(UserRows::all);
    }

    public Optional<User> withId(long id) {
        return store.read(tx -> UserRows.withId(tx, id)).map(UserRows.Kept::user);
    }

    public Optional<User> withEmail(String email) {
        return store.read(tx -> UserRows.withEmail(tx, normal(email))).map(UserRows.Kept::user);
    }

    public boolean hasPassword(long id) {
        return store.read(tx -> UserRows.withId(tx, id))
                .filter(it -> !it.hash().isEmpty())
                .isPresent();
    }

    /// Empty when somebody has that e-mail address.
    public Optional<User> create(String email, Secret password, Role role) {
        refuseWeak(password);
        return insert(newUser(email, role), proofs.slowHash(password));
    }

    /// Somebody who signs in elsewhere, and has no password here. Empty when somebody has that
    /// e-mail address.
    public Optional<User> createWithoutPassword(String email, Role role) {
        return insert(newUser(email, role), "");
    }

    private Optional<User> insert(User user, String hash) {
        return store.write(tx -> {
            tx.lock(Subject.PEOPLE);
            if (UserRows.withEmail(tx, user.email()).isPresent()) return Optional.empty();
            UserRows.insert(tx, user, hash);
            note(tx, "user.created", user, Map.of(), Map.of("role", user.role().word()));
            return Optional.of(user);
        });
    }

    private User newUser(String email, Role role) {
        var now = clock.instant();
        return new User(store.nextId(), normal(email), role, now, true, false, Optional.empty());
    }

    /// What came of changing somebody.
    public enum Changed {
        DONE,
        NOBODY,
        /// Without them nobody could look after people any more.
        LAST_OWNER,
        WRONG_PASSWORD
    }

    /// Takes effect with their next click.
    public Changed changeRole(long id, Role role) {
        return store.write(tx -> {
            tx.lock(Subject.PEOPLE);
            var found = UserRows.withId(tx, id);
            if (found.isEmpty()) return Changed.NOBODY;
            var user = found.get().user();
            if (user.role() == role) return Changed.DONE;
            if (isLastOwner(tx, user)) return Changed.LAST_OWNER;
            tx.update("update user_ set role = ? where id = ?", role.word(), id);
            note(
                    tx,
                    "user.role_changed",
                    user,
                    Map.of("role", user.role().word()),
                    Map.of("role", role.word()));
            return Changed.DONE;
        });
    }

    /// They are signed out everywhere and do not get in again, until they are let in again.
    public Changed deactivate(long id) {
        return store.write(tx -> {
            tx.lock(Subject.PEOPLE);
            var found = UserRows.withId(tx, id);
            if (found.isEmpty()) return Changed.NOBODY;
            var user = found.get().user();
            if (!user.active()) return Changed.DONE;
            if (isLastOwner(tx, user)) return Changed.LAST_OWNER;
            tx.update("update user_ set active = ? where id = ?", false, id);
            tx.update("delete from invitation where user_id = ?", id);
            Sessions.endAll(tx, id);
            note(tx, "user.deactivated", user, Map.of("active", true), Map.of("active", false));
            return Changed.DONE;
        });
    }

    public Changed reactivate(long id) {
        return store.write(tx -> {
            var found = UserRows.withId(tx, id);
            if (found.isEmpty()) return Changed.NOBODY;
            var user = found.get().user();
            if (user.active()) return Changed.DONE;
            tx.update("update user_ set active = ? where id = ?", true, id);
            note(tx, "user.reactivated", user, Map.of("active", false), Map.of("active", true));
            return Changed.DONE;
        });
    }

    private static boolean isLastOwner(Tx tx, User user) throws SQLException {
        return user.role() == Role.OWNER && user.active() && !UserRows.isOwnerBeside(tx, user.id());
    }

    /// One's own; ends all sessions but this one. Guessing the old one is throttled like a sign-in.
    public Changed changePassword(long id, Secret old, Secret password, long session) {
        refuseWeak(password);
        if (!confirms(id, old)) return Changed.WRONG_PASSWORD;
        var hash = proofs.slowHash(password);
        return store.write(tx -> replacePassword(tx, id, hash, session));
    }

    /// Somebody else's, by whoever may; ends all their sessions.
    public boolean changePassword(long id, Secret password) {
        refuseWeak(password);
        var hash = proofs.slowHash(password);
        return store.write(tx -> replacePassword(tx, id, hash, 0)) == Changed.DONE;
    }

    private Changed replacePassword(Tx tx, long id, String hash, long keep) throws SQLException {
        var found = UserRows.withId(tx, id);
        if (found.isEmpty()) return Changed.NOBODY;
        tx.update("update user_ set password_hash = ? where id = ?", hash, id);
        tx.update("delete from invitation where user_id = ?", id);
        Sessions.endAllBut(tx, id, keep);
        var told = Map.<String, Object>of("password", "replaced");
        note(tx, "user.password_changed", found.get().user(), Map.of(), told);
        return Changed.DONE;
    }

    /// Whether somebody who is signed in knows their password, before something that would let
    /// another one stay. True for those who have none.
    public boolean confirms(long id, Secret password) {
        var found = store.read(tx -> UserRows.withId(tx, id));
        if (found.isEmpty()) return false;
        var kept = found.get();
        if (kept.hash().isEmpty()) return true;
        var name = kept.user().email();
        if (emails.locked(name).isPresent()) return false;
        if (proves(password, kept.hash())) return true;
        emails.wrong(name);
        return false;
    }

    /// The one-time secret of the first run, while there is nobody. Another call makes another one.
    public Optional<Secret> issueFirstRun() {
        if (!store.read(UserRows::isEmpty)) return Optional.empty();
        var secret = proofs.issue("");
        firstRunHash = proofs.fastHash(secret);
        return Optional.of(secret);
    }

    public boolean isFirstRun(Secret secret) {
        var hash = firstRunHash;
        return hash != null && proofs.proves(secret, hash) && store.read(UserRows::isEmpty);
    }

    /// The first person becomes owner; empty when the secret is wrong or somebody was there first.
    public Optional<User> claimFirstRun(Secret secret, String email, Secret password) {
        if (!isFirstRun(secret)) return Optional.empty();
        refuseWeak(password);
        var user = newUser(email, Role.OWNER);
        var hash = proofs.slowHash(password);
        boolean first =
                store.write(tx -> {
                    tx.lock(Subject.PEOPLE);
                    if (!UserRows.isEmpty(tx)) return false;
                    UserRows.insert(tx, user, hash);
                    note(tx, "user.created", user, Map.of(), Map.of("role", "owner"));
                    return true;
                });
        firstRunHash = null;
        return first ? Optional.of(user) : Optional.empty();
    }

    /// Forgets what ended by itself.
    public void eraseEnded() {
        sessions.eraseEnded();
    }

    private void note(
            Tx tx, String action, User user, Map<String, Object> before, Map<String, Object> after)
            throws SQLException {
        audit.note(tx, new Deed(action, user.id(), user.email(), new Difference(before, after)));
    }

    static void refuseWeak(Secret password) {
        int length = password.value().length();
        if (length < SHORTEST_PASSWORD || length > LONGEST_PASSWORD)
            throw new IllegalArgumentException(
                    "a password has "
                            + SHORTEST_PASSWORD
                            + " to "
                            + LONGEST_PASSWORD
                            + " characters");
    }

    static String normal(String email) {
        var name = email.strip().toLowerCase(Locale.ROOT);
        return name.length() <= 320 ? name : name.substring(0, 320);
    }
}
