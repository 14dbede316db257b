package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.Emulator;
import postroom.emulator.ReceivedMessage;
import postroom.event.webhook.Receiver;
import postroom.queue.Queue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Three packaged programs on one real PostgreSQL, and everything that may happen to a node while
/// mail comes in at all of them.
@Tag("packaged")
@Tag("soak")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ThreeNodesTest {

    private static final Duration DRAINED = Duration.ofSeconds(120);

    @TempDir Path directory;
    private StoppablePostgres database;
    private Emulator emulator;
    private Cable cable;
    private Program one;
    private Program two;
    private Program three;

    @BeforeEach
    void open() throws Exception {
        database = new StoppablePostgres(directory.resolve("postgres"));
        cable = new Cable(database.port());
        emulator =
                Emulator.start(
                        PromisesTest.withoutLimits()
                                .changedBy(
                                        """
                                        faults:
                                          - { stage: rcpt, when: { recipient: "nobody*" },
                                              answer: { smtp: "550 5.1.1 No such mailbox" } }
                                        """));
        one = node("one", database.port()).start().awaitReady();
        two = node("two", database.port()).start();
        three = node("three", cable.port()).start();
        two.awaitReady();
        three.awaitReady();
    }

    private Program node(String name, int port) throws IOException {
        return new Program(Files.createDirectories(directory.resolve(name)))
                .withPlainDoor()
                .with("POSTROOM_DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + port + "/postgres")
                .with("POSTROOM_DATABASE_USERNAME", "postgres")
                .with("POSTROOM_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]))
                .with("POSTROOM_WEBHOOKS_ALLOW_PRIVATE_ADDRESSES", "true");
    }

    @AfterEach
    void close() throws Exception {
        for (var node : nodes()) node.close();
        emulator.close();
        cable.close();
        database.close();
    }

    private List<Program> nodes() {
        return List.of(one, two, three);
    }

    private void setUp(int connections) {
        one.createOffice(emulator, connections);
        one.createLocalCredential();
        for (var node : List.of(two, three))
            node.await(
                    "what was set up",
                    Duration.ofSeconds(10),
                    () ->
                            node.json("/v1/services").path("services").size() == 1
                                    && node.json("/v1/credentials").path("credentials").size()
                                            == 2);
        // A door asks who may use it when somebody connects.
        LockSupport.parkNanos(1_500_000_000L);
    }

    @Test
    void what_a_killed_a_paused_and_a_cut_off_node_held_is_sent_by_another_and_not_begun_again()
            throws Exception {
        emulator.change("delay: { final_dot: 50ms }");
        setUp(30);
        Map<String, String> promised = new HashMap<>();
        var crowds = new ArrayList<Crowd>();
        for (var node : nodes()) crowds.add(new Crowd(node.plain, 3, Integer.MAX_VALUE, "Hello."));
        one.await(
                "load on all",
                DRAINED,
                () ->
                        crowds.stream().allMatch(crowd -> crowd.promised().size() > 100)
                                && emulator.mailboxes().received() > 100);

        long wentAway = System.nanoTime();
        two.pause();
        cable.pullOut();
        one.kill();
        one.start().awaitReady();
        int had = crowds.getFirst().promised().size();
        one.await("load again", DRAINED, () -> crowds.getFirst().promised().size() > had + 50);
        crowds.getFirst().close();
        one.await("an empty queue", DRAINED, () -> one.waiting() == 0);
        var takenOver = Duration.ofNanos(System.nanoTime() - wentAway);
        var before = PromisesTest.sentTwice(emulator.mailboxes().messages());
        // longer than a lease
        LockSupport.parkNanos(Queue.LEASE.plusSeconds(2).minus(takenOver).toNanos());

        two.goOn();
        cable.putIn();
        two.awaitReady();
        three.awaitReady();
        for (var crowd : crowds) crowd.close();
        for (var crowd : crowds) promised.putAll(crowd.promised());
        for (var node : nodes()) node.await("an empty queue", DRAINED, () -> node.waiting() == 0);

        var arrived = emulator.mailboxes().messages();
        var twice = PromisesTest.sentTwice(arrived);
        System.out.printf(
                "killed, paused, cut off: promised=%d arrived=%d twice=%d (%d before they returned)"
                        + " taken over after=%s%n",
                promised.size(), arrived.size(), twice.size(), before.size(), takenOver);
        assertThat(takenOver).isLessThan(Duration.ofSeconds(75));
        assertThat(one.log()).contains("is dead; given back");
        for (var back : List.of(two, three))
            back.await(
                    "to hear of its death",
                    Duration.ofSeconds(30),
                    () -> back.log().contains("took it for dead"));
        assertThat(PromisesTest.messageIds(arrived)).containsAll(promised.keySet());
        for (var each : twice) PromisesTest.assertSaysWhy(one, each);
        // What was on a line at that moment may have left twice, and what had just left it and was
        // not written down yet; not what waited for a line.
        assertThat(twice).hasSizeLessThanOrEqualTo(2 * 30);
    }

    @Test
    void one_node_after_the_other_restarts_under_load_and_everything_leaves_once()
            throws Exception {
        try (var receiver = new Receiver()) {
            setUp(6);
            one.post(
                    "/v1/webhooks",
                    """
                    {"url": "%s", "events": ["message.sent", "message.failed"]}
                    """
                            .formatted(receiver.url()));
            refused();
            Map<String, String> promised = new HashMap<>();
            var crowds = new ArrayList<Crowd>();
            for (var node : nodes())
                crowds.add(new Crowd(node.plain, 2, Integer.MAX_VALUE, "Hello."));
            for (var node : nodes()) {
                int had = crowds.stream().mapToInt(crowd -> crowd.promised().size()).sum();
                node.await(
                        "load",
                        DRAINED,
                        () ->
                                crowds.stream().mapToInt(crowd -> crowd.promised().size()).sum()
                                        > had + 200);
                node.stop();
                node.start().awaitReady();
            }
            for (var crowd : crowds) crowd.close();
            for (var crowd : crowds) promised.putAll(crowd.promised());
            three.await("an empty queue", DRAINED, () -> three.waiting() == 0);

            var arrived = emulator.mailboxes().messages();
            var ids = PromisesTest.messageIds(arrived);
            assertThat(ids).containsAll(promised.keySet()).doesNotHaveDuplicates();
            three.await("a report", Duration.ofSeconds(150), () -> reports() > 0);
            assertThat(emulator.count("token microsoft client_credentials")).isEqualTo(1);
            three.await(
                    "all webhooks", DRAINED, () -> heard(receiver).size() >= promised.size() + 1);
            System.out.printf(
                    "rolling restart: promised=%d arrived=%d webhooks=%d%n",
                    promised.size(), arrived.size(), receiver.heard().size());
            assertThat(receiver.heard().stream().map(it -> it.header("webhook-id")))
                    .doesNotHaveDuplicates();
            assertThat(reports()).isEqualTo(1);
        }
    }

    /// One message that the next hop refuses, so that its sender hears of it.
    private void refused() throws IOException {
        try (var application = new Application(two.plain).greeted()) {
            assertThat(application.handIn("<refused@contoso.example>", "nobody@example.net", "x"))
                    .startsWith("250");
        }
    }

    private long reports() {
        return emulator.mailboxes().messages().stream().filter(ThreeNodesTest::isReport).count();
    }

    private static boolean isReport(ReceivedMessage message) {
        return message.header("Content-Type").orElse("").contains("report-type=delivery-status");
    }

    private static TreeSet<String> heard(Receiver receiver) {
        return receiver.heard().stream()
                .map(it -> it.header("webhook-id"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void three_nodes_together_keep_to_every_limit_of_a_service() throws Exception {
        setUp(3);
        one.patch(
                "/v1/services/Office",
                """
                {"limits": {"connections": 3, "messages_per_minute": 100,
                  "recipients_per_day": 150}}
                """);
        LockSupport.parkNanos(2_000_000_000L);

        var crowds = new ArrayList<Crowd>();
        for (var node : nodes()) crowds.add(new Crowd(node.plain, 2, 60, "Hello."));
        for (var crowd : crowds) crowd.awaitEnd();
        one.await(
                "a full day",
                DRAINED,
                () -> one.json("/v1/services/Office").path("state").asString().equals("limited"));
        // whoever thought there was room left would have used it by now
        LockSupport.parkNanos(3_000_000_000L);

        var at =
                emulator.mailboxes().messages().stream().map(ReceivedMessage::at).sorted().toList();
        assertThat(at).hasSize(150);
        assertThat(mostWithinAMinute(at)).isLessThanOrEqualTo(100);
        assertThat(emulator.microsoft().mostConnectionsSeen()).isLessThanOrEqualTo(3);
        int promised = crowds.stream().mapToInt(crowd -> crowd.promised().size()).sum();
        assertThat(two.waiting()).isEqualTo(promised - 150);
    }

    // The smarthost looks at its clock a moment after we counted, so a little less than a minute.
    private static int mostWithinAMinute(List<Instant> at) {
        int most = 0;
        for (int first = 0, last = 0; last < at.size(); last++) {
            while (Duration.between(at.get(first), at.get(last)).toMillis() >= 59_000) first++;
            most = Math.max(most, last - first + 1);
        }
        return most;
    }
}
