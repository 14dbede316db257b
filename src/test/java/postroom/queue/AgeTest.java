package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import static postroom.queue.Ledger.OFFICE;
import static postroom.queue.Ledger.OTHER;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.event.Event;
import postroom.mail.QueueId;
import postroom.store.Database;
import postroom.store.OnBothDatabases;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// What counts as time that a message is tried (five days here), and as time that it waits for its
/// service (fourteen).
@OnBothDatabases
class AgeTest {
    @Parameter Database database;

    @TempDir Path directory;

    private final Clock clock = Clock.atNoon();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = new Ledger(database.open(directory, clock), clock).withServices();
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void scheduled_mail_is_tried_for_its_whole_lifetime_from_its_time_on() {
        var id = ledger.putFor(in(20), "a@example.net");
        pass(20);

        ledger.settle(OFFICE, "", Ledger::full);
        assertThat(ledger.states(id)).containsExactly("deferred");
        pass(5);
        ledger.settle(OFFICE, "", Ledger::full);

        assertThat(ledger.states(id)).containsExactly("failed");
        assertThat(last(id).data()).containsEntry("reason", "lifetime");
    }

    @Test
    void scheduled_mail_does_not_run_out_of_patience_before_its_time() {
        ledger.closeGate(OFFICE);
        var id = ledger.putFor(in(15), "a@example.net");

        pass(15);
        assertThat(ledger.queue.failImpatient(100)).isZero();
        pass(13);
        assertThat(ledger.queue.failImpatient(100)).isZero();
        pass(1);
        assertThat(ledger.queue.failImpatient(100)).isEqualTo(1);

        assertThat(ledger.states(id)).containsExactly("failed");
        assertThat(last(id).data()).containsEntry("reason", "patience");
    }

    @Test
    void what_is_called_for_before_its_time_is_tried_from_then_on() {
        var id = ledger.putFor(in(20), "a@example.net");

        ledger.queue.retry(id);
        ledger.settle(OFFICE, "", Ledger::full);
        pass(5);
        ledger.settle(OFFICE, "", Ledger::full);

        assertThat(ledger.states(id)).containsExactly("failed");
    }

    @Test
    void how_long_the_service_was_closed_before_its_time_gives_scheduled_mail_no_more_lifetime() {
        ledger.closeGate(OFFICE);
        var id = ledger.putFor(in(10), "a@example.net");
        pass(10);
        ledger.openGate(OFFICE);

        ledger.settle(OFFICE, "", Ledger::full);
        pass(5);
        ledger.settle(OFFICE, "", Ledger::full);

        assertThat(ledger.states(id)).containsExactly("failed");
    }

    @Test
    void how_long_the_service_was_closed_before_its_time_takes_no_patience_from_scheduled_mail() {
        ledger.closeGate(OFFICE);
        var id = ledger.putFor(in(10), "a@example.net");
        pass(10);
        ledger.openGate(OFFICE);
        ledger.settle(OFFICE, "", Ledger::full);
        ledger.closeGate(OFFICE);

        pass(13);
        assertThat(ledger.queue.failImpatient(100)).isZero();
        assertThat(ledger.states(id)).containsExactly("deferred");
        pass(1);

        assertThat(ledger.queue.failImpatient(100)).isEqualTo(1);
    }

    @Test
    void mail_is_not_tried_while_it_is_held() {
        var id = ledger.put("x", "a@example.net");
        pass(2);
        ledger.queue.hold(id);
        pass(28);
        ledger.queue.release(id);

        ledger.settle(OFFICE, "", Ledger::full);
        assertThat(ledger.states(id)).containsExactly("deferred");
        pass(3);
        ledger.settle(OFFICE, "", Ledger::full);

        assertThat(ledger.states(id)).containsExactly("failed");
    }

    @Test
    void a_service_that_was_closed_while_mail_was_held_gives_it_no_more_lifetime() {
        var id = ledger.put("x", "a@example.net");
        pass(2);
        ledger.queue.hold(id);
        ledger.closeGate(OFFICE);
        pass(10);
        ledger.openGate(OFFICE);
        ledger.queue.release(id);

        pass(3);
        ledger.settle(OFFICE, "", Ledger::full);

        assertThat(ledger.states(id)).containsExactly("failed");
    }

    @Test
    void mail_does_not_wait_for_its_service_while_it_is_held() {
        var id = ledger.put("x", "a@example.net");
        ledger.closeGate(OFFICE);
        pass(4);
        ledger.queue.hold(id);
        pass(20);
        ledger.queue.release(id);

        pass(9);
        assertThat(ledger.queue.failImpatient(100)).isZero();
        pass(1);

        assertThat(ledger.queue.failImpatient(100)).isEqualTo(1);
        assertThat(ledger.states(id)).containsExactly("failed");
    }

    @Test
    void what_is_released_before_its_time_keeps_it_and_after_its_time_is_young() {
        var later = ledger.putFor(in(30), "a@example.net");
        var meanwhile = ledger.putFor(in(10), "a@example.net");
        for (var id : new QueueId[] {later, meanwhile}) ledger.queue.hold(id);
        pass(20);
        for (var id : new QueueId[] {later, meanwhile}) ledger.queue.release(id);

        pass(4);
        ledger.settle(OFFICE, "", Ledger::full);
        assertThat(ledger.states(later)).containsExactly("queued");
        assertThat(ledger.states(meanwhile)).containsExactly("deferred");
        pass(1);
        ledger.settle(OFFICE, "", Ledger::full);
        assertThat(ledger.states(meanwhile)).containsExactly("failed");
        pass(9);
        ledger.settle(OFFICE, "", Ledger::full);

        assertThat(ledger.states(later)).containsExactly("deferred");
    }

    @Test
    void scheduled_mail_keeps_nobody_from_hearing_that_other_mail_is_late() {
        ledger.putFor(in(20), "a@example.net");
        var late = ledger.putFor(clock.instant(), "b@example.net");
        pass(1);

        ledger.queue.owedReports().lookForLate(Duration.ofHours(4));

        assertThat(ledger.queue.owedReports().due(10)).containsExactly(late);
    }

    @Test
    void the_sender_of_scheduled_mail_is_told_how_long_it_may_wait_from_its_time_on() {
        ledger.closeGate(OFFICE);
        var id = ledger.putFor(in(10), "a@example.net");
        var last = in(24);
        pass(11);

        ledger.queue.owedReports().lookForLate(Duration.ofHours(4));

        var line = ledger.queue.owedReports().read(id).orElseThrow().lines().getFirst();
        assertThat(line.triedUntil()).contains(last);
    }

    @Test
    void mail_that_is_rerouted_takes_along_how_long_it_waited_and_says_from_where_it_came() {
        var id = ledger.put("x", "a@example.net");
        ledger.closeGate(OFFICE);
        pass(9);

        ledger.queue.reroute(id, OTHER);
        assertThat(last(id).data()).containsEntry("from_service", Long.toString(OFFICE));
        ledger.settle(OTHER, "", Ledger::full);

        assertThat(ledger.states(id)).containsExactly("deferred");
        ledger.closeGate(OTHER);
        pass(4);
        assertThat(ledger.queue.failImpatient(100)).isZero();
        pass(1);
        assertThat(ledger.queue.failImpatient(100)).isEqualTo(1);
    }

    @Test
    void held_mail_that_is_rerouted_takes_along_how_long_it_waited() {
        var id = ledger.put("x", "a@example.net");
        ledger.closeGate(OFFICE);
        pass(9);
        ledger.queue.hold(id);
        pass(9);
        ledger.queue.reroute(id, OTHER);
        ledger.queue.release(id);

        ledger.settle(OTHER, "", Ledger::full);
        assertThat(ledger.states(id)).containsExactly("deferred");
        pass(5);
        ledger.settle(OTHER, "", Ledger::full);

        assertThat(ledger.states(id)).containsExactly("failed");
    }

    private void pass(int days) {
        clock.pass(Duration.ofDays(days));
    }

    private Instant in(int days) {
        return clock.instant().plus(Duration.ofDays(days));
    }

    private Event last(QueueId id) {
        return ledger.events.ofMessage(id).getLast();
    }
}
