package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.store.Database;
import postroom.store.OnBothDatabases;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;

/// Lives through every folder under `scenarios/`: the whole house, real sockets, imaginary
/// providers, moved time. What happened is left under `target/scenarios/`.
@OnBothDatabases
class ScenarioTest {
    @Parameter Database database;

    private static final Path SCENARIOS = Path.of("scenarios");
    private static final Path HAPPENED = Path.of("target", "scenarios");

    @TempDir Path data;

    private final HeardLog log = HeardLog.listening();

    @AfterEach
    void stopListening() {
        log.close();
    }

    @TestFactory
    Stream<DynamicTest> what_must_happen_happens() {
        return Story.all(SCENARIOS).stream()
                .filter(folder -> folder.toString().contains(System.getProperty("scenario", "")))
                .map(folder ->
                        DynamicTest.dynamicTest(
                                folder.getFileName().toString(), () -> happens(folder)));
    }

    private void happens(Path folder) throws IOException {
        var name = folder.getFileName().toString();
        log.forget();

        var outcome = Story.live(folder, Files.createDirectory(data.resolve(name)), database);

        Files.createDirectories(HAPPENED);
        Files.write(
                HAPPENED.resolve(name + (database == Database.SQLITE ? ".txt" : ".postgres.txt")),
                outcome.timeline().text());
        var expected = Timeline.read(Files.readAllLines(folder.resolve("timeline.txt")));
        var difference = expected.differenceFrom(outcome.timeline());
        if (!difference.isEmpty()) throw new AssertionError(name + difference);
        for (var secret : outcome.secrets()) {
            assertNowhere(secret, outcome.told());
            assertNowhere(
                    Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)),
                    outcome.told());
        }
    }

    private void assertNowhere(String secret, String told) {
        assertThat(told.contains(secret)).as("a secret is in what the house tells").isFalse();
        assertThat(log.text().contains(secret)).as("a secret is in the log").isFalse();
    }
}
