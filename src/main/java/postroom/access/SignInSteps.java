package postroom.access;

import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// Sign-ins on their way: each step is known by a token in a cookie, ends after minutes, and is
/// taken once. In the database, so that any node can take the next one. A bounded number of each
/// kind is kept; the oldest give way.
public final class SignInSteps {

    /// What a step waits for.
    public enum Kind {
        SECOND_FACTOR,
        PROVIDER,
        PASSKEY,
        NEW_PASSKEY
    }

    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final int MOST = 2_000;

    private final Store store;
    private final Vault vault;
    private final InstantSource clock;
    private final Proofs proofs;

    SignInSteps(Store store, Vault vault, InstantSource clock, Proofs proofs) {
        this.store = store;
        this.vault = vault;
        this.clock = clock;
        this.proofs = proofs;
    }

    public Secret begin(Kind kind, String data) {
        var token = proofs.issue("");
        var hash = proofs.fastHash(token);
        var sealed = vault.seal(new Secret(data), context(kind, hash));
        store.write(tx -> {
            tx.update("delete from sign_in_step where expires_at < ?", clock.instant());
            tx.update(
                    """
                    delete from sign_in_step where token_hash in
                      (select token_hash from sign_in_step where kind = ?
                       order by expires_at desc limit 100 offset ?)
                    """,
                    kind.name(),
                    MOST);
            return tx.update(
                    "insert into sign_in_step (token_hash, kind, data, expires_at) values (?, ?, ?,"
                            + " ?)",
                    hash,
                    kind.name(),
                    sealed.ciphertext(),
                    clock.instant().plus(LIFETIME));
        });
        return token;
    }

    /// Looks without taking: a wrong code may be followed by a right one.
    public Optional<String> look(Kind kind, Secret token) {
        var hash = proofs.fastHash(token);
        return store.read(tx -> find(tx, kind, hash)).map(data -> open(kind, hash, data));
    }

    /// Takes it; nobody takes it again.
    public Optional<String> take(Kind kind, Secret token) {
        var hash = proofs.fastHash(token);
        return store.write(
                        tx -> {
                            var found = find(tx, kind, hash);
                            int taken =
                                    tx.update(
                                            "delete from sign_in_step where token_hash = ?", hash);
                            return taken == 0 ? Optional.<String>empty() : found;
                        })
                .map(data -> open(kind, hash, data));
    }

    private Optional<String> find(Tx tx, Kind kind, String hash) throws SQLException {
        return tx.first(
                """
                select data from sign_in_step
                where token_hash = ? and kind = ? and expires_at > ?
                """,
                row -> row.string("data"),
                hash,
                kind.name(),
                clock.instant());
    }

    private String open(Kind kind, String hash, String data) {
        return vault.open(new Sealed(data, ""), context(kind, hash)).value();
    }

    private static String context(Kind kind, String hash) {
        return "sign-in/" + kind + "/" + hash;
    }
}
