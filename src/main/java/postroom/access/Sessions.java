package postroom.access;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.event.Audit;
import postroom.event.Deed;
import postroom.event.Difference;
import postroom.secret.Secret;
import postroom.store.Actor;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who is signed in. Kept in the database, so that they outlive a restart, hold on every node, and
/// end everywhere at once. Safe for use by many threads.
public final class Sessions {

    /// Nobody did anything for so long.
    public static final Duration IDLE = Duration.ofHours(12);

    /// After so long one signs in again, whatever one did.
    public static final Duration LONGEST = Duration.ofDays(7);

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final Duration BETWEEN_SIGHTS = Duration.ofMinutes(1);
    private static final int MOST_PER_PERSON = 50;

    private final Store store;
    private final Audit audit;
    private final InstantSource clock;
    private final Proofs proofs;

    Sessions(Store store, Audit audit, InstantSource clock, Proofs proofs) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
        this.proofs = proofs;
    }

    /// Somebody who is signed in, as they are this moment.
    public record SignedIn(User user, Session session) {}

    /// Lets somebody in; empty when they may not any more.
    ///
    /// @param how for the audit: `password`, `passkey`, …
    public Optional<Secret> open(User user, String how, String from, String browser) {
        var token = proofs.issue("");
        var now = clock.instant();
        var name = browser.length() <= 200 ? browser : browser.substring(0, 200);
        return store.write(tx -> {
            int active =
                    tx.update(
                            "update user_ set signed_in_at = ? where id = ? and active",
                            now,
                            user.id());
            if (active == 0) return Optional.empty();
            tx.update(
                    """
                    delete from session_ where user_id = ? and id not in
                      (select id from session_ where user_id = ? order by id desc limit ?)
                    """,
                    user.id(),
                    user.id(),
                    MOST_PER_PERSON - 1);
            tx.update(
                    """
                    insert into session_ (id, token_hash, user_id, created_at, seen_at, remote, browser)
                    values (?, ?, ?, ?, ?, ?, ?)
                    """,
                    store.nextId(),
                    proofs.fastHash(token),
                    user.id(),
                    now,
                    now,
                    from,
                    name);
            audit.note(
                    tx,
                    new Actor(user.email(), Actor.Kind.PERSON, from),
                    new Deed(
                            "user.signed_in",
                            user.id(),
                            user.email(),
                            Difference.made(Map.of("with", how, "browser", name))));
            return Optional.of(token);
        });
    }

    /// Whose session it is, unless it ended or they may not sign in any more.
    public Optional<SignedIn> find(Secret token, String from) {
        var now = clock.instant();
        var hash = proofs.fastHash(token);
        var found =
                store.read(tx -> {
                    var session =
                            tx.first(
                                    """
                                    select id, user_id, created_at, seen_at, remote, browser
                                    from session_
                                    where token_hash = ? and seen_at > ? and created_at > ?
                                    """,
                                    Sessions::session,
                                    hash,
                                    now.minus(IDLE),
                                    now.minus(LONGEST));
                    if (session.isEmpty()) return Optional.<SignedIn>empty();
                    return UserRows.withId(tx, session.get().user())
                            .map(UserRows.Kept::user)
                            .filter(User::active)
                            .map(user -> new SignedIn(user, session.get()));
                });
        found.ifPresent(it -> seen(it.session(), from));
        return found;
    }

    private void seen(Session session, String from) {
        var now = clock.instant();
        if (session.seenAt().plus(BETWEEN_SIGHTS).isAfter(now) && session.from().equals(from))
            return;
        store.writeLater(tx ->
                        tx.update(
                                "update session_ set seen_at = ?, remote = ? where id = ?",
                                now,
                                from,
                                session.id()))
                .whenComplete((_, trouble) -> {
                    if (trouble != null) LOG.warn("session not noted: {}", trouble.getMessage());
                });
    }

    /// Where somebody is signed in, newest first.
    public List<Session> of(long user) {
        var now = clock.instant();
        return store.read(tx ->
                tx.query(
                        """
                        select id, user_id, created_at, seen_at, remote, browser from session_
                        where user_id = ? and seen_at > ? and created_at > ? order by id desc
                        """,
                        Sessions::session,
                        user,
                        now.minus(IDLE),
                        now.minus(LONGEST)));
    }

    /// Another one takes its place.
    public void forget(Secret token) {
        var hash = proofs.fastHash(token);
        store.write(tx -> tx.update("delete from session_ where token_hash = ?", hash));
    }

    /// Ends one of somebody's own.
    public boolean end(long user, long id) {
        return store.write(tx -> {
            int ended = tx.update("delete from session_ where id = ? and user_id = ?", id, user);
            if (ended > 0)
                audit.note(tx, new Deed("user.session_ended", user, "", Difference.made(Map.of())));
            return ended > 0;
        });
    }

    /// Ends all of somebody's, but one.
    public int endOthers(long user, long keep) {
        return store.write(tx -> {
            int ended = endAllBut(tx, user, keep);
            if (ended > 0)
                audit.note(
                        tx,
                        new Deed(
                                "user.session_ended",
                                user,
                                "",
                                Difference.made(Map.of("sessions", ended))));
            return ended;
        });
    }

    static int endAllBut(Tx tx, long user, long keep) throws SQLException {
        return tx.update("delete from session_ where user_id = ? and id <> ?", user, keep);
    }

    static void endAll(Tx tx, long user) throws SQLException {
        endAllBut(tx, user, 0);
    }

    /// Forgets those that ended by themselves.
    void eraseEnded() {
        var now = clock.instant();
        store.write(tx ->
                tx.update(
                        "delete from session_ where seen_at < ? or created_at < ?",
                        now.minus(IDLE),
                        now.minus(LONGEST)));
    }

    private static Session session(Tx.Row row) throws SQLException {
        return new Session(
                row.number("id"),
                row.number("user_id"),
                row.time("created_at"),
                row.time("seen_at"),
                row.string("remote"),
                row.string("browser"));
    }
}
