package postroom.access;

import postroom.store.Tx;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// People as they are stored.
final class UserRows {
    private UserRows() {}

    /// @param hash of the password; empty for those who have none
    record Kept(User user, String hash, Optional<String> totp) {}

    static List<User> all(Tx tx) throws SQLException {
        return tx.query(
                """
                select id, email, role, created_at, active, signed_in_at, totp, password_hash
                from user_ order by id
                """,
                row -> kept(row).user);
    }

    static Optional<Kept> withId(Tx tx, long id) throws SQLException {
        return tx.first(
                """
                select id, email, role, created_at, active, signed_in_at, totp, password_hash
                from user_ where id = ?
                """,
                UserRows::kept,
                id);
    }

    static Optional<Kept> withEmail(Tx tx, String email) throws SQLException {
        return tx.first(
                """
                select id, email, role, created_at, active, signed_in_at, totp, password_hash
                from user_ where email = ?
                """,
                UserRows::kept,
                email);
    }

    static boolean isEmpty(Tx tx) throws SQLException {
        return tx.first("select id from user_ limit 1", row -> row.number("id")).isEmpty();
    }

    /// Somebody else may do everything. Only true as long as the lock on people is held.
    static boolean isOwnerBeside(Tx tx, long id) throws SQLException {
        return tx.first(
                        "select id from user_ where role = 'owner' and active and id <> ? limit 1",
                        row -> row.number("id"),
                        id)
                .isPresent();
    }

    static void insert(Tx tx, User user, String hash) throws SQLException {
        tx.update(
                """
                insert into user_ (id, email, password_hash, role, created_at, active)
                values (?, ?, ?, ?, ?, ?)
                """,
                user.id(),
                user.email(),
                hash,
                user.role().word(),
                user.createdAt(),
                user.active());
    }

    static Kept kept(Tx.Row row) throws SQLException {
        var totp = row.maybeString("totp");
        var user =
                new User(
                        row.number("id"),
                        row.string("email"),
                        Role.of(row.string("role")).orElse(Role.VIEWER),
                        row.time("created_at"),
                        row.flag("active"),
                        totp.isPresent(),
                        row.maybeTime("signed_in_at"));
        return new Kept(user, row.string("password_hash"), totp);
    }
}
