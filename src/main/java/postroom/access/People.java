package postroom.access;

import org.jspecify.annotations.Nullable;

import postroom.secret.Secret;
import postroom.store.Store;
import postroom.store.Tx;
import postroom.store.Tx.Subject;

import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The people who may sign in to the console. Safe for use by many threads.
///
/// As long as there is nobody, a one-time secret lets the first person in as owner; it is made anew
/// at every start and works once.
public final class People {

    /// Shorter passwords are not taken.
    public static final int SHORTEST_PASSWORD = 10;

    private final Store store;
    private final InstantSource clock;
    private final Proofs proofs;
    private final Guesses networks;
    private final Guesses emails;
    private volatile @Nullable String firstRunHash;

    People(Store store, InstantSource clock, Proofs proofs, Guesses networks, int most) {
        this.store = store;
        this.clock = clock;
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
    }

    public UserSignIn signIn(String email, Secret password, InetAddress from) {
        var network = Guesses.networkOf(from);
        var name = normal(email);
        var locked = networks.locked(network).or(() -> emails.locked(name));
        if (locked.isPresent()) return new UserSignIn.LockedOut(locked.get());
        var kept = keptWith(name);
        if (kept.isEmpty()) proofs.provesNothing(password);
        else if (proofs.proves(password, kept.get().hash))
            return new UserSignIn.SignedIn(kept.get().user);
        var byNetwork = networks.wrong(network).slowDown();
        var byEmail = emails.wrong(name).slowDown();
        return new UserSignIn.Refused(byNetwork.compareTo(byEmail) > 0 ? byNetwork : byEmail);
    }

    public List<User> all() {
        return store.read(tx ->
                tx.query(
                        "select id, email, role, created_at from user_ order by id", People::user));
    }

    public Optional<User> withId(long id) {
        return store.read(tx ->
                tx.first(
                        "select id, email, role, created_at from user_ where id = ?",
                        People::user,
                        id));
    }

    public Optional<User> withEmail(String email) {
        return keptWith(normal(email)).map(Kept::user);
    }

    /// Empty when somebody has that e-mail address.
    public Optional<User> create(String email, Secret password, Role role) {
        refuseWeak(password);
        var user = new User(store.nextId(), normal(email), role, clock.instant());
        var hash = proofs.slowHash(password);
        return store.write(tx -> {
            if (anybody(tx, user.email())) return Optional.empty();
            insert(tx, user, hash);
            return Optional.of(user);
        });
    }

    public boolean changePassword(long id, Secret password) {
        refuseWeak(password);
        var hash = proofs.slowHash(password);
        int changed =
                store.write(tx ->
                        tx.update("update user_ set password_hash = ? where id = ?", hash, id));
        return changed > 0;
    }

    /// The one-time secret of the first run, while there is nobody. Another call makes another one.
    public Optional<Secret> issueFirstRun() {
        if (!store.read(People::isEmpty)) return Optional.empty();
        var secret = proofs.issue("");
        firstRunHash = proofs.fastHash(secret);
        return Optional.of(secret);
    }

    public boolean isFirstRun(Secret secret) {
        var hash = firstRunHash;
        return hash != null && proofs.proves(secret, hash) && store.read(People::isEmpty);
    }

    /// The first person becomes owner; empty when the secret is wrong or somebody was there first.
    public Optional<User> claimFirstRun(Secret secret, String email, Secret password) {
        if (!isFirstRun(secret)) return Optional.empty();
        refuseWeak(password);
        var user = new User(store.nextId(), normal(email), Role.OWNER, clock.instant());
        var hash = proofs.slowHash(password);
        boolean first =
                store.write(tx -> {
                    tx.lock(Subject.PEOPLE);
                    if (!isEmpty(tx)) return false;
                    insert(tx, user, hash);
                    return true;
                });
        firstRunHash = null;
        return first ? Optional.of(user) : Optional.empty();
    }

    private record Kept(User user, String hash) {}

    private Optional<Kept> keptWith(String email) {
        return store.read(tx ->
                tx.first(
                        """
                        select id, email, role, created_at, password_hash
                        from user_ where email = ?
                        """,
                        row -> new Kept(user(row), row.string("password_hash")),
                        email));
    }

    private static boolean isEmpty(Tx tx) throws SQLException {
        return tx.first("select id from user_ limit 1", row -> row.number("id")).isEmpty();
    }

    private static boolean anybody(Tx tx, String email) throws SQLException {
        return tx.first("select id from user_ where email = ?", row -> row.number("id"), email)
                .isPresent();
    }

    private static void insert(Tx tx, User user, String hash) throws SQLException {
        tx.update(
                """
                insert into user_ (id, email, password_hash, role, created_at)
                values (?, ?, ?, ?, ?)
                """,
                user.id(),
                user.email(),
                hash,
                user.role().word(),
                user.createdAt());
    }

    private static User user(Tx.Row row) throws SQLException {
        return new User(
                row.number("id"),
                row.string("email"),
                Role.of(row.string("role")).orElse(Role.VIEWER),
                row.time("created_at"));
    }

    private static void refuseWeak(Secret password) {
        if (password.value().length() < SHORTEST_PASSWORD)
            throw new IllegalArgumentException(
                    "a password has at least " + SHORTEST_PASSWORD + " characters");
    }

    private static String normal(String email) {
        var name = email.strip().toLowerCase(Locale.ROOT);
        return name.length() <= 320 ? name : name.substring(0, 320);
    }
}
