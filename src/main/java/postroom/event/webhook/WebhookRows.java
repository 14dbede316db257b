package postroom.event.webhook;

import postroom.event.webhook.Webhook.Former;
import postroom.event.webhook.Webhook.Keys;
import postroom.event.webhook.Webhook.Off;
import postroom.event.webhook.Webhook.OffReason;
import postroom.event.webhook.Webhook.Standing;
import postroom.secret.Sealed;
import postroom.store.Tx;

import java.net.URI;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Webhooks in the database.
final class WebhookRows {

    private WebhookRows() {}

    static List<Webhook> all(Tx tx) throws SQLException {
        return tx.query(
                """
                select id, url, events, description, secret, secret_ends_with, former_secret, former_until,
                  enabled, off_since, off_reason, read_to, failures, failing_since, rests_until, last_done_at,
                  created_at
                from webhook order by id
                """,
                WebhookRows::read);
    }

    static Optional<Webhook> find(Tx tx, long id) throws SQLException {
        return tx.first(
                """
                select id, url, events, description, secret, secret_ends_with, former_secret, former_until,
                  enabled, off_since, off_reason, read_to, failures, failing_since, rests_until, last_done_at,
                  created_at
                from webhook where id = ?
                """,
                WebhookRows::read,
                id);
    }

    static void insert(Tx tx, Webhook webhook) throws SQLException {
        tx.update(
                """
                insert into webhook (id, url, events, description, secret, secret_ends_with, enabled,
                  off_since, off_reason, read_to, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                webhook.id(),
                webhook.url().toString(),
                webhook.events().written(),
                webhook.description(),
                webhook.keys().current().ciphertext(),
                webhook.keys().current().endsWith(),
                webhook.enabled(),
                webhook.standing().off().map(Off::since),
                webhook.standing().off().map(off -> off.reason().word()),
                webhook.readTo(),
                webhook.createdAt());
    }

    static void change(Tx tx, long id, URI url, EventPatterns events, String description)
            throws SQLException {
        tx.update(
                "update webhook set url = ?, events = ?, description = ? where id = ?",
                url.toString(),
                events.written(),
                description,
                id);
    }

    static void rekey(Tx tx, long id, Keys keys) throws SQLException {
        tx.update(
                """
                update webhook set secret = ?, secret_ends_with = ?, former_secret = ?, former_until = ?
                where id = ?
                """,
                keys.current().ciphertext(),
                keys.current().endsWith(),
                keys.former().map(former -> former.secret().ciphertext()),
                keys.former().map(Former::until),
                id);
    }

    /// @return false when it was off already
    static boolean switchOff(Tx tx, long id, Off off) throws SQLException {
        return tx.update(
                        """
                        update webhook set enabled = ?, off_since = ?, off_reason = ?, rests_until = null
                        where id = ? and enabled
                        """,
                        false,
                        off.since(),
                        off.reason().word(),
                        id)
                > 0;
    }

    /// Forgets its failures; what waits has three days anew.
    static void switchOn(Tx tx, long id, Instant now) throws SQLException {
        tx.update(
                """
                update webhook set enabled = ?, off_since = null, off_reason = null, failures = 0,
                  failing_since = null, rests_until = null
                where id = ?
                """,
                true,
                id);
        tx.update(
                """
                update webhook_delivery set attempts = 0, first_tried_at = null, next_try_at = ?
                where webhook_id = ? and state = 'waiting'
                """,
                now,
                id);
    }

    static void delete(Tx tx, long id) throws SQLException {
        tx.update("delete from webhook_delivery where webhook_id = ?", id);
        tx.update("delete from webhook where id = ?", id);
    }

    /// Takes or keeps the right to deliver, until then, for a node.
    static boolean lease(Tx tx, long id, String node, Instant now, Instant until)
            throws SQLException {
        return tx.update(
                        """
                        update webhook set served_by = ?, served_until = ?
                        where id = ? and enabled
                          and (served_by is null or served_by = ? or served_until < ?)
                        """,
                        node,
                        until,
                        id,
                        node,
                        now)
                > 0;
    }

    /// True when the node may deliver at least until then.
    static boolean isLeased(Tx tx, long id, String node, Instant until) throws SQLException {
        return tx.first(
                        """
                        select id from webhook
                        where id = ? and enabled and served_by = ? and served_until >= ?
                        """,
                        row -> row.number("id"),
                        id,
                        node,
                        until)
                .isPresent();
    }

    static void releaseAll(Tx tx, String node) throws SQLException {
        tx.update(
                "update webhook set served_by = null, served_until = null where served_by = ?",
                node);
    }

    private static Webhook read(Tx.Row row) throws SQLException {
        var formerUntil = row.maybeTime("former_until");
        var former =
                row.maybeString("former_secret")
                        .flatMap(text ->
                                formerUntil.map(until -> new Former(new Sealed(text, ""), until)));
        var since = row.maybeTime("off_since");
        var off =
                row.maybeString("off_reason")
                        .flatMap(word -> since.map(time -> new Off(time, OffReason.of(word))));
        return new Webhook(
                row.number("id"),
                URI.create(row.string("url")),
                EventPatterns.read(row.string("events")),
                row.string("description"),
                new Keys(new Sealed(row.string("secret"), row.string("secret_ends_with")), former),
                new Standing(
                        off,
                        row.integer("failures"),
                        row.maybeTime("failing_since"),
                        row.maybeTime("rests_until"),
                        row.maybeTime("last_done_at")),
                row.number("read_to"),
                row.time("created_at"));
    }
}
