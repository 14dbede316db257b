package postroom;

import org.jspecify.annotations.Nullable;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.service.SecretEnd;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Store;
import postroom.store.Tx.Subject;

import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Tells 60, 30, 14, 7 and 1 days ahead that a client secret or certificate ends: once each, kept
/// in the store, so that neither a restart nor a second node tells it again.
final class EndingSecrets {

    private static final int[] DAYS_AHEAD = {1, 7, 14, 30, 60};

    private final Services services;
    private final Store store;
    private final EventLog events;
    private final InstantSource clock;
    private final Map<Long, Told> told = new HashMap<>();

    /// @param ahead for which of the days ahead
    private record Told(SecretEnd end, int ahead) {
        static Told read(String text) {
            var parts = text.split(" ", -1);
            return new Told(
                    new SecretEnd(parts[0], LocalDate.parse(parts[1])), Integer.parseInt(parts[2]));
        }

        String written() {
            return end.what() + " " + end.day() + " " + ahead;
        }

        boolean covers(Told other) {
            return end.equals(other.end) && ahead <= other.ahead;
        }
    }

    EndingSecrets(Services services, Store store, EventLog events, InstantSource clock) {
        this.services = services;
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    /// One round; says how many were told.
    int tell() {
        int count = 0;
        for (var service : services.all()) {
            var due = due(service);
            if (due.isEmpty()) continue;
            @Nullable Told before = told.get(service.id());
            if (before != null && before.covers(due.get())) continue;
            if (tell(service, due.get())) count++;
            told.put(service.id(), due.get());
        }
        return count;
    }

    private Optional<Told> due(Service service) {
        return SecretEnd.of(service)
                .flatMap(end -> {
                    long left = end.daysLeft(clock.instant());
                    for (int ahead : DAYS_AHEAD)
                        if (left <= ahead) return Optional.of(new Told(end, ahead));
                    return Optional.empty();
                });
    }

    private boolean tell(Service service, Told due) {
        var name = "secret_ending/" + service.id();
        return store.write(tx -> {
            tx.lock(Subject.SECRET_ENDINGS);
            var before =
                    tx.first(
                                    "select value from setting where name = ?",
                                    row -> row.string("value"),
                                    name)
                            .map(Told::read);
            if (before.filter(it -> it.covers(due)).isPresent()) return false;
            tx.update(
                    """
                    insert into setting (name, value) values (?, ?)
                    on conflict (name) do update set value = excluded.value
                    """,
                    name,
                    due.written());
            events.append(
                    tx,
                    EventType.SERVICE_SECRET_ENDING,
                    Optional.empty(),
                    OptionalLong.of(service.id()),
                    OptionalLong.empty(),
                    Map.of(
                            "what",
                            due.end().what(),
                            "ends",
                            due.end().day().toString(),
                            "days",
                            due.end().daysLeft(clock.instant())));
            return true;
        });
    }
}
