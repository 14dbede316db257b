package postroom.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;

import java.nio.file.Path;

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
    }
}
