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

/// Two packaged programs on one real PostgreSQL, which goes away under load for a minute.
@Order(2) // takes long
@Tag("packaged")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class DatabaseAwayTest {

    private static final Duration DRAINED = Duration.ofSeconds(120);

    @TempDir Path directory;

    @Test
    void while_the_database_is_away_nothing_is_lost_and_both_nodes_go_on_by_themselves()
            throws Exception {
        try (var nodes = new TwoNodes(directory, PromisesTest.withoutLimits())) {
            var emulator = nodes.emulator;
            var one = nodes.one;
            var two = nodes.two;

            Map<String, String> promised = new HashMap<>();
            try (var crowdOfOne = new Crowd(one.plain, 2, 100_000, "Hello.");
                    var crowdOfTwo = new Crowd(two.plain, 2, 100_000, "Hello.")) {
                two.await(
                        "load",
                        DRAINED,
                        () ->
                                crowdOfOne.promised().size() > 50
                                        && crowdOfTwo.promised().size() > 50);
                nodes.database.stop();
                LockSupport.parkNanos(60_000_000_000L);
                assertThat(one.get("/health/ready").statusCode()).isEqualTo(503);
                assertThat(two.get("/v1/messages").statusCode()).isEqualTo(503);
                assertThat(crowdOfOne.otherReplies())
                        .isNotEmpty()
                        .allMatch(reply -> reply.startsWith("451 "));
                nodes.database.start();
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
}
