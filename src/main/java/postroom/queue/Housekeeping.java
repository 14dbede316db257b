package postroom.queue;

import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Forgetting, in small bites so that no writer waits long; what there is to forget is looked up
/// where no writer waits at all.
final class Housekeeping {

    private final Store store;

    /// Content of messages that were done before then is erased already.
    private volatile Instant erasedUpTo = Instant.EPOCH;

    Housekeeping(Store store) {
        this.store = store;
    }

    private record Old(long content, Instant done) {}

    int eraseContent(Instant done, int most) {
        var from = erasedUpTo;
        var old = store.read(tx -> oldContent(tx, from, done, most));
        if (!old.isEmpty()) store.write(tx -> eraseContent(tx, old));
        var reached = old.size() == most ? old.getLast().done() : done;
        var owed = store.read(Housekeeping::firstOwed);
        if (reached.isAfter(from)) erasedUpTo = owed.filter(reached::isAfter).orElse(reached);
        return old.size();
    }

    /// A report may still need the header section of what was done then.
    private static Optional<Instant> firstOwed(Tx tx) throws SQLException {
        return tx.first(
                        """
                        select min(message.done_at) as done
                        from report_owed join message on message.id = report_owed.message_id
                        """,
                        row -> row.maybeTime("done"))
                .flatMap(found -> found);
    }

    private static List<Old> oldContent(Tx tx, Instant from, Instant done, int most)
            throws SQLException {
        return tx.query(
                """
                select content_id, done_at from message
                where done_at >= ? and done_at < ? and content_id <> 0
                  and not exists (select 1 from report_owed where report_owed.message_id = message.id)
                order by done_at limit ?
                """,
                row -> new Old(row.number("content_id"), row.time("done_at")),
                from,
                done,
                most);
    }

    // A retry made meanwhile keeps its content.
    private static int eraseContent(Tx tx, List<Old> old) throws SQLException {
        int erased = 0;
        for (var one : old) {
            int changed =
                    tx.update(
                            """
                            update message set content_id = 0
                            where done_at = ? and content_id = ?
                            """,
                            one.done,
                            one.content);
            if (changed == 0) continue;
            Spool.erase(tx, one.content);
            erased++;
        }
        return erased;
    }

    int eraseMessages(Instant done, int most) {
        return store.write(tx -> eraseMessages(tx, done, most));
    }

    private static int eraseMessages(Tx tx, Instant done, int most) throws SQLException {
        var messages =
                tx.query(
                        """
                        select id, content_id from message where done_at < ? order by done_at limit ?
                        """,
                        row -> new long[] {row.number("id"), row.number("content_id")},
                        done,
                        most);
        for (long[] message : messages) {
            Spool.erase(tx, message[1]);
            tx.update("delete from recipient where message_id = ?", message[0]);
            tx.update("delete from report_owed where message_id = ?", message[0]);
            tx.update("delete from attempt where message_id = ?", message[0]);
            tx.update("delete from event where message_id = ?", message[0]);
            Search.erase(tx, message[0]);
            tx.update("delete from message where id = ?", message[0]);
        }
        tx.update("delete from quota where quota <> 'lock' and slot < ?", done);
        return messages.size();
    }
}
