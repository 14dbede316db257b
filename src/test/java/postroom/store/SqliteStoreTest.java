package postroom.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

class SqliteStoreTest extends StoreContract {
    @TempDir Path directory;

    @Override
    Store open() {
        return SqliteStore.open(directory.resolve("postroom.db"), Clock.atNoon());
    }

    @Test
    void a_file_that_is_no_database_is_named_in_the_error() throws Exception {
        var file =
                java.nio.file.Files.writeString(
                        directory.resolve("letter.txt"), "Dear Ada, ".repeat(200));

        var trouble =
                org.assertj.core.api.Assertions.catchThrowable(
                        () -> SqliteStore.open(file, Clock.atNoon()));

        assertThat(trouble).hasMessageContaining("letter.txt");
        assertThat(String.valueOf(trouble.getMessage()).lines()).hasSize(1);
    }

    @Test
    void a_second_server_on_the_same_database_is_refused() {
        var trouble = org.assertj.core.api.Assertions.catchThrowable(this::open);

        assertThat(trouble)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("postroom.db is in use by another server");
    }

    @Test
    void the_database_is_for_the_eyes_of_its_owner_only() throws Exception {
        for (var name :
                List.of("postroom.db", "postroom.db-wal", "postroom.db-shm", "postroom.db.lock"))
            assertThat(Files.getPosixFilePermissions(directory.resolve(name)))
                    .as(name)
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void works_come_in_the_order_they_were_given() {
        var all = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < 200; i++) {
            var n = String.valueOf(i);
            all.add(store.writeLater(tx -> put(tx, "n", n)));
        }

        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();

        assertThat(value("n")).contains("199");
    }
}
