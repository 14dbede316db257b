package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import postroom.emulator.Emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Two packaged programs on one real PostgreSQL: what becomes of the mail when one of the three
/// goes away under load. What else may happen to a node is in [ThreeNodesTest].
@Order(1) // takes long
@Tag("packaged")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SeveralNodesTest {

    private static final Duration TAKEN_OVER = Duration.ofSeconds(60);
    private static final Duration DRAINED = Duration.ofSeconds(120);

    @TempDir Path directory;

    @Test
    void what_a_killed_node_held_is_sent_by_the_other_within_a_minute() throws Exception {
        var slowly = PromisesTest.withoutLimits().changedBy("delay: { final_dot: 20ms }");
        try (var database = new StoppablePostgres(directory.resolve("postgres"));
                var emulator = Emulator.start(slowly);
                var one = node("one", database).start().awaitReady();
                var two = node("two", database).start().awaitReady()) {
            setUp(emulator, one, two);

            Map<String, String> promised = new HashMap<>();
            long killedAt;
            try (var crowdOfOne = new Crowd(one.plain, 4, 3_000, "Hello.");
                    var crowdOfTwo = new Crowd(two.plain, 4, 3_000, "Hello.")) {
                two.await(
                        "load",
                        DRAINED,
                        () ->
                                crowdOfOne.promised().size() > 300
                                        && emulator.mailboxes().received() > 100);
                one.kill();
                killedAt = System.nanoTime();
                crowdOfOne.close();
                LockSupport.parkNanos(2_000_000_000L);
                crowdOfTwo.close();
                promised.putAll(crowdOfOne.promised());
                promised.putAll(crowdOfTwo.promised());
            }
            two.await("an empty queue", DRAINED, () -> two.waiting() == 0);
            var takenOver = Duration.ofNanos(System.nanoTime() - killedAt);

            var arrived = emulator.mailboxes().messages();
            var twice = PromisesTest.sentTwice(arrived);
            System.out.printf(
                    "killed under load: promised=%d arrived=%d twice=%d drained after=%s%n",
                    promised.size(), arrived.size(), twice.size(), takenOver);
            assertThat(PromisesTest.messageIds(arrived)).containsAll(promised.keySet());
            for (var each : twice) PromisesTest.assertSaysWhy(two, each);
            two.await(
                    "the dead node to be found dead",
                    TAKEN_OVER,
                    () -> two.log().contains("is dead; given back"));
            assertThat(takenOver).isLessThan(TAKEN_OVER);
        }
    }

    @Test
    void while_the_database_is_away_nothing_is_lost_and_both_nodes_go_on_by_themselves()
            throws Exception {
        try (var database = new StoppablePostgres(directory.resolve("postgres"));
                var emulator = Emulator.start(PromisesTest.withoutLimits());
                var one = node("one", database).start().awaitReady();
                var two = node("two", database).start().awaitReady()) {
            setUp(emulator, one, two);

            Map<String, String> promised = new HashMap<>();
            try (var crowdOfOne = new Crowd(one.plain, 2, 100_000, "Hello.");
                    var crowdOfTwo = new Crowd(two.plain, 2, 100_000, "Hello.")) {
                two.await(
                        "load",
                        DRAINED,
                        () ->
                                crowdOfOne.promised().size() > 50
                                        && crowdOfTwo.promised().size() > 50);
                database.stop();
                LockSupport.parkNanos(60_000_000_000L);
                assertThat(one.get("/health/ready").statusCode()).isEqualTo(503);
                assertThat(two.get("/v1/messages").statusCode()).isEqualTo(503);
                assertThat(crowdOfOne.otherReplies())
                        .isNotEmpty()
                        .allMatch(reply -> reply.startsWith("451 "));
                database.start();
                int before = crowdOfOne.promised().size();
                int beforeTwo = crowdOfTwo.promised().size();
                one.await(
                        "mail taken again",
                        DRAINED,
                        () ->
                                crowdOfOne.promised().size() > before + 50
                                        && crowdOfTwo.promised().size() > beforeTwo + 50);
                crowdOfOne.close();
                crowdOfTwo.close();
                promised.putAll(crowdOfOne.promised());
                promised.putAll(crowdOfTwo.promised());
            }
            one.awaitReady();
            two.awaitReady();
            two.await("an empty queue", DRAINED, () -> two.waiting() == 0);

            var arrived = emulator.mailboxes().messages();
            var twice = PromisesTest.sentTwice(arrived);
            System.out.printf(
                    "database away: promised=%d arrived=%d twice=%d%n",
                    promised.size(), arrived.size(), twice.size());
            assertThat(PromisesTest.messageIds(arrived)).containsAll(promised.keySet());
            for (var each : twice) PromisesTest.assertSaysWhy(two, each);
        }
    }

    private Program node(String name, StoppablePostgres database) throws IOException {
        return new Program(Files.createDirectories(directory.resolve(name)))
                .withPlainDoor()
                .with("POSTROOM_DATABASE_URL", database.url())
                .with("POSTROOM_DATABASE_USERNAME", "postgres")
                .with("POSTROOM_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]));
    }

    private static void setUp(Emulator emulator, Program one, Program two) {
        // Enough that neither node has them all: the one that is killed has mail on its way.
        one.createOffice(emulator, 40);
        one.createLocalCredential();
        two.await(
                "what was set up on the other",
                Duration.ofSeconds(10),
                () ->
                        two.json("/v1/services").path("services").size() == 1
                                && two.json("/v1/credentials").path("credentials").size() == 2);
        // A door asks who may use it when somebody connects.
        LockSupport.parkNanos(1_500_000_000L);
    }
}
