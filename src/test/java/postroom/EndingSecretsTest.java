package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.catalog.JsonCatalog;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Presets;
import postroom.service.SecretEnd;
import postroom.service.Services;
import postroom.store.SqliteStore;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

class EndingSecretsTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir Path directory;
    private final Clock clock = new Clock(Instant.parse("2026-11-21T12:00:00Z"));
    private Store store;
    private EventLog events;
    private Services services;
    private long office;

    @BeforeEach
    void open() {
        store = SqliteStore.open(directory.resolve("postroom.db"), clock);
        events = new EventLog(store, clock);
        var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        services = Services.open(store, events, vault, Presets.ours(), JsonCatalog.ours(), clock);
        var settings =
                """
                {"name": "Office", "preset": "microsoft-365",
                 "authentication": {"login": "noreply@example.com",
                   "client_id": "0f6a0000-0000-4000-8000-000000000002",
                   "client_secret": "a~secret.value-of_forty.characters_1",
                   "client_secret_expires": "2027-03-01"}}
                """;
        office = services.create(JSON.readTree(settings), "test").id();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void the_end_is_told_five_times_ahead_and_once_each() {
        var told = new ArrayList<Long>();

        for (int halfDay = 0; halfDay < 220; halfDay++) {
            for (int round = 0; round < 3; round++) if (secrets().tell() > 0) told.add(daysLeft());
            clock.pass(Duration.ofHours(12));
        }

        assertThat(told).containsExactly(60L, 30L, 14L, 7L, 1L);
        assertThat(tellings()).hasSize(5);
        assertThat(tellings().getFirst()).contains("2027-03-01", "client_secret", "60");
    }

    @Test
    void a_secret_found_late_is_told_once_and_a_new_one_begins_anew() {
        clock.pass(Duration.ofDays(90));
        var secrets = secrets();
        assertThat(secrets.tell()).isEqualTo(1);
        assertThat(secrets.tell()).isZero();

        var next = "{\"authentication\": {\"client_secret_expires\": \"2027-03-20\"}}";
        services.update(office, JSON.readTree(next), "test");

        assertThat(secrets.tell()).isEqualTo(1);
        assertThat(secrets().tell()).isZero();
    }

    // Another object each time: what was told is in the store.
    private EndingSecrets secrets() {
        return new EndingSecrets(services, store, events, clock);
    }

    private long daysLeft() {
        var service = services.byId(office).orElseThrow();
        return SecretEnd.of(service).orElseThrow().daysLeft(clock.instant());
    }

    private List<String> tellings() {
        return events.after(0, 1_000).stream()
                .filter(event -> event.type() == EventType.SERVICE_SECRET_ENDING)
                .map(event -> event.data().toString())
                .toList();
    }
}
