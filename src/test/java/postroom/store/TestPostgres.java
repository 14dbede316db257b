package postroom.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A real PostgreSQL, started once for all tests of this JVM, with a fresh database for each who
/// asks. Where its binaries cannot run, tests that need it are skipped and say so.
public final class TestPostgres {

    private static final AtomicInteger databases = new AtomicInteger();

    private TestPostgres() {}

    private static final class Started {
        static final Optional<EmbeddedPostgres> SERVER = start();

        private static Optional<EmbeddedPostgres> start() {
            try {
                var builder =
                        EmbeddedPostgres.builder()
                                .setServerConfig("max_connections", "200")
                                .setServerConfig("fsync", "off"); // no test pulls the plug
                if (hasRoomInMemory())
                    builder.setDataDirectory(
                            Files.createTempDirectory(MEMORY, "postroom-postgres"));
                return Optional.of(builder.start());
            } catch (IOException | RuntimeException cannot) {
                System.err.println(
                        "**** PostgreSQL cannot be started here: the sentences about several nodes"
                                + " were NOT tested: "
                                + cannot);
                return Optional.empty();
            }
        }
    }

    /// Some hundred databases of some hundred files each, which a disk makes and deletes for a
    /// minute.
    private static final Path MEMORY = Path.of("/dev/shm");

    private static final long ROOM = 8L << 30; // several times what they take

    private static boolean hasRoomInMemory() throws IOException {
        return Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM;
    }

    /// Every step of the schema once; the others are copies of it.
    private static final class Schema {
        static final String NAME = migrated();

        private static String migrated() {
            PostgresStore.open(database("postroom_schema", "template1"), InstantSource.system())
                    .close();
            return "postroom_schema";
        }
    }

    /// An empty database of its own, without tables.
    public static PostgresStore.Login freshDatabase() {
        return database("postroom_" + databases.incrementAndGet(), "template1");
    }

    /// A database of its own, with the tables of today.
    static PostgresStore.Login freshTables() {
        return database("postroom_" + databases.incrementAndGet(), Schema.NAME);
    }

    private static PostgresStore.Login database(String name, String template) {
        Assumptions.assumeTrue(
                Started.SERVER.isPresent(), "PostgreSQL cannot be started here; NOT tested");
        var server = Started.SERVER.orElseThrow();
        try (var connection = server.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name + " template " + template);
        } catch (SQLException refused) {
            throw new AssertionError(refused);
        }
        return new PostgresStore.Login(
                "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name,
                Optional.of("postgres"),
                Optional.empty());
    }
}
