package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.mail.Reply;
import postroom.service.Limits;
import postroom.service.Usage;
import postroom.store.Database;
import postroom.store.Store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What retention does not keep is gone, and its room is there again.
class RetentionTest {
    private static final long OFFICE = 1;
    private static final Duration CONTENT = Duration.ofDays(7);
    private static final Duration EVENTS = Duration.ofDays(90);
    private static final int BITE = 200;

    @TempDir Path directory;

    private final Clock clock = Clock.atNoon();
    private Store store;
    private EventLog events;
    private Spool spool;
    private Queue queue;

    @BeforeEach
    void open() {
        store = Database.SQLITE.open(directory, clock);
        events = new EventLog(store, clock);
        spool = new Spool(store, clock);
        var schedule = new RetrySchedule(List.of(Duration.ofMinutes(1)));
        var patience = new Patience(Duration.ofDays(5), Duration.ofDays(14), schedule);
        queue = new Queue(store, spool, events, patience, clock, "node");
        store.write(tx ->
                tx.update(
                        """
                        insert into service (id, name, settings, state, state_since, created_at, changed_at)
                        values (1, 'Office', '{}', 'ready', 0, 0, 0)
                        """));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void the_file_does_not_grow_over_many_days_of_the_same_load() {
        for (int day = 0; day < 100; day++) aDay(15, 40_000);
        store.giveBackSpace();
        long before = file();

        for (int day = 0; day < 100; day++) {
            aDay(15, 40_000);
            if (day % 10 == 0) store.giveBackSpace();
        }
        store.giveBackSpace();

        assertThat(file()).isLessThan(before + before / 20 + 200_000);
        assertThat(rows("message")).isEqualTo(15 * 90);
        assertThat(rows("event")).isEqualTo(2 * 15 * 90);
        assertThat(contents()).isEqualTo(15 * 7);
    }

    @Test
    void a_big_load_that_is_over_gives_its_space_back_to_the_disk() {
        aDay(40, 1_500_000);
        store.giveBackSpace();
        long full = file();
        assertThat(full).isGreaterThan(60_000_000);

        clock.pass(CONTENT.plusDays(1));
        tidy();
        store.giveBackSpace();

        assertThat(file()).isLessThan(25_000_000);
        assertThat(store.figures().size()).isEqualTo(file());
    }

    @Test
    void erased_content_cannot_be_read_from_the_disk() throws IOException {
        var secret = "The-merger-with-Contoso-is-on-Friday";
        var big = secret + " " + "x".repeat(3 * Spool.PART) + secret;
        put(big);
        send();
        put(secret);
        send();
        store.giveBackSpace();
        assertThat(onDisk()).contains(secret);

        clock.pass(CONTENT.plusDays(1));
        tidy();
        store.giveBackSpace();

        assertThat(onDisk()).doesNotContain(secret);
        assertThat(contents()).isZero();
    }

    @Test
    void content_that_is_still_owed_is_never_erased() throws IOException {
        var waiting = putLater("still owed");
        put("done");
        send();

        clock.pass(Duration.ofDays(200));
        tidy();

        assertThat(rows("message")).isEqualTo(1);
        assertThat(queue.content(waiting)).isPresent();
    }

    @Test
    void what_is_done_later_is_erased_later_and_not_forgotten() throws IOException {
        put("one");
        send();
        clock.pass(CONTENT.plusHours(1));
        tidy();
        assertThat(contents()).isZero();

        put("two");
        send();
        clock.pass(Duration.ofDays(1));
        tidy();
        assertThat(contents()).isEqualTo(1);

        clock.pass(CONTENT);
        tidy();
        assertThat(contents()).isZero();
    }

    private void aDay(int messages, int size) {
        try {
            var content = "0123456789".repeat(size / 10);
            for (int i = 0; i < messages; i++) put(content);
            send();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        clock.pass(Duration.ofDays(1));
        tidy();
    }

    private void tidy() {
        var now = clock.instant();
        while (queue.eraseContent(now.minus(CONTENT), BITE) >= BITE) Thread.yield();
        while (queue.eraseMessages(now.minus(EVENTS), BITE) >= BITE) Thread.yield();
        while (events.eraseBefore(now.minus(EVENTS), BITE) >= BITE) Thread.yield();
        spool.eraseOrphans(now);
    }

    private QueueId put(String content) throws IOException {
        return put(content, Optional.empty());
    }

    private QueueId putLater(String content) throws IOException {
        return put(content, Optional.of(clock.instant().plus(Duration.ofDays(1_000))));
    }

    private QueueId put(String content, Optional<Instant> sendAt) throws IOException {
        var draft = spool.draft();
        draft.write(content.getBytes(StandardCharsets.US_ASCII));
        var id = queue.newId();
        queue.put(
                new NewMessage(
                        id,
                        OptionalLong.of(7),
                        "smtp",
                        "192.0.2.1",
                        new Envelope(
                                Address.parse("a@example.com"),
                                List.of(Address.of("b@example.net")),
                                Envelope.Body.SEVEN_BIT,
                                false),
                        "a@example.com",
                        "Hello",
                        "<1@example.com>",
                        Usage.TRANSACTIONAL,
                        List.of(),
                        Map.of(),
                        OFFICE,
                        sendAt,
                        draft));
        return id;
    }

    /// Everything that is due.
    private void send() {
        while (true) {
            var claims = claimed();
            if (claims.isEmpty()) return;
            for (var claim : claims) {
                var settlements = new ArrayList<Settlement>();
                for (var recipient : claim.recipients())
                    settlements.add(
                            new Settlement(
                                    new Sent(
                                            recipient,
                                            new Diagnostic.SmtpReply(
                                                    Diagnostic.Stage.DATA,
                                                    Reply.of(250, "2.0.0", "OK"))),
                                    Optional.empty()));
                queue.settle(
                                claim,
                                settlements,
                                new Settlement.AttemptRecord(
                                        store.nextId(),
                                        clock.instant(),
                                        new Conversation().took(),
                                        "[]"))
                        .join();
            }
        }
    }

    private List<Claim> claimed() {
        return queue.claim(new Demand(OFFICE, 100, Limits.ofConnections(1), false)).join().claims();
    }

    private long file() {
        return directory.resolve("postroom.db").toFile().length();
    }

    private String onDisk() throws IOException {
        var all = new StringBuilder();
        try (var files = Files.list(directory)) {
            for (var file : files.toList())
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
        return all.toString();
    }

    private long rows(String table) {
        return store.read(tx ->
                        tx.first("select count(*) as n from " + table, row -> row.number("n")))
                .orElseThrow();
    }

    private long contents() {
        return store.read(tx ->
                        tx.first(
                                "select count(distinct id) as n from content",
                                row -> row.number("n")))
                .orElseThrow();
    }
}
