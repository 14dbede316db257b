package postroom.queue;

import postroom.mail.QueueId;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/// Notes what a sender has to be told of, in the transaction that makes it true. Nothing is noted
/// for mail whose sender hears nothing, nor where the client asked not to be told.
final class Owing {

    /// So long one recipient waits for others of the same message, to be told in one report.
    static final Duration JOINED = Duration.ofMinutes(1);

    private Owing() {}

    static void failed(Tx tx, long recipient, String reason, Instant now) throws SQLException {
        tx.update(
                """
                insert into report_owed (recipient_id, message_id, action, reason, at, due_at)
                select recipient.id, recipient.message_id, 'failed', ?, ?, ?
                from recipient join message on message.id = recipient.message_id
                where recipient.id = ? and message.tells_sender
                  and (recipient.notify is null or recipient.notify like '%failure%')
                on conflict (recipient_id, action) do nothing
                """,
                reason, now, now.plus(JOINED), recipient);
    }

    static void relayed(Tx tx, long recipient, Instant now) throws SQLException {
        tx.update(
                """
                insert into report_owed (recipient_id, message_id, action, reason, at, due_at)
                select recipient.id, recipient.message_id, 'relayed', 'sent', ?, ?
                from recipient join message on message.id = recipient.message_id
                where recipient.id = ? and message.tells_sender
                on conflict (recipient_id, action) do nothing
                """,
                now,
                now.plus(JOINED),
                recipient);
    }

    /// Waiting recipients of a message are late. What is to be sent at a later time is late so much
    /// later.
    static void late(Tx tx, QueueId message, Instant now, Duration delay) throws SQLException {
        tx.update(
                """
                insert into report_owed (recipient_id, message_id, action, reason, at, due_at)
                select recipient.id, recipient.message_id, 'delayed', 'late', ?,
                  case when recipient.attempts = 0 and recipient.due_at > ? and recipient.claimed_until is null
                    then recipient.due_at + ? else ? end
                from recipient join message on message.id = recipient.message_id
                where recipient.message_id = ? and recipient.state in ('queued', 'deferred', 'held')
                  and message.tells_sender
                  and (recipient.notify is null or recipient.notify like '%delay%')
                on conflict (recipient_id, action) do nothing
                """,
                now, now, delay.toMillis(), now, message.value());
    }

    /// Nobody is left to wait for.
    static void hurry(Tx tx, QueueId message) throws SQLException {
        tx.update(
                """
                update report_owed set due_at = at
                where message_id = ? and action <> 'delayed'
                  and exists (select 1 from message where id = ? and done_at is not null)
                """,
                message.value(),
                message.value());
    }
}
