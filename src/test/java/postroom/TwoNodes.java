package postroom;

import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;

/// Two packaged programs on one real PostgreSQL, with a service at an emulated provider and a
/// credential that both know.
final class TwoNodes implements AutoCloseable {
    final StoppablePostgres database;
    final Emulator emulator;
    final Program one;
    final Program two;

    TwoNodes(Path directory, EmulatorScript script) throws Exception {
        database = new StoppablePostgres(directory.resolve("postgres"));
        emulator = Emulator.start(script);
        one = node(directory.resolve("one")).start().awaitReady();
        two = node(directory.resolve("two")).start().awaitReady();
        setUp();
    }

    private Program node(Path directory) throws IOException {
        return new Program(Files.createDirectories(directory))
                .withPlainDoor()
                .with("POSTROOM_DATABASE_URL", database.url())
                .with("POSTROOM_DATABASE_USERNAME", "postgres")
                .with("POSTROOM_MASTER_KEY", Base64.getEncoder().encodeToString(new byte[32]));
    }

    private void setUp() {
        // Enough that neither node has them all: the one that is killed has mail on its way.
        one.createOffice(emulator, 40);
        one.createLocalCredential();
        two.await(
                "what was set up on the other",
                Duration.ofSeconds(10),
                () ->
                        two.json("/v1/services").path("services").size() == 1
                                && two.json("/v1/credentials").path("credentials").size() == 2);
        // A door asks who may use it when somebody connects.
        LockSupport.parkNanos(1_500_000_000L);
    }

    @Override
    public void close() throws Exception {
        two.close();
        one.close();
        emulator.close();
        database.close();
    }
}
