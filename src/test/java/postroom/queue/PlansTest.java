package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.store.Database;
import postroom.store.Store;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What is counted for a page is counted from an index that what was sent is not in: a year of mail
/// costs nothing.
class PlansTest {

    @TempDir Path directory;

    @Test
    void counting_reads_only_the_indexes_of_what_is_not_sent() {
        try (var store = Database.SQLITE.open(directory, Clock.atNoon())) {
            assertThat(plan(store, Standing.WAITING_BY_MINUTE))
                    .contains("using covering index recipient_due");
            assertThat(plan(store, Standing.HELD))
                    .contains("using covering index recipient_trouble");
        }
    }

    @Test
    void who_waited_too_long_is_looked_for_among_what_is_old_enough_and_not_sent() {
        try (var store = Database.SQLITE.open(directory, Clock.atNoon())) {
            assertThat(plan(store, Settling.IMPATIENT))
                    .contains(
                            "search recipient using index recipient_trouble (state=? and"
                                    + " message_id<?)");
        }
    }

    private static String plan(Store store, String sql) {
        List<String> steps =
                store.read(
                        tx -> tx.query("explain query plan " + sql, row -> row.string("detail")));
        return String.join("\n", steps).toLowerCase(Locale.ROOT);
    }
}
