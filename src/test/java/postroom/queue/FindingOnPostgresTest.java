package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import postroom.store.PostgresStore;
import postroom.store.Store;
import postroom.store.TestPostgres;

import java.time.Duration;

/// The sentences about finding messages, on PostgreSQL.
class FindingOnPostgresTest extends FindingTest {

    private final PostgresStore.Login login = TestPostgres.freshDatabase();

    @Override
    Store store() {
        return PostgresStore.open(login, clock);
    }

    @Test
    void what_one_node_took_the_other_finds() {
        try (var other = new Ledger(PostgresStore.open(login, clock), clock)) {
            var here = ledger.put("Invoice one", "a@example.net");
            var there = other.put("Invoice two", "a@example.net");

            Awaitility.await() // what may be under way elsewhere is not read before it is settled
                    .untilAsserted(() -> {
                        clock.pass(Duration.ofSeconds(1));
                        assertThat(ledger.found("invoice")).containsExactlyInAnyOrder(here, there);
                        assertThat(other.found("two")).containsExactly(there);
                    });
        }
    }
}
