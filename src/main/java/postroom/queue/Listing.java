package postroom.queue;

import org.jspecify.annotations.Nullable;

import postroom.mail.Address;
import postroom.mail.QueueId;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looking at the queue.
final class Listing {
    private Listing() {}

    private static final String COLUMNS =
            """
            select message.id as id, message.accepted_at as accepted_at, credential_id, door, remote,
              reverse_path, header_from, subject, message.message_id as header_id, size, usage, tags,
              metadata, recipients, done_at
            from message where
            """;

    static Optional<MessageRow> message(Tx tx, QueueId id) throws SQLException {
        return tx.first(COLUMNS + " message.id = ?", Listing::read, id.value());
    }

    static Page messages(Tx tx, Filter filter, Optional<String> cursor, int limit)
            throws SQLException {
        var where = new StringBuilder();
        var arguments = new ArrayList<@Nullable Object>();
        narrow(filter, where, arguments);
        cursor.flatMap(QueueId::parse)
                .ifPresent(last -> {
                    where.append(" and message.id < ?");
                    arguments.add(last.value());
                });
        arguments.add(limit + 1);
        var found =
                tx.query(
                        COLUMNS + " 1 = 1" + where + " order by message.id desc limit ?",
                        Listing::read,
                        arguments.toArray());
        boolean more = found.size() > limit;
        var page = more ? found.subList(0, limit) : found;
        return new Page(
                List.copyOf(page),
                more ? Optional.of(page.getLast().id().toString()) : Optional.empty());
    }

    private static void narrow(
            Filter filter, StringBuilder where, List<@Nullable Object> arguments) {
        filter.state()
                .ifPresent(state -> {
                    where.append(
                            state.equals("sent")
                                    ? " and exists (select 1 from recipient where message_id ="
                                            + " message.id and state = ?)"
                                    : " and message.id in (select message_id from recipient"
                                            + " where state = ? and state <> 'sent')");
                    arguments.add(state);
                });
        filter.recipient()
                .ifPresent(address -> {
                    where.append(
                            " and message.id in (select message_id from recipient where"
                                    + " address = ?)");
                    arguments.add(Address.parse(address).map(Address::toString).orElse(address));
                });
        filter.from()
                .ifPresent(from -> {
                    where.append(" and (header_from = ? or reverse_path = ?)");
                    arguments.add(from);
                    arguments.add(from);
                });
        filter.service()
                .ifPresent(service -> {
                    where.append(
                            " and exists (select 1 from recipient where message_id ="
                                    + " message.id and service_id = ?)");
                    arguments.add(service);
                });
        filter.since()
                .ifPresent(since -> {
                    where.append(" and message.accepted_at >= ?");
                    arguments.add(since);
                });
        filter.credential()
                .ifPresent(credential -> {
                    where.append(" and credential_id = ?");
                    arguments.add(credential);
                });
    }

    static List<RecipientRow> recipients(Tx tx, QueueId id, Instant now) throws SQLException {
        return tx.query(
                """
                select id, message_id, address, state, service_id, due_at, claimed_until, attempts,
                  diagnostic, advice
                from recipient where message_id = ? order by id
                """,
                row -> {
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
                },
                id.value());
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

    private static MessageRow read(Tx.Row row) throws SQLException {
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
                row.integer("recipients"),
                row.maybeTime("done_at"));
    }
}
