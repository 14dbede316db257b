package postroom.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.time.Duration;

class GuessesTest {
    private final MovedClock clock = new MovedClock();
    private final Guesses guesses =
            new Guesses(
                    clock,
                    new Guesses.Rule(
                            5, Duration.ofMinutes(1), Duration.ofMinutes(4), Duration.ofHours(1)),
                    100);

    @Test
    void every_wrong_guess_waits_twice_as_long_up_to_five_seconds() {
        assertThat(guesses.wrong("n").slowDown()).isEqualTo(Duration.ofMillis(200));
        assertThat(guesses.wrong("n").slowDown()).isEqualTo(Duration.ofMillis(400));
        for (int i = 0; i < 50; i++) guesses.wrong("n");

        assertThat(guesses.wrong("n").slowDown()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void the_fifth_wrong_guess_locks_for_a_minute_and_the_lock_ends_by_itself() {
        guessWrongly("n", 4);
        assertThat(guesses.locked("n")).isEmpty();

        assertThat(guesses.wrong("n").locked())
                .contains(clock.instant().plus(Duration.ofMinutes(1)));

        assertThat(guesses.locked("n")).contains(Duration.ofMinutes(1));
        clock.advance(Duration.ofMinutes(1));
        assertThat(guesses.locked("n")).isEmpty();
    }

    @Test
    void each_lock_lasts_twice_as_long_as_the_one_before_up_to_a_limit() {
        for (int minutes : new int[] {1, 2, 4, 4, 4}) {
            guessWrongly("n", 5);
            assertThat(guesses.locked("n")).contains(Duration.ofMinutes(minutes));
            clock.advance(Duration.ofMinutes(minutes));
        }
    }

    @Test
    void what_was_quiet_for_an_hour_is_forgotten() {
        guessWrongly("n", 4);
        clock.advance(Duration.ofHours(1).plusSeconds(1));

        assertThat(guesses.wrong("n").slowDown()).isEqualTo(Duration.ofMillis(200));
        assertThat(guesses.locked("n")).isEmpty();
    }

    @Test
    void subjects_do_not_touch_each_other() {
        guessWrongly("n", 5);

        assertThat(guesses.locked("other")).isEmpty();
    }

    @Test
    void only_a_bounded_number_of_subjects_is_remembered() {
        guessWrongly("first", 5);
        for (int i = 0; i < 100; i++) guesses.wrong("n" + i);

        assertThat(guesses.locked("first")).isEmpty();
        assertThat(guesses.wrong("n99").slowDown()).isEqualTo(Duration.ofMillis(400));
    }

    @Test
    void an_ipv6_host_is_counted_by_its_64_and_an_ipv4_host_by_itself() throws Exception {
        assertThat(Guesses.networkOf(InetAddress.getByName("2001:db8:1:2:3:4:5:6")))
                .isEqualTo(Guesses.networkOf(InetAddress.getByName("2001:db8:1:2:ffff::1")))
                .isNotEqualTo(Guesses.networkOf(InetAddress.getByName("2001:db8:1:3::1")));
        assertThat(Guesses.networkOf(InetAddress.getByName("192.0.2.7")))
                .isEqualTo("192.0.2.7/32")
                .isEqualTo(Guesses.networkOf(InetAddress.getByName("::ffff:192.0.2.7")));
    }

    private void guessWrongly(String subject, int times) {
        for (int i = 0; i < times; i++) guesses.wrong(subject);
    }
}
