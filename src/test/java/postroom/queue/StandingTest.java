package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import static postroom.queue.Ledger.OFFICE;
import static postroom.queue.Ledger.OTHER;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.event.HourlyCounts;
import postroom.event.HourlyCounts.Hour;
import postroom.event.HourlyCounts.Trouble;
import postroom.queue.Ledger.Put;
import postroom.store.Database;
import postroom.store.Store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What waits by age, and what became of mail by the hour.
class StandingTest {

    private static final List<Duration> AGES = List.of(Duration.ofMinutes(5), Duration.ofHours(1));

    @TempDir Path directory;

    final Clock clock = Clock.atNoon();
    Ledger ledger;

    @BeforeEach
    void open() {
        ledger = new Ledger(store(), clock).withServices();
    }

    Store store() {
        return Database.SQLITE.open(directory, clock);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void what_is_scheduled_waits_and_is_not_late_before_its_time() {
        var tomorrow = clock.instant().plus(Duration.ofDays(1));
        ledger.put("x", "a@example.net");
        ledger.store.write(tx ->
                tx.update("update recipient set due_at = ?, accepted_at = ?", tomorrow, tomorrow));
        clock.pass(Duration.ofHours(23));

        assertThat(ledger.queue.waiting(OFFICE)).isEqualTo(new Waiting(1, Optional.empty()));
        assertThat(ledger.queue.standing().of(OFFICE)).isEqualTo(new Waiting(1, Optional.empty()));

        clock.pass(Duration.ofHours(2));
        assertThat(ledger.queue.waiting(OFFICE)).isEqualTo(new Waiting(1, Optional.of(tomorrow)));
        assertThat(ledger.queue.standing().of(OFFICE).oldest()).isPresent();
    }

    @Test
    void what_waits_is_counted_by_service_and_age() {
        ledger.put("x", "a@example.net", "b@example.net");
        clock.pass(Duration.ofHours(2));
        ledger.put("x", "a@example.net");
        ledger.put(Put.saying("x").via(OTHER), "a@example.net");
        clock.pass(Duration.ofMinutes(30));
        ledger.put("x", "a@example.net");

        var standing = ledger.queue.standing();

        assertThat(standing.waiting()).isEqualTo(5);
        assertThat(standing.byAge(OFFICE, AGES)).containsExactly(1L, 1L, 2L);
        assertThat(standing.byAge(OTHER, AGES)).containsExactly(0L, 1L, 0L);
        assertThat(standing.byAge(99, AGES)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void mail_that_is_settled_waits_no_more() {
        ledger.put("x", "a@example.net");
        assertThat(ledger.queue.standing().waiting(OFFICE)).isOne();

        ledger.settle(OFFICE, "", Ledger::sent);

        assertThat(ledger.queue.standing().waiting(OFFICE)).isZero();
    }

    @Test
    void an_hour_says_what_became_of_the_mail_accepted_in_it() {
        var noon = clock.instant();
        ledger.put("x", "a@example.net", "b@example.net");
        ledger.settle(
                OFFICE,
                "",
                one ->
                        one.address().toString().startsWith("a")
                                ? Ledger.sent(one)
                                : Ledger.full(one));
        clock.pass(Duration.ofHours(2));
        ledger.put("x", "c@example.net");
        ledger.settle(OFFICE, "no-such-mailbox", Ledger::unknown);

        assertThat(ledger.counts.since(noon))
                .containsExactly(
                        new Hour(noon, 1, 1, 1), new Hour(noon.plus(Duration.ofHours(2)), 1, 0, 1));
        assertThat(ledger.queue.standing().cameBetween(noon, clock.instant())).isZero();
    }

    @Test
    void trouble_is_grouped_by_advice_and_service_and_tells_nobodys_address() {
        ledger.put("x", "a@example.net", "b@example.net");
        ledger.settle(OFFICE, "mailbox-full", Ledger::full);
        clock.pass(Duration.ofMinutes(10));
        ledger.settle(OFFICE, "mailbox-full", Ledger::full);
        ledger.put(Put.saying("x").via(OTHER), "a@example.net");
        ledger.settle(OTHER, "", Ledger::unknown);

        assertThat(ledger.counts.troubleSince(clock.instant(), 10))
                .containsExactly(
                        new Trouble(OFFICE, "mailbox-full", 4, 0, "452 4.2.2"),
                        new Trouble(OTHER, "", 0, 1, "550 5.1.1"));
    }

    @Test
    void counts_go_on_where_they_were_and_nothing_counts_twice() {
        ledger.put("x", "a@example.net");
        ledger.counts.catchUp();
        ledger.put("x", "a@example.net");
        var again = new HourlyCounts(ledger.store, clock);

        assertThat(again.since(clock.instant())).extracting(Hour::accepted).containsExactly(2L);
        assertThat(ledger.counts.since(clock.instant()))
                .extracting(Hour::accepted)
                .containsExactly(2L);
    }

    @Test
    void what_is_older_than_anybody_looks_at_is_forgotten() {
        ledger.put("x", "a@example.net");
        ledger.counts.catchUp();
        clock.pass(Duration.ofDays(41));
        ledger.put("x", "a@example.net");

        assertThat(ledger.counts.since(Instant.EPOCH)).hasSize(1);
    }
}
