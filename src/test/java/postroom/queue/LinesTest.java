package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import java.nio.file.Path;

/// Connections that several nodes count together.
@OnBothDatabases
class LinesTest {
    private static final long OFFICE = 7;

    @Parameter Database database;
    private Store store;
    private Lines lines;

    @BeforeEach
    void open(@TempDir Path directory) {
        store = database.open(directory, Clock.atNoon());
        lines = new Lines(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void there_are_no_more_than_the_limit_until_one_is_given_back() {
        var first = lines.take(OFFICE, 2).orElseThrow();
        assertThat(lines.take(OFFICE, 2)).isPresent();

        assertThat(lines.take(OFFICE, 2)).isEmpty();

        assertThat(lines.givenBack(first).join()).isEqualTo(1);
        assertThat(lines.take(OFFICE, 2)).isPresent();
    }

    @Test
    void what_somebody_asked_for_is_kept_for_them() {
        long request = lines.ask(OFFICE);

        assertThat(lines.take(OFFICE, 1)).isEmpty();
        assertThat(lines.take(OFFICE + 1, 1)).isPresent();

        assertThat(lines.takeBeforeOthers(OFFICE, 1)).isPresent();
        lines.withdraw(request);
        assertThat(lines.take(OFFICE, 2)).isPresent();
    }

    @Test
    void the_node_with_the_most_of_them_gives_one_up() {
        taken(1, "another");
        taken(2, "another");
        lines.take(OFFICE, 5);
        lines.ask(OFFICE);
        assertThat(lines.toGiveUp()).isEmpty();

        lines.take(OFFICE, 6);
        lines.takeBeforeOthers(OFFICE, 6);
        lines.takeBeforeOthers(OFFICE, 6);

        assertThat(lines.toGiveUp()).containsEntry(OFFICE, 1).hasSize(1);
    }

    @Test
    void a_dead_node_asks_for_nothing_and_has_nothing() {
        lines.take(OFFICE, 1);
        lines.ask(OFFICE);

        store.write(tx -> {
            Lines.giveBackAll(tx, store.node());
            return true;
        });

        assertThat(lines.take(OFFICE, 1)).isPresent();
    }

    @Test
    void a_connection_that_was_taken_from_a_dead_node_is_not_given_back_by_it_later() {
        var lost = lines.take(OFFICE, 1).orElseThrow();
        store.write(tx -> {
            Lines.giveBackAll(tx, store.node());
            return true;
        });
        lines.take(OFFICE, 1);

        assertThat(lines.givenBack(lost).join()).isZero();

        assertThat(lines.take(OFFICE, 1)).isEmpty();
    }

    private void taken(int seat, String node) {
        store.write(tx ->
                tx.update(
                        "insert into line (service_id, seat, node) values (?, ?, ?)",
                        OFFICE,
                        seat,
                        node));
    }
}
