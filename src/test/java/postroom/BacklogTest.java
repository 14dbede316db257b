package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.emulator.Emulator;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;
import postroom.store.Tx;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A newsletter that nobody could send for a day: however much waits, the program starts, takes
/// mail, claims what is due and answers as if nothing did, on its usual small heap.
/// `-Dbacklog=1000000` has it wait for a million.
@Tag("packaged")
@Tag("soak")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@OnBothDatabases
class BacklogTest {

    private static final int BACKLOG = Integer.getInteger("backlog", 100_000);
    private static final int AT_ONCE = 20_000;
    private static final int IDS_PER_MESSAGE = 4;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration BOOKS = Duration.ofMinutes(5);
    private static final byte[] CONTENT =
            ("From: noreply@contoso.example\r\nSubject: News\r\n\r\n"
                            + "News. ".repeat(100)
                            + "\r\n")
                    .getBytes(US_ASCII);

    @Parameter Database database;
    @TempDir Path directory;

    @Test
    void however_much_waits_nobody_notices() throws Exception {
        try (var emulator = Emulator.start(PromisesTest.withoutLimits());
                var program = program().start().awaitReady()) {
            program.createOffice(emulator, 3);
            program.createLocalCredential();
            program.post("/v1/services/Office/pause", "");
            program.stop();
            fill(program.data());

            var toStart = took(() -> program.start().awaitDoor());
            program.awaitReady();
            var toList = took(() -> program.json("/v1/messages?limit=100"));
            var toListWaiting = took(() -> program.json("/v1/messages?limit=100&state=queued"));
            var toCount = took(() -> program.get("/metrics"));
            var toShow = took(() -> program.json("/v1/services/Office"));
            var toTake = took(() -> handIn(program, 100));
            var toKeepBooks = took(() -> awaitBooks(program));
            double idle = cpu(program, Duration.ofSeconds(5));
            program.post("/v1/services/Office/resume", "");
            var toPassword =
                    took(() ->
                            program.await(
                                    "what is transactional",
                                    SOON,
                                    () ->
                                            emulator.mailboxes().sentTo("ada@example.net").size()
                                                    == 100));
            long before = emulator.mailboxes().received();
            LockSupport.parkNanos(5_000_000_000L);
            long perSecond = (emulator.mailboxes().received() - before) / 5;

            System.out.printf(
                    "backlog=%d on %s: start %s, list %s, waiting %s, metrics %s, service %s, take"
                            + " 100 %s, books kept %s, idle %.2f CPU, transactional first %s, sends"
                            + " %d/s, resident %d MB%n",
                    BACKLOG,
                    database,
                    toStart,
                    toList,
                    toListWaiting,
                    toCount,
                    toShow,
                    toTake,
                    toKeepBooks,
                    idle,
                    toPassword,
                    perSecond,
                    program.residentMegabytes());
            assertThat(toStart).isLessThan(Duration.ofSeconds(20));
            assertThat(toList).isLessThan(Duration.ofSeconds(3));
            assertThat(toListWaiting).isLessThan(Duration.ofSeconds(3));
            assertThat(toCount).isLessThan(Duration.ofSeconds(5));
            assertThat(toShow).isLessThan(Duration.ofSeconds(3));
            assertThat(toTake).isLessThan(Duration.ofSeconds(10));
            assertThat(idle).isLessThan(0.5);
            assertThat(perSecond).isGreaterThan(50);
            assertThat(program.residentMegabytes()).isLessThan(500);
            assertThat(program.log()).doesNotContain("OutOfMemoryError", " ERROR ");
        }
    }

    private Program program() throws IOException {
        var program = new Program(directory).withPlainDoor();
        database.settings(program.data()).forEach(program::with);
        return program;
    }

    private static void handIn(Program program, int messages) throws IOException {
        try (var application = new Application(program.plain).greeted()) {
            for (int i = 0; i < messages; i++)
                assertThat(
                                application.handIn(
                                        "<password-" + i + "@contoso.example>",
                                        "ada@example.net",
                                        "Your password."))
                        .startsWith("250 ");
        }
    }

    /// Until every event is counted by the hour and every message is found by its words: nobody has
    /// read those that came straight into the database.
    private void awaitBooks(Program program) {
        var settings = database.settings(program.data());
        var url =
                settings.getOrDefault(
                        "POSTROOM_DATABASE_URL",
                        "jdbc:sqlite:" + program.data().resolve("postroom.db"));
        var username = settings.getOrDefault("POSTROOM_DATABASE_USERNAME", "");
        program.await("the books", BOOKS, () -> areBooksKept(url, username));
    }

    private static boolean areBooksKept(String url, String username) {
        try (var connection = DriverManager.getConnection(url, username, "");
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                """
                                select (select min(read_to) from follower)
                                    >= (select max(id) from event where type = 'message.accepted')
                                """)) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException trouble) {
            throw new IllegalStateException(trouble);
        }
    }

    /// Straight into the database, as the door would have left it.
    private void fill(Path data) {
        try (var store = database.open(data, InstantSource.system())) {
            long first = store.nextId() - (long) IDS_PER_MESSAGE * BACKLOG;
            for (int done = 0; done < BACKLOG; done += AT_ONCE)
                fill(
                        store,
                        first + (long) IDS_PER_MESSAGE * done,
                        Math.min(AT_ONCE, BACKLOG - done));
        }
    }

    private static void fill(Store store, long first, int messages) {
        var at = Instant.now().minus(Duration.ofHours(3));
        int last = messages - 1;
        store.write(tx -> {
            long service = only(tx, "select id from service");
            long sender = only(tx, "select id from credential where name = 'local'");
            tx.update(
                    """
                    insert into content (id, part, octets)
                      with recursive numbers (n) as
                        (select 0 union all select n + 1 from numbers where n < ?)
                      select ? + 4 * n, 0, ? from numbers
                    """,
                    last,
                    first,
                    CONTENT);
            tx.update(
                    """
                    insert into message (id, accepted_at, credential_id, door, remote, reverse_path,
                      header_from, subject, message_id, size, content_id, eight_bit, smtputf8, usage,
                      recipients, tells_sender)
                      with recursive numbers (n) as
                        (select 0 union all select n + 1 from numbers where n < ?)
                      select ? + 4 * n, ?, ?, 'smtp', '127.0.0.1', 'noreply@contoso.example',
                        'noreply@contoso.example', 'News', '<' || n || '@contoso.example>', ?,
                        ? + 4 * n, ?, ?, 'marketing', 1, ? from numbers
                    """,
                    last,
                    first,
                    at,
                    sender,
                    (long) CONTENT.length,
                    first,
                    false,
                    false,
                    true);
            tx.update(
                    """
                    insert into recipient (id, message_id, address, state, service_id, due_at,
                      accepted_at, closed_before, changed_at, turn)
                      with recursive numbers (n) as
                        (select 0 union all select n + 1 from numbers where n < ?)
                      select ? + 4 * n + 1, ? + 4 * n, 'reader-' || n || '@example.net', 'queued', ?,
                        ?, ?, 0, ?, ? from numbers
                    """,
                    last,
                    first,
                    first,
                    service,
                    at,
                    at,
                    at,
                    sender);
            return tx.update(
                    """
                    insert into event (id, at, type, message_id, service_id, credential_id, data)
                      with recursive numbers (n) as
                        (select 0 union all select n + 1 from numbers where n < ?)
                      select ? + 4 * n + 2, ?, 'message.accepted', ? + 4 * n, ?, ?,
                        '{"door":"smtp","recipients":1}' from numbers
                    """,
                    last,
                    first,
                    at,
                    first,
                    service,
                    sender);
        });
    }

    private static long only(Tx tx, String query) throws SQLException {
        return tx.first(query, row -> row.number("id")).orElseThrow();
    }

    private interface Doing {
        void run() throws IOException;
    }

    private static Duration took(Doing what) throws IOException {
        long began = System.nanoTime();
        what.run();
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /// How many processors it keeps busy.
    private static double cpu(Program program, Duration during) {
        var before = program.cpu();
        LockSupport.parkNanos(during.toNanos());
        return (double) program.cpu().minus(before).toNanos() / during.toNanos();
    }
}
