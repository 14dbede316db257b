package postroom.access;

import postroom.event.Audit;
import postroom.event.Deed;
import postroom.event.Difference;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The passkeys of all people. `web` knows the library that checks them. Safe for use by many
/// threads.
public final class Passkeys {

    private static final int MOST_PER_PERSON = 20;

    private final Store store;
    private final Audit audit;
    private final InstantSource clock;

    Passkeys(Store store, Audit audit, InstantSource clock) {
        this.store = store;
        this.audit = audit;
        this.clock = clock;
    }

    public List<Passkey> of(long user) {
        return store.read(tx ->
                tx.query(
                        """
                        select id, user_id, name, record, created_at, used_at from passkey
                        where user_id = ? order by created_at
                        """,
                        Passkeys::passkey,
                        user));
    }

    public Optional<Passkey> find(String id) {
        return store.read(tx ->
                tx.first(
                        """
                        select id, user_id, name, record, created_at, used_at from passkey
                        where id = ?
                        """,
                        Passkeys::passkey,
                        id));
    }

    /// False when there are too many, or somebody has it already.
    public boolean add(User user, String id, String name, String record) {
        return store.write(tx -> {
            var there =
                    tx.query(
                            "select id from passkey where user_id = ? or id = ?",
                            row -> row.string("id"),
                            user.id(),
                            id);
            if (there.size() >= MOST_PER_PERSON || there.contains(id)) return false;
            tx.update(
                    """
                    insert into passkey (id, user_id, name, record, created_at)
                    values (?, ?, ?, ?, ?)
                    """,
                    id,
                    user.id(),
                    name,
                    record,
                    clock.instant());
            note(tx, "user.passkey_added", user, name);
            return true;
        });
    }

    /// It was shown, and its counter went on.
    public void used(String id, String record) {
        store.write(tx ->
                tx.update(
                        "update passkey set record = ?, used_at = ? where id = ?",
                        record,
                        clock.instant(),
                        id));
    }

    public boolean remove(User user, String id) {
        return store.write(tx -> {
            var gone =
                    tx.query(
                            "delete from passkey where id = ? and user_id = ? returning name",
                            row -> row.string("name"),
                            id,
                            user.id());
            for (var name : gone) note(tx, "user.passkey_removed", user, name);
            return !gone.isEmpty();
        });
    }

    /// All of somebody's, by whoever may.
    public int removeAll(User user) {
        return store.write(tx -> {
            int gone = tx.update("delete from passkey where user_id = ?", user.id());
            if (gone > 0) note(tx, "user.passkey_removed", user, "all");
            return gone;
        });
    }

    private void note(Tx tx, String action, User user, String passkey) throws SQLException {
        var told = Map.of("passkey", passkey);
        audit.note(tx, new Deed(action, user.id(), user.email(), Difference.made(told)));
    }

    private static Passkey passkey(Tx.Row row) throws SQLException {
        return new Passkey(
                row.string("id"),
                row.number("user_id"),
                row.string("name"),
                row.string("record"),
                row.time("created_at"),
                row.maybeTime("used_at"));
    }
}
