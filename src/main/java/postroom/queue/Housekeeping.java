package postroom.queue;

import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;

/// Forgetting, in small bites so that no writer waits long.
final class Housekeeping {
    private Housekeeping() {}

    static int eraseContent(Tx tx, Instant done, int most) throws SQLException {
        var contents =
                tx.query(
                        """
                        select content_id from message
                        where done_at < ? and content_id <> 0
                          and not exists (select 1 from report_owed where report_owed.message_id = message.id)
                        order by done_at limit ?
                        """,
                        row -> row.number("content_id"),
                        done,
                        most);
        for (long content : contents) {
            Spool.erase(tx, content);
            tx.update("update message set content_id = 0 where content_id = ?", content);
        }
        return contents.size();
    }

    static int eraseMessages(Tx tx, Instant done, int most) throws SQLException {
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
            tx.update("delete from message where id = ?", message[0]);
        }
        tx.update("delete from quota where quota <> 'lock' and slot < ?", done);
        return messages.size();
    }
}
