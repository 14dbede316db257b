package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.event.Event;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.service.Service;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// What happened to a service lately, as its page tells it.
final class ServiceHistory {

    private static final int SHOWN = 12;
    private static final Set<EventType> TOLD =
            Set.of(
                    EventType.SERVICE_CREATED,
                    EventType.SERVICE_CHANGED,
                    EventType.SERVICE_STATE_CHANGED,
                    EventType.SERVICE_CHECKED,
                    EventType.SERVICE_AUTHORIZED,
                    EventType.SERVICE_REVOKED);

    private final EventLog events;
    private final Catalog catalog;
    private final InstantSource clock;

    ServiceHistory(EventLog events, Catalog catalog, InstantSource clock) {
        this.events = events;
        this.catalog = catalog;
        this.clock = clock;
    }

    /// @param reason what the trouble means
    /// @param detail what the far side said
    record Entry(Moment at, Say what, @Nullable String reason, @Nullable String detail) {}

    List<Entry> of(Service service) {
        return events.ofService(service.id(), 100).stream()
                .filter(it -> TOLD.contains(it.type()))
                .limit(SHOWN)
                .map(this::entry)
                .toList();
    }

    private Entry entry(Event event) {
        var by = text(event, "by");
        var what =
                switch (event.type()) {
                    case SERVICE_CREATED -> Say.of("services.event.created", by);
                    case SERVICE_CHANGED -> Say.of("services.event.changed", by);
                    case SERVICE_CHECKED ->
                            Boolean.TRUE.equals(event.data().get("passed"))
                                    ? Say.of("services.event.passed")
                                    : Say.of("services.event.failed");
                    case SERVICE_AUTHORIZED -> Say.of("services.event.authorized", by);
                    case SERVICE_REVOKED -> Say.of("services.event.revoked", by);
                    default ->
                            Say.of(
                                    by.isEmpty()
                                            ? "services.event.state"
                                            : "services.event.state-by",
                                    Say.of("state." + text(event, "from")),
                                    Say.of("state." + text(event, "to")),
                                    by);
                };
        return new Entry(
                Moment.of(event.at(), clock.instant()),
                what,
                catalog.byId(text(event, "reason")).map(Advice::title).orElse(null),
                text(event, "detail").isEmpty() ? null : text(event, "detail"));
    }

    private static String text(Event event, String name) {
        return event.data().get(name) instanceof String text ? text : "";
    }
}
