package postroom.bench;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/// A million messages: started with, accepted on top of, drained, and looked at in the console. A
/// thousand are really accepted; the rest are copies of them, made inside the database. Their
/// events are counted and their words made findable by the program itself.
final class Million {
    private static final int REAL = 1_000;

    private final String name;
    private final Path installed;
    private final Path data;
    private final Base base;
    private final FarSide farSide;
    private final Table table;
    private final int messages;
    private final int moved;

    /// The database it is in.
    ///
    /// @param settings of the node
    /// @param before what makes writing in bulk fast
    /// @param after what the database does by itself in a while
    record Base(String url, Map<String, String> settings, List<String> before, List<String> after) {

        static Base sqlite(Path data) {
            return new Base(
                    "jdbc:sqlite:" + data.resolve("postroom.db"),
                    Map.of(),
                    List.of("pragma synchronous = off", "pragma cache_size = -400000"),
                    List.of("pragma wal_checkpoint(truncate)"));
        }

        static Base postgres(Map<String, String> settings) {
            return new Base(
                    settings.get("POSTROOM_DATABASE_URL") + "?user=postgres",
                    settings,
                    List.of("set synchronous_commit = off"),
                    List.of("vacuum analyze", "checkpoint"));
        }
    }

    Million(
            String name,
            Path installed,
            Path data,
            Base base,
            FarSide farSide,
            Table table,
            int scale) {
        this.name = name;
        this.installed = installed;
        this.data = data;
        this.base = base;
        this.farSide = farSide;
        this.table = table;
        this.messages = Math.max(10_000, 1_000_000 / (scale > 10 ? scale : 1));
        this.moved = 20_000 / scale;
    }

    void all() throws Exception {
        System.out.println("— a million, " + name);
        var node = new Node(installed, data, base.settings);
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
        awaitBooks("waiting");
        new Pages(node, table, name, messages + " waiting").all();
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
        awaitBooks("sent");
        new Pages(node, table, name, messages + " sent").all();
        node.stop();
    }

    private void row(String what, double figure) {
        table.row(name, "a million waiting: " + what, figure);
    }

    /// Until every event is counted by the hour, and every message can be found by its words.
    private void awaitBooks(String what) throws Exception {
        long start = System.nanoTime();
        try (var connection = DriverManager.getConnection(base.url);
                var statement = connection.createStatement()) {
            while (number(statement, "select min(read_to) from follower")
                    < number(statement, "select max(id) from event")) {
                if (System.nanoTime() - start > 1_200e9)
                    throw new IllegalStateException("the books are not up to date");
                Thread.sleep(500);
            }
        }
        table.row(
                name,
                "a million %s: counted and findable after, s".formatted(what),
                (System.nanoTime() - start) / 1e9);
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /// The copies are of earlier times, and so are their IDs, which begin with the time.
    private void copy() throws SQLException {
        long start = System.nanoTime();
        inDatabase(statement -> {
            long millis =
                    number(
                            statement,
                            """
                            select ((select max(id) from event) >> 21)
                                - ((select min(id) from content) >> 21) + 2
                            """);
            statement.execute("create temporary table copy (at bigint, id bigint)");
            statement.executeUpdate(
                    """
                    insert into copy
                    with recursive n(i) as (
                      select cast(1 as bigint) union all select i + 1 from n where i < %d)
                    select -i * %d, -i * %d from n order by i desc
                    """
                            .formatted(messages / REAL - 1, millis, millis << 21));
            for (var table : TABLES) statement.executeUpdate(table);
            statement.execute("drop table copy");
            statement.executeUpdate(FORGOTTEN);
        });
        System.out.printf(
                "  (%,d messages copied in %.0f s)%n", messages, (System.nanoTime() - start) / 1e9);
    }

    /// The books are kept once more, from the first copy on.
    private static final String FORGOTTEN =
            "update follower set read_to = (select min(id) - 1 from event)";

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
                    insert into attempt (id, message_id, service_id, node, at, millis, conversation)
                    select id, message_id, service_id, 'one', accepted_at + 100, 90, '[]' from recipient
                    where state <> 'sent' on conflict do nothing
                    """);
            statement.executeUpdate(
                    """
                    insert into event (id, at, type, message_id, service_id, data)
                    select recipient.id, recipient.accepted_at + 100, 'message.sent', message_id, service_id,
                      '{"recipient":"' || address || '","diagnostic":"250 2.0.0 OK"}'
                    from recipient where state <> 'sent' on conflict do nothing
                    """);
            statement.executeUpdate(
                    "update message set done_at = accepted_at + 100 where done_at is null");
            statement.executeUpdate(
                    "update recipient set state = 'sent', attempts = 1, claimed_by = null,"
                            + " claimed_until = null where state <> 'sent'");
            statement.executeUpdate(FORGOTTEN);
        });
    }

    private interface Change {
        void make(Statement statement) throws SQLException;
    }

    private void inDatabase(Change change) throws SQLException {
        try (var connection = DriverManager.getConnection(base.url);
                var statement = connection.createStatement()) {
            for (var setting : base.before) statement.execute(setting);
            connection.setAutoCommit(false);
            change.make(statement);
            connection.commit();
            connection.setAutoCommit(true);
            for (var upkeep : base.after) statement.execute(upkeep);
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
