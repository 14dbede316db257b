package postroom.intake.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class LargeBodiesTest {

    private static final int MEGA = 1024 * 1024;

    private final LargeBodies bodies = new LargeBodies(32 * MEGA);

    @Test
    void large_bodies_that_do_not_fit_in_memory_together_wait_for_each_other() throws Exception {
        var first = bodies.enter(20 * MEGA);
        var second = CompletableFuture.supplyAsync(() -> bodies.enter(20 * MEGA));

        assertThat(second.completeOnTimeout(null, 200, TimeUnit.MILLISECONDS).get())
                .as("while the first is in memory")
                .isNull();
        first.close();
    }

    @Test
    void a_body_larger_than_all_there_is_comes_in_alone() {
        try (var alone = bodies.enter(48 * MEGA)) {
            assertThat(alone).isNotNull();
        }
        try (var unknown = bodies.enter(-1)) {
            assertThat(unknown).isNotNull();
        }
    }

    @Test
    void a_small_body_waits_for_nobody() {
        try (var large = bodies.enter(48 * MEGA);
                var small = bodies.enter(10_000)) {
            assertThat(large).isNotSameAs(small);
        }
    }
}
