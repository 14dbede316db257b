package postroom.alert;

import postroom.mail.QueueId;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The table `alert_mail`: a mail of ours that has not left yet.
///
/// @param about the service it tells of
/// @param orItself that one may carry it, too
/// @param tried services that were asked to carry it, the present one among them
record OwedMail(QueueId message, long about, boolean orItself, Set<Long> tried, Instant queuedAt) {

    OwedMail {
        tried = Set.copyOf(tried);
    }

    /// The same mail, handed to another service under another queue ID.
    OwedMail handedTo(QueueId next, long service, Instant now) {
        var all = new HashSet<>(tried);
        all.add(service);
        return new OwedMail(next, about, orItself, all, now);
    }

    static List<OwedMail> all(Tx tx) throws SQLException {
        return tx.query(
                """
                select message_id, about, or_itself, tried, queued_at from alert_mail
                order by message_id
                """,
                row ->
                        new OwedMail(
                                new QueueId(row.number("message_id")),
                                row.number("about"),
                                row.flag("or_itself"),
                                Arrays.stream(row.string("tried").split(" "))
                                        .map(Long::valueOf)
                                        .collect(Collectors.toSet()),
                                row.time("queued_at")));
    }

    void insert(Tx tx) throws SQLException {
        tx.update(
                """
                insert into alert_mail (message_id, about, or_itself, tried, queued_at)
                values (?, ?, ?, ?, ?)
                """,
                message.value(),
                about,
                orItself,
                tried.stream().sorted().map(Object::toString).collect(Collectors.joining(" ")),
                queuedAt);
    }

    /// False when another node was faster.
    boolean delete(Tx tx) throws SQLException {
        return tx.update("delete from alert_mail where message_id = ?", message.value()) > 0;
    }
}
