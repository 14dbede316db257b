package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import postroom.event.HourlyCounts.Hour;
import postroom.store.PostgresStore;
import postroom.store.Store;
import postroom.store.TestPostgres;

import java.util.ArrayList;

/// The sentences about counting, on PostgreSQL, and one about two nodes.
class StandingOnPostgresTest extends StandingTest {

    private final PostgresStore.Login login = TestPostgres.freshDatabase();

    @Override
    Store store() {
        return PostgresStore.open(login, clock);
    }

    @Test
    void two_nodes_that_count_at_the_same_time_count_every_event_once() throws Exception {
        try (var other = new Ledger(PostgresStore.open(login, clock), clock)) {
            var counting = new ArrayList<Thread>();
            for (int i = 0; i < 20; i++) {
                ledger.put("x", "a@example.net");
                other.put("x", "a@example.net");
                counting.add(Thread.ofVirtual().start(ledger.counts::catchUp));
                counting.add(Thread.ofVirtual().start(other.counts::catchUp));
            }
            for (var one : counting) one.join();
            ledger.store.close();

            Awaitility.await() // what may be under way elsewhere is not read before it is settled
                    .untilAsserted(() ->
                            assertThat(other.counts.since(clock.instant()))
                                    .extracting(Hour::accepted)
                                    .containsExactly(40L));
        }
    }
}
