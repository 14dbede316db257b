package postroom.alert;

import postroom.store.Tx;

import java.sql.SQLException;
import java.util.List;

/// The table `alert`. Whoever changes a row says which version of it was seen; false means that
/// another node was faster, and then nothing changes.
final class AlertRows {

    private AlertRows() {}

    static List<Alert> all(Tx tx) throws SQLException {
        return tx.query(
                """
                select service_id, kind, occasion, ahead, title, since, raised_at, told_at, message_id,
                       gone_at, cleared_at, version
                from alert order by raised_at, service_id, kind
                """,
                AlertRows::alert);
    }

    static boolean insert(Tx tx, Alert alert) throws SQLException {
        return tx.update(
                        """
                        insert into alert (service_id, kind, occasion, ahead, title, since, raised_at,
                                           told_at, message_id)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (service_id, kind) do nothing
                        """,
                        alert.service(),
                        alert.kind().word(),
                        alert.occasion(),
                        alert.ahead(),
                        alert.title(),
                        alert.since(),
                        alert.raisedAt(),
                        alert.toldAt(),
                        alert.messageId())
                > 0;
    }

    static boolean update(Tx tx, Alert alert) throws SQLException {
        return tx.update(
                        """
                        update alert
                        set occasion = ?, ahead = ?, title = ?, since = ?, raised_at = ?, told_at = ?,
                            message_id = ?, gone_at = ?, cleared_at = ?, version = version + 1
                        where service_id = ? and kind = ? and version = ?
                        """,
                        alert.occasion(),
                        alert.ahead(),
                        alert.title(),
                        alert.since(),
                        alert.raisedAt(),
                        alert.toldAt(),
                        alert.messageId(),
                        alert.goneAt(),
                        alert.clearedAt(),
                        alert.service(),
                        alert.kind().word(),
                        alert.version())
                > 0;
    }

    static boolean delete(Tx tx, Alert alert) throws SQLException {
        return tx.update(
                        "delete from alert where service_id = ? and kind = ? and version = ?",
                        alert.service(),
                        alert.kind().word(),
                        alert.version())
                > 0;
    }

    private static Alert alert(Tx.Row row) throws SQLException {
        return new Alert(
                row.number("service_id"),
                Kind.of(row.string("kind")),
                row.string("occasion"),
                row.integer("ahead"),
                row.string("title"),
                row.time("since"),
                row.time("raised_at"),
                row.maybeTime("told_at"),
                row.maybeString("message_id"),
                row.maybeTime("gone_at"),
                row.maybeTime("cleared_at"),
                row.integer("version"));
    }
}
