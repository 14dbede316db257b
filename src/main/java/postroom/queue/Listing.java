package postroom.queue;

import postroom.mail.Address;
import postroom.mail.QueueId;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Looking at the queue.
final class Listing {
    private Listing() {}

    static final String COLUMNS =
            """
            select message.id as id, message.accepted_at as accepted_at, credential_id, door, remote,
              reverse_path, header_from, subject, message.message_id as header_id, size, usage, tags,
              metadata, smtputf8, recipients, done_at,
              (select service.id from service where service.id = message.asked_service) as asked_service
            from message where
            """;

    static Optional<MessageRow> message(Tx tx, QueueId id) throws SQLException {
        return tx.first(COLUMNS + " message.id = ?", Listing::read, id.value());
    }

    private static final String RECIPIENT_COLUMNS =
            """
            select id, message_id, address, state, service_id, due_at, claimed_until, attempts,
              diagnostic, advice
            from recipient where
            """;

    static List<RecipientRow> recipients(Tx tx, QueueId id, Instant now) throws SQLException {
        return tx.query(RECIPIENT_COLUMNS + " message_id = ? order by id", reader(now), id.value());
    }

    /// The first recipients of each of a page of messages, in one query.
    static Map<QueueId, List<RecipientRow>> firstRecipients(
            Tx tx, List<QueueId> messages, int most, Instant now) throws SQLException {
        var found = new HashMap<QueueId, List<RecipientRow>>();
        if (messages.isEmpty()) return found;
        var places = Places.of(messages.stream().map(QueueId::value).toList());
        for (var row :
                tx.query(
                        "select id, message_id, address, state, service_id, due_at, claimed_until,"
                                + " attempts, diagnostic, advice from (select id, message_id,"
                                + " address, state, service_id, due_at, claimed_until, attempts,"
                                + " diagnostic, advice,"
                                + " row_number() over (partition by message_id order by id) as nth"
                                + " from recipient where message_id in "
                                + places.marks()
                                + ") as numbered where nth <= ? order by message_id, id",
                        reader(now),
                        places.with(most)))
            found.computeIfAbsent(row.message(), _ -> new ArrayList<>()).add(row);
        return found;
    }

    /// How many recipients of each message are in each state.
    static Map<QueueId, Map<String, Integer>> states(Tx tx, List<QueueId> messages)
            throws SQLException {
        var found = new HashMap<QueueId, Map<String, Integer>>();
        if (messages.isEmpty()) return found;
        var places = Places.of(messages.stream().map(QueueId::value).toList());
        tx.query(
                "select message_id, state, count(*) as n from recipient where message_id in "
                        + places.marks()
                        + " group by message_id, state",
                row ->
                        found.computeIfAbsent(
                                        new QueueId(row.number("message_id")), _ -> new TreeMap<>())
                                .put(row.string("state"), row.integer("n")),
                places.with());
        return found;
    }

    private static Tx.RowReader<RecipientRow> reader(Instant now) {
        return row -> {
            var state = row.string("state");
            boolean waits = state.equals("queued") || state.equals("deferred");
            return new RecipientRow(
                    row.number("id"),
                    new QueueId(row.number("message_id")),
                    Address.of(row.string("address")),
                    state,
                    row.number("service_id"),
                    waits ? row.maybeTime("due_at") : Optional.empty(),
                    row.maybeTime("claimed_until").filter(now::isBefore).isPresent(),
                    row.integer("attempts"),
                    row.maybeString("diagnostic"),
                    row.maybeString("advice"));
        };
    }

    static List<AttemptRow> attempts(Tx tx, QueueId id) throws SQLException {
        return tx.query(
                """
                select id, service_id, at, millis, conversation from attempt
                where message_id = ? order by id limit 1000
                """,
                row ->
                        new AttemptRow(
                                row.number("id"),
                                row.number("service_id"),
                                row.time("at"),
                                Duration.ofMillis(row.number("millis")),
                                row.string("conversation")),
                id.value());
    }

    record OwnedAttempt(QueueId message, AttemptRow row) {}

    static List<OwnedAttempt> newestAttempts(Tx tx, int most) throws SQLException {
        return tx.query(
                """
                select id, message_id, service_id, at, millis, conversation from attempt
                order by id desc limit ?
                """,
                row ->
                        new OwnedAttempt(
                                new QueueId(row.number("message_id")),
                                new AttemptRow(
                                        row.number("id"),
                                        row.number("service_id"),
                                        row.time("at"),
                                        Duration.ofMillis(row.number("millis")),
                                        row.string("conversation"))),
                most);
    }

    static MessageRow read(Tx.Row row) throws SQLException {
        return new MessageRow(
                new QueueId(row.number("id")),
                row.time("accepted_at"),
                row.maybeNumber("credential_id"),
                row.string("door"),
                row.string("remote"),
                row.string("reverse_path"),
                row.string("header_from"),
                row.string("subject"),
                row.string("header_id"),
                row.number("size"),
                row.string("usage"),
                row.string("tags"),
                row.string("metadata"),
                row.maybeNumber("asked_service"),
                row.flag("smtputf8"),
                row.integer("recipients"),
                row.maybeTime("done_at"));
    }
}
