package postroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.Objects.requireNonNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.tally.Tallies;
import postroom.tally.Tally;
import postroom.tally.Timing;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Executors;

/// A store that is counted is a store like any other.
class TalliedStoreTest extends StoreContract {
    @TempDir Path directory;
    private final Tallies tallies = new Tallies();

    @Override
    Store open() {
        return new TalliedStore(
                SqliteStore.open(directory.resolve("postroom.db"), Clock.atNoon()), tallies);
    }

    @Test
    void what_was_undone_was_not_counted_however_often_it_ran_beside_others() {
        try (var store =
                        new TalliedStore(
                                SqliteStore.open(directory.resolve("other.db"), Clock.atNoon()),
                                tallies);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 500; i++) {
                boolean fails = i % 5 == 0;
                threads.submit(() ->
                        store.writeLater(tx -> {
                            tx.afterCommit(() -> tallies.add(Tally.SIGN_INS, "signed_in"));
                            if (fails) throw new SQLException("on purpose");
                            return true;
                        }));
            }
        }

        assertThat(tallies.counts(Tally.SIGN_INS)).containsEntry(List.of("signed_in"), 400L);
        var writes = requireNonNull(tallies.times(Timing.STORE_WRITE).get(List.<String>of()));
        assertThat(writes.perClass().stream().mapToLong(Long::longValue).sum()).isEqualTo(400);
    }

    @Test
    void whoever_wrote_finds_it_counted() {
        try (var store =
                new TalliedStore(
                        SqliteStore.open(directory.resolve("other.db"), Clock.atNoon()), tallies)) {
            store.write(tx -> {
                tx.afterCommit(() -> tallies.add(Tally.SIGN_INS, "refused"));
                return true;
            });
            assertThat(tallies.counts(Tally.SIGN_INS)).containsEntry(List.of("refused"), 1L);

            assertThatThrownBy(() ->
                            store.write(tx -> {
                                tx.afterCommit(() -> tallies.add(Tally.SIGN_INS, "refused"));
                                throw new SQLException("on purpose");
                            }))
                    .isInstanceOf(StoreException.class);
            assertThat(tallies.counts(Tally.SIGN_INS)).containsEntry(List.of("refused"), 1L);
        }
    }
}
