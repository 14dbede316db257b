package postroom.access;

import postroom.event.Audit;
import postroom.event.Deed;
import postroom.event.Difference;
import postroom.secret.Secret;
import postroom.store.Actor;
import postroom.store.Store;
import postroom.store.Tx;
import postroom.store.Tx.Subject;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One-time addresses: nobody has to choose a password for somebody else. Each works once and ends
/// by itself; a newer one for the same person takes the place of an older. Safe for use by many
/// threads.
public final class Invitations {

    public static final Duration LIFETIME = Duration.ofDays(3);

    private static final int MOST = 500;

    private final Store store;
    private final Audit audit;
    private final InstantSource clock;
    private final Proofs proofs;

    Invitations(Store store, Audit audit, InstantSource clock, Proofs proofs) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
        this.proofs = proofs;
    }

    /// An invitation with its secret, which is known now and never again.
    public record Issued(Invitation invitation, Secret secret) {}

    /// For somebody new; empty when somebody has that address, or when there are too many.
    public Optional<Issued> invite(String email, Role role, String by) {
        var wanted =
                new Invitation(
                        store.nextId(),
                        People.normal(email),
                        role,
                        Optional.empty(),
                        by,
                        clock.instant().plus(LIFETIME));
        return issue(
                wanted, "user.invited", tx -> UserRows.withEmail(tx, wanted.email()).isEmpty());
    }

    /// For somebody who forgot their password. What they have works until they use it.
    public Optional<Issued> reset(User user, String by) {
        var wanted =
                new Invitation(
                        store.nextId(),
                        user.email(),
                        user.role(),
                        Optional.of(user.id()),
                        by,
                        clock.instant().plus(LIFETIME));
        return issue(wanted, "user.password_reset", _ -> true);
    }

    private Optional<Issued> issue(Invitation wanted, String action, Store.Work<Boolean> mayBe) {
        var secret = proofs.issue("");
        return store.write(tx -> {
            tx.lock(Subject.PEOPLE);
            tx.update("delete from invitation where expires_at < ?", clock.instant());
            tx.update("delete from invitation where email = ?", wanted.email());
            if (!mayBe.run(tx) || count(tx) >= MOST) return Optional.empty();
            tx.update(
                    """
                    insert into invitation
                      (id, token_hash, email, role, user_id, begun_by, created_at, expires_at)
                    values (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    wanted.id(),
                    proofs.fastHash(secret),
                    wanted.email(),
                    wanted.role().word(),
                    wanted.user(),
                    wanted.by(),
                    clock.instant(),
                    wanted.expires());
            var told = Map.of("role", wanted.role().word(), "expires", wanted.expires().toString());
            audit.note(
                    tx,
                    new Deed(
                            action,
                            wanted.user().orElse(wanted.id()),
                            wanted.email(),
                            Difference.made(told)));
            return Optional.of(new Issued(wanted, secret));
        });
    }

    /// Those that can still be used.
    public List<Invitation> open() {
        return store.read(tx ->
                tx.query(
                        """
                        select id, email, role, user_id, begun_by, expires_at from invitation
                        where expires_at > ? order by id
                        """,
                        Invitations::invitation,
                        clock.instant()));
    }

    /// The one a secret belongs to, as long as it can be used.
    public Optional<Invitation> find(Secret secret) {
        var hash = proofs.fastHash(secret);
        return store.read(tx -> find(tx, hash));
    }

    public boolean withdraw(long id) {
        return store.write(tx -> {
            var gone =
                    tx.query(
                            "delete from invitation where id = ? returning email",
                            row -> row.string("email"),
                            id);
            for (var email : gone)
                audit.note(
                        tx,
                        new Deed(
                                "user.invitation_withdrawn", id, email, Difference.made(Map.of())));
            return !gone.isEmpty();
        });
    }

    /// Whoever holds the secret chooses their password, once; all their sessions end. Empty when it
    /// was used, withdrawn or too old, or when that person may not sign in any more.
    public Optional<User> accept(Secret secret, Secret password) {
        People.refuseWeak(password);
        var tokenHash = proofs.fastHash(secret);
        if (store.read(tx -> find(tx, tokenHash)).isEmpty()) return Optional.empty();
        var hash = proofs.slowHash(password);
        long id = store.nextId();
        return store.write(tx -> {
            tx.lock(Subject.PEOPLE);
            var found = find(tx, tokenHash);
            if (found.isEmpty()) return Optional.empty();
            tx.update("delete from invitation where id = ?", found.get().id());
            return found.get().user().isPresent()
                    ? replacePassword(tx, found.get().user().get(), hash)
                    : join(tx, id, found.get(), hash);
        });
    }

    /// Somebody who signed in at a provider as that address was invited, and has no password here.
    public Optional<User> joinWithoutPassword(String email) {
        long id = store.nextId();
        return store.write(tx -> {
            tx.lock(Subject.PEOPLE);
            var found =
                    tx.first(
                            """
                            select id, email, role, user_id, begun_by, expires_at from invitation
                            where email = ? and user_id is null and expires_at > ?
                            """,
                            Invitations::invitation,
                            People.normal(email),
                            clock.instant());
            if (found.isEmpty()) return Optional.empty();
            tx.update("delete from invitation where id = ?", found.get().id());
            return join(tx, id, found.get(), "");
        });
    }

    private Optional<User> join(Tx tx, long id, Invitation invitation, String hash)
            throws SQLException {
        if (UserRows.withEmail(tx, invitation.email()).isPresent()) return Optional.empty();
        var user =
                new User(
                        id,
                        invitation.email(),
                        invitation.role(),
                        clock.instant(),
                        true,
                        false,
                        Optional.empty());
        UserRows.insert(tx, user, hash);
        noteBy(tx, user, "user.joined", Map.of("role", user.role().word()));
        return Optional.of(user);
    }

    private Optional<User> replacePassword(Tx tx, long id, String hash) throws SQLException {
        int changed =
                tx.update("update user_ set password_hash = ? where id = ? and active", hash, id);
        if (changed == 0) return Optional.empty();
        Sessions.endAll(tx, id);
        var user = UserRows.withId(tx, id).orElseThrow().user();
        noteBy(tx, user, "user.password_changed", Map.of("password", "replaced"));
        return Optional.of(user);
    }

    private void noteBy(Tx tx, User user, String action, Map<String, String> told)
            throws SQLException {
        var from = tx.actor().map(Actor::from).orElse("");
        audit.note(
                tx,
                new Actor(user.email(), Actor.Kind.PERSON, from),
                new Deed(action, user.id(), user.email(), Difference.made(told)));
    }

    private Optional<Invitation> find(Tx tx, String hash) throws SQLException {
        return tx.first(
                """
                select id, email, role, user_id, begun_by, expires_at from invitation
                where token_hash = ? and expires_at > ?
                """,
                Invitations::invitation,
                hash,
                clock.instant());
    }

    private static long count(Tx tx) throws SQLException {
        return tx.first("select count(*) as n from invitation", row -> row.number("n")).orElse(0L);
    }

    private static Invitation invitation(Tx.Row row) throws SQLException {
        return new Invitation(
                row.number("id"),
                row.string("email"),
                Role.of(row.string("role")).orElse(Role.VIEWER),
                row.maybeNumber("user_id"),
                row.string("begun_by"),
                row.time("expires_at"));
    }
}
