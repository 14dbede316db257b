package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Two packaged programs on one real PostgreSQL: what becomes of the mail when one of them goes
/// away under load. What else may happen to a node is in [ThreeNodesTest], what may happen to the
/// database in [DatabaseAwayTest].
@Order(2) // takes long
@Tag("packaged")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SeveralNodesTest {

    private static final Duration DRAINED = Duration.ofSeconds(120);
    private static final Duration TAKEN_OVER = Duration.ofSeconds(60);

    @TempDir Path directory;

    @Test
    void what_a_killed_node_held_is_sent_by_the_other_within_a_minute() throws Exception {
        var slowly = PromisesTest.withoutLimits().changedBy("delay: { final_dot: 20ms }");
        try (var nodes = new TwoNodes(directory, slowly)) {
            var emulator = nodes.emulator;
            var one = nodes.one;
            var two = nodes.two;

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
}
