package postroom.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
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
                return Optional.of(
                        EmbeddedPostgres.builder()
                                .setServerConfig("max_connections", "200")
                                .setServerConfig("fsync", "off") // no test pulls the plug
                                .start());
            } catch (IOException | RuntimeException cannot) {
                System.err.println(
                        "**** PostgreSQL cannot be started here: the sentences about several nodes"
                                + " were NOT tested: "
                                + cannot);
                return Optional.empty();
            }
        }
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
