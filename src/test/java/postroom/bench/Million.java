package postroom.bench;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/// A million messages: started with, accepted on top of, drained, and looked at in the console. A
/// thousand are really accepted; the rest are copies of them, made inside the database.
final class Million {
    private static final int REAL = 1_000;

    private final Path installed;
    private final Path data;
    private final FarSide farSide;
    private final Table table;
    private final int messages;
    private final int moved;

    Million(Path installed, Path directory, FarSide farSide, Table table, int scale) {
        this.installed = installed;
        this.data = directory.resolve("million");
        this.farSide = farSide;
        this.table = table;
        this.messages = Math.max(10_000, 1_000_000 / (scale > 10 ? scale : 1));
        this.moved = 20_000 / scale;
    }

    void all() throws Exception {
        var node = new Node(installed, data, Map.of());
        node.start();
        node.awaitReady();
        var subject = new PostroomSubject(node, farSide);
        subject.hold();
        Load.send(node.smtp, 20, REAL);
        node.stop();
        copy();

        long start = System.nanoTime();
        node.start();
        awaitAccepting(node);
        row("start until it accepts, s", (System.nanoTime() - start) / 1e9);
        node.awaitReady();
        new Pages(node, table, messages + " waiting").all();
        Load.send(node.smtp, 50, moved); // warm
        row("accepted, 50 sessions, per second", moved / Load.send(node.smtp, 50, moved));
        long before = farSide.arrived();
        subject.send(MailRows.CONNECTIONS);
        farSide.rateOf(moved, before);
        row("drain of its first, per second", farSide.rateOf(moved, farSide.arrived()));
        row("resident, MB", Children.resident(node.process()));
        subject.hold();
        node.stop();

        send();
        node.start();
        node.awaitReady();
        new Pages(node, table, messages + " sent").all();
        node.stop();
    }

    private void row(String what, double figure) {
        table.row("Postroom", "a million waiting: " + what, figure);
    }

    /// The copies are of earlier times, and so are their IDs, which begin with the time.
    private void copy() throws SQLException {
        long start = System.nanoTime();
        inDatabase(statement -> {
            long millis;
            try (var rows =
                    statement.executeQuery(
                            """
                            select ((select max(id) from event) >> 21)
                                - ((select min(id) from content) >> 21) + 2 as millis
                            """)) {
                millis = rows.getLong("millis");
            }
            statement.execute("create temporary table copy (at integer, id integer)");
            statement.executeUpdate(
                    """
                    insert into copy with recursive n(i) as (select 1 union all select i + 1 from n where i < %d)
                    select -i * %d, -i * (%d << 21) from n order by i desc
                    """
                            .formatted(messages / REAL - 1, millis, millis));
            for (var table : TABLES) statement.executeUpdate(table);
            statement.execute("drop table copy");
        });
        System.out.printf(
                "  (%,d messages copied in %.0f s)%n", messages, (System.nanoTime() - start) / 1e9);
    }

    private static final List<String> TABLES =
            List.of(
                    """
                    insert into message (id, accepted_at, credential_id, door, remote, reverse_path, header_from,
                      subject, message_id, size, content_id, eight_bit, smtputf8, usage, recipients)
                    select message.id + copy.id, accepted_at + at, credential_id, door, remote, reverse_path,
                      header_from, subject || ' ' || at, '<' || copy.id || message_id, size,
                      content_id + copy.id, eight_bit, smtputf8, usage, recipients
                    from copy cross join message
                    """,
                    """
                    insert into content (id, part, octets)
                    select content.id + copy.id, part, octets from copy cross join content
                    """,
                    """
                    insert into recipient (id, message_id, address, state, service_id, due_at, accepted_at,
                      closed_before, changed_at, turn, route)
                    select recipient.id + copy.id, message_id + copy.id, 'reader' || -at || '@example.net', state,
                      service_id, due_at + at, accepted_at + at, closed_before, changed_at + at, turn, route
                    from copy cross join recipient
                    """,
                    """
                    insert into event (id, at, type, message_id, service_id, credential_id, data)
                    select event.id + copy.id, event.at + copy.at, type, message_id + copy.id, service_id,
                      credential_id, data
                    from copy cross join event where type = 'message.accepted'
                    """);

    /// As it looks after a year of mail: everything sent, with its attempt and its event.
    private void send() throws SQLException {
        inDatabase(statement -> {
            statement.executeUpdate(
                    """
                    insert or ignore into attempt (id, message_id, service_id, node, at, millis, conversation)
                    select id, message_id, service_id, 'one', accepted_at + 100, 90, '[]' from recipient
                    where state <> 'sent'
                    """);
            statement.executeUpdate(
                    """
                    insert or ignore into event (id, at, type, message_id, service_id, data)
                    select recipient.id, recipient.accepted_at + 100, 'message.sent', message_id, service_id,
                      '{"recipient":"' || address || '","diagnostic":"250 2.0.0 OK"}'
                    from recipient where state <> 'sent'
                    """);
            statement.executeUpdate(
                    "update message set done_at = accepted_at + 100 where done_at is null");
            statement.executeUpdate(
                    "update recipient set state = 'sent', attempts = 1, claimed_by = null,"
                            + " claimed_until = null where state <> 'sent'");
        });
    }

    private interface Change {
        void make(Statement statement) throws SQLException;
    }

    private void inDatabase(Change change) throws SQLException {
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + data.resolve("postroom.db"));
                var statement = connection.createStatement()) {
            statement.execute("pragma synchronous = off");
            statement.execute("pragma cache_size = -400000");
            connection.setAutoCommit(false);
            change.make(statement);
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("pragma wal_checkpoint(truncate)");
        }
    }

    private static void awaitAccepting(Node node) throws Exception {
        for (int i = 0; i < 6_000; i++) {
            try (var _ = new Load.Session(node.smtp)) {
                return;
            } catch (java.io.IOException notYet) {
                Thread.sleep(5);
            }
        }
        throw new java.io.IOException("nothing listens on port " + node.smtp);
    }
}
