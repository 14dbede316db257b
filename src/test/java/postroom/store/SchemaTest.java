package postroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;

class SchemaTest {

    private static final Path STEPS = Path.of("src/main/resources/postroom");

    @TempDir Path directory;

    @Test
    void the_newest_step_is_known_by_its_number() throws IOException {
        try (var files = Files.walk(STEPS)) {
            var newest =
                    files.map(it -> it.getFileName().toString())
                            .filter(it -> it.matches("V\\d+__.*\\.sql"))
                            .map(it -> it.substring(1, it.indexOf("__")))
                            .max(Comparator.naturalOrder());

            assertThat(newest).contains(Schema.NEWEST);
        }
    }

    @Test
    void a_database_that_lacks_the_newest_step_takes_it() throws SQLException {
        makeAndClose();
        change("delete from flyway_schema_history where version = '" + Schema.NEWEST + "'");
        change("alter table message drop column asked_service");

        makeAndClose();

        change("select asked_service from message");
    }

    @Test
    void a_database_with_a_step_that_failed_is_refused() throws SQLException {
        makeAndClose();
        change("update flyway_schema_history set success = 0 where version = '012'");

        assertThatThrownBy(this::makeAndClose).isInstanceOf(StoreException.class);
    }

    private void makeAndClose() {
        SqliteStore.open(directory.resolve("postroom.db"), Clock.atNoon()).close();
    }

    private void change(String sql) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + directory.resolve("postroom.db"));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
