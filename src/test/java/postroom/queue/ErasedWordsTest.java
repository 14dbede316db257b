package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.store.SqliteStore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class ErasedWordsTest {

    @Test
    void words_of_an_erased_message_are_gone_from_the_file(@TempDir Path directory)
            throws IOException {
        var file = directory.resolve("postroom.db");
        var clock = Clock.atNoon();
        try (var ledger = new Ledger(SqliteStore.open(file, clock), clock).withServices()) {
            ledger.put("Kartoffelpuffer", "a@example.net");
            ledger.put("Zwetschgendatschi", "a@example.net");
            ledger.settle(Ledger.OFFICE, "", Ledger::sent);
            assertThat(ledger.found("kartoffelpuffer")).hasSize(1);
            ledger.store.giveBackSpace();
            assertThat(text(file)).contains("artoffelpuffer");

            ledger.queue.eraseMessages(clock.instant().plusSeconds(1), 100);
            ledger.store.giveBackSpace();

            assertThat(text(file)).doesNotContain("artoffelpuffer", "wetschgendatschi");
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
