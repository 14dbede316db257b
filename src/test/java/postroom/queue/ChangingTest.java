package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import static postroom.queue.Ledger.OFFICE;
import static postroom.queue.Ledger.OTHER;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.event.EventType;
import postroom.mail.QueueId;
import postroom.queue.Change.Cancel;
import postroom.queue.Change.Hold;
import postroom.queue.Change.Release;
import postroom.queue.Change.Reroute;
import postroom.queue.Change.Retry;
import postroom.queue.Change.Why;
import postroom.store.Database;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

class ChangingTest {

    private final Clock clock = Clock.atNoon();
    private Ledger ledger;

    @BeforeEach
    void open(@TempDir Path directory) {
        ledger = new Ledger(Database.SQLITE.open(directory, clock), clock).withServices();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void what_was_changed_is_told_apart_from_what_was_not_with_the_reason() {
        var sent = ledger.put("x", "a@example.net");
        ledger.settle(OFFICE, "", Ledger::sent);
        var held = ledger.put("x", "a@example.net");
        ledger.queue.hold(held);
        var waits = ledger.put("x", "a@example.net", "b@example.net");
        var nowhere = new QueueId(7);

        var outcomes = ledger.queue.change(new Hold(), List.of(sent, held, waits, nowhere));

        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        new Change.Outcome(sent, 0, Optional.of(Why.DONE)),
                        new Change.Outcome(held, 0, Optional.of(Why.HELD)),
                        new Change.Outcome(waits, 2, Optional.empty()),
                        new Change.Outcome(nowhere, 0, Optional.of(Why.NOT_FOUND)));
        assertThat(ledger.states(waits)).containsExactly("held", "held");
    }

    @Test
    void what_is_being_tried_is_left_alone() {
        var id = ledger.put("x", "a@example.net");
        ledger.claim(OFFICE);

        assertThat(why(new Cancel(), id)).contains(Why.UNDER_WAY);
        assertThat(why(new Retry(), id)).contains(Why.UNDER_WAY);
        assertThat(ledger.states(id)).containsExactly("queued");
    }

    @Test
    void an_answer_that_comes_late_does_not_let_go_what_is_held_or_cancelled() {
        var held = ledger.put("x", "a@example.net");
        var cancelled = ledger.put("x", "b@example.net");
        var claims = ledger.claim(OFFICE);
        clock.pass(Queue.LEASE);
        ledger.queue.hold(held);
        ledger.queue.cancel(cancelled);

        for (var claim : claims) ledger.settle(claim, "", Ledger::full);

        assertThat(ledger.states(held)).containsExactly("held");
        assertThat(ledger.states(cancelled)).containsExactly("cancelled");
    }

    @Test
    void what_is_not_held_is_not_released_and_who_is_there_is_not_moved() {
        var id = ledger.put("x", "a@example.net");

        assertThat(why(new Release(), id)).contains(Why.NOT_HELD);
        assertThat(why(new Reroute(OFFICE), id)).contains(Why.SAME_SERVICE);
        assertThat(why(new Reroute(OTHER), id)).isEmpty();
    }

    @Test
    void mail_that_is_rerouted_by_hand_leaves_by_its_rule_which_moves_it_no_more() {
        var id = ledger.putBy("All mail", "a@example.net");

        ledger.queue.reroute(id, OTHER);
        assertThat(ledger.queue.move(around(OTHER, OFFICE), 10)).isZero();
        ledger.queue.reroute(id, OFFICE);
        assertThat(ledger.queue.move(around(OFFICE, OTHER), 10)).isZero();

        assertThat(ledger.claim(OFFICE)).extracting(Claim::route).containsExactly("All mail");
    }

    @Test
    void mail_without_a_rule_has_none_after_it_was_rerouted() {
        var id = ledger.put("x", "a@example.net");

        ledger.queue.reroute(id, OTHER);

        assertThat(ledger.claim(OTHER)).extracting(Claim::route).containsExactly("");
    }

    @Test
    void trying_again_what_a_filter_finds_leaves_scheduled_mail_to_its_time() {
        var time = clock.instant().plus(Duration.ofDays(3));
        var id = ledger.putFor(time, "a@example.net");
        var waits = ledger.put("x", "a@example.net");

        var swept =
                ledger.queue.change(
                        new Retry(), Filter.ALL.withState("waiting"), Optional.empty(), 60);

        assertThat(swept.outcomes())
                .containsExactlyInAnyOrder(
                        new Change.Outcome(id, 0, Optional.of(Why.SCHEDULED)),
                        new Change.Outcome(waits, 1, Optional.empty()));
        assertThat(ledger.queue.recipients(id).getFirst().dueAt()).contains(time);
    }

    @Test
    void scheduled_mail_that_is_named_is_tried_now_and_its_timeline_says_so() {
        var time = clock.instant().plus(Duration.ofDays(3));
        var id = ledger.putFor(time, "a@example.net", "b@example.net");

        assertThat(ledger.queue.retry(id)).isEqualTo(2);

        assertThat(ledger.claim(OFFICE)).extracting(Claim::id).containsExactly(id);
        var last = ledger.events.ofMessage(id).getLast();
        assertThat(last.type()).isEqualTo(EventType.MESSAGE_RETRIED);
        assertThat(last.data())
                .containsEntry("recipients", 2)
                .containsEntry("send_at", time.toString());
    }

    @Test
    void a_filter_is_swept_in_bounded_steps_until_nothing_is_left() {
        for (int i = 0; i < 130; i++) ledger.put("x", "a@example.net");
        var steps = new ArrayList<Integer>();
        Optional<String> cursor = Optional.empty();

        do {
            var swept =
                    ledger.queue.change(new Hold(), Filter.ALL.withState("waiting"), cursor, 60);
            steps.add(swept.outcomes().size());
            cursor = swept.next();
        } while (cursor.isPresent());

        assertThat(steps).containsExactly(60, 60, 10);
        assertThat(ledger.queue.standing().held()).isEqualTo(130);
    }

    private static Detour around(long from, long to) {
        return new Detour(
                "All mail", from, to, "closed", List.of(), Set.of(), OptionalLong.empty());
    }

    private Optional<Why> why(Change change, QueueId id) {
        return ledger.queue.change(change, List.of(id)).getFirst().unchanged();
    }
}
