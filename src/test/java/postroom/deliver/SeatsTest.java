package postroom.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class SeatsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Seats seats = new Seats();
    private final Runnable first = new Thread();
    private final Runnable second = new Thread();

    @Test
    void for_a_guest_that_waits_one_lane_leaves_and_no_other_begins() throws Exception {
        assertThat(seats.takeForLane(2)).isTrue();
        assertThat(seats.takeForLane(2)).isTrue();
        assertThat(seats.mustLeave(first, 2)).isFalse();

        var guest = CompletableFuture.supplyAsync(() -> seats.takeForGuest(2, LONG));
        while (!seats.hasGuests()) Thread.onSpinWait();

        assertThat(seats.mustLeave(first, 2)).isTrue();
        assertThat(seats.mustLeave(second, 2)).isFalse();
        assertThat(seats.mustLeave(first, 2)).isTrue();
        seats.laneLeft(first);
        assertThat(guest.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(seats.takeForLane(2)).isFalse();
        seats.guestLeft();
        assertThat(seats.takeForLane(2)).isTrue();
    }

    @Test
    void a_guest_that_waited_in_vain_leaves_no_seat_behind() {
        assertThat(seats.takeForLane(1)).isTrue();

        assertThat(seats.takeForGuest(1, Duration.ofMillis(1))).isFalse();

        assertThat(seats.hasGuests()).isFalse();
        assertThat(seats.mustLeave(first, 1)).isFalse();
    }

    @Test
    void as_many_lanes_leave_as_are_asked_to_and_no_more_than_there_are() {
        seats.takeForLane(2);
        seats.takeForLane(2);

        seats.askToLeave(1);

        assertThat(seats.mustLeave(first, 2)).isTrue();
        assertThat(seats.mustLeave(second, 2)).isFalse();
        seats.askToLeave(9);
        seats.laneLeft(first);
        assertThat(seats.mustLeave(second, 2)).isTrue();
        seats.laneLeft(second);
        seats.takeForLane(2);
        assertThat(seats.mustLeave(new Thread(), 2)).isFalse();
    }

    @Test
    void a_lower_limit_sends_away_as_many_lanes_as_are_too_many() {
        seats.takeForLane(2);
        seats.takeForLane(2);

        assertThat(seats.mustLeave(first, 1)).isTrue();
        assertThat(seats.mustLeave(second, 1)).isFalse();
    }
}
