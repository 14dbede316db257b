package postroom.tally;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;

class TalliesTest {
    private final Tallies tallies = new Tallies();

    @Test
    void many_threads_lose_no_count() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++)
                threads.submit(() -> tallies.add(Tally.SIGN_INS, "signed_in"));
        }

        assertThat(tallies.counts(Tally.SIGN_INS)).containsEntry(List.of("signed_in"), 1_000L);
    }

    @Test
    void whatever_comes_from_outside_the_number_of_series_has_an_end() {
        for (int i = 0; i < Tallies.MOST_SERIES + 100; i++)
            tallies.add(Tally.MESSAGES_REJECTED, "smtp", "code" + i);

        var counts = tallies.counts(Tally.MESSAGES_REJECTED);
        assertThat(counts).hasSize(Tallies.MOST_SERIES + 1);
        assertThat(counts).containsEntry(List.of("other", "other"), 100L);
        assertThat(counts).containsEntry(List.of("smtp", "code7"), 1L);
    }

    @Test
    void a_time_falls_into_the_first_class_that_holds_it() {
        tallies.time(Timing.ATTEMPT, Duration.ofMillis(10), "7");
        tallies.time(Timing.ATTEMPT, Duration.ofMillis(11), "7");
        tallies.time(Timing.ATTEMPT, Duration.ofHours(1), "7");
        tallies.time(Timing.ATTEMPT, Duration.ofMillis(-5), "7");

        var times = Objects.requireNonNull(tallies.times(Timing.ATTEMPT).get(List.of("7")));
        assertThat(times.perClass())
                .containsExactly(2L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
        assertThat(times.seconds()).isBetween(3600.02, 3600.03);
    }
}
