package postroom.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a test keeps things in, where [OnBothDatabases] runs it on each.
public enum Database {
    SQLITE {
        @Override
        public Store open(Path directory, InstantSource clock) {
            var file = directory.resolve("postroom.db");
            giveTables(file);
            return SqliteStore.open(file, clock);
        }

        @Override
        public Map<String, String> settings(Path directory) {
            giveTables(directory.resolve("postroom.db"));
            return Map.of();
        }
    },

    POSTGRES {
        @Override
        public Store open(Path directory, InstantSource clock) {
            return PostgresStore.open(login(directory), clock);
        }

        @Override
        public Map<String, String> settings(Path directory) {
            var login = login(directory);
            return Map.of(
                    "POSTROOM_DATABASE_URL",
                    login.url(),
                    "POSTROOM_DATABASE_USERNAME",
                    login.username().orElseThrow());
        }
    };

    private static final Map<Path, PostgresStore.Login> LOGINS = new ConcurrentHashMap<>();

    /// The store that belongs to this directory: the same one when it is opened again.
    public abstract Store open(Path directory, InstantSource clock);

    /// The environment that has a house keep things here.
    public abstract Map<String, String> settings(Path directory);

    /// Every step of the schema once; the others are copies of it.
    private static final class Schema {
        static final Path FILE = migrated();

        private static Path migrated() {
            try {
                var file = Files.createTempDirectory("postroom-schema").resolve("postroom.db");
                SqliteStore.open(file, InstantSource.system()).close();
                return file;
            } catch (IOException trouble) {
                throw new UncheckedIOException(trouble);
            }
        }
    }

    private static void giveTables(Path file) {
        try {
            if (Files.notExists(file))
                Files.copy(Schema.FILE, file, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
    }

    private static PostgresStore.Login login(Path directory) {
        return LOGINS.computeIfAbsent(directory.toAbsolutePath(), _ -> TestPostgres.freshTables());
    }
}
