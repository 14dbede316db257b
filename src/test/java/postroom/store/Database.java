package postroom.store;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a test keeps things in, where [OnBothDatabases] runs it on each.
public enum Database {
    SQLITE {
        @Override
        public Store open(Path directory, InstantSource clock) {
            return SqliteStore.open(directory.resolve("postroom.db"), clock);
        }

        @Override
        public Map<String, String> settings(Path directory) {
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

    private static PostgresStore.Login login(Path directory) {
        return LOGINS.computeIfAbsent(
                directory.toAbsolutePath(), _ -> TestPostgres.freshDatabase());
    }
}
