package postroom.api;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import postroom.event.EventLog;
import postroom.queue.Queue;
import postroom.queue.Waiting;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.store.Store;
import postroom.web.Allowed;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/// Metrics in Prometheus' text format. What the rooms count is in the registry; what the database
/// knows is asked for when somebody scrapes.
@RestController
@Tag(name = "Health")
class MetricsCall {

    private final PrometheusMeterRegistry registry;
    private final Queue queue;
    private final Services services;
    private final InstantSource clock;
    private final EventLog events;
    private final MultiGauge recipients;
    private final MultiGauge waiting;
    private final MultiGauge oldest;
    private final MultiGauge states;
    private long counted;

    MetricsCall(
            PrometheusMeterRegistry registry,
            Queue queue,
            Services services,
            Store store,
            EventLog events,
            InstantSource clock) {
        this.registry = registry;
        this.queue = queue;
        this.services = services;
        this.clock = clock;
        this.events = events;
        this.counted = events.latest();
        this.recipients = gauge("postroom.recipients", "Recipients that are not sent, by state");
        this.waiting = gauge("postroom.service.waiting", "Recipients that wait for a service");
        this.oldest =
                gauge(
                        "postroom.service.oldest.waiting.seconds",
                        "How long the oldest of them has been waiting");
        this.states = gauge("postroom.service.state", "1 for the state a service is in");
        Gauge.builder("postroom.store.writes.waiting", store, Store::writesWaiting)
                .description("Writes that wait for a commit")
                .register(registry);
    }

    @GetMapping(path = "/metrics", produces = "text/plain;version=0.0.4;charset=utf-8")
    @Allowed(everybody = true)
    @Operation(summary = "Metrics in Prometheus' text format")
    String metrics() {
        refresh();
        return registry.scrape();
    }

    /// Counted from the events, which tell nothing twice; since this process began.
    private synchronized void count() {
        for (var count : events.countsAfter(counted)) {
            Counter.builder("postroom.events")
                    .description("What happened, by type of event and service")
                    .tag("type", count.type().word())
                    .tag("service", count.service().map(this::nameOf).orElse(""))
                    .register(registry)
                    .increment(count.times());
            counted = Math.max(counted, count.lastId());
        }
    }

    private String nameOf(long service) {
        return services.byId(service).map(Service::name).orElse(Long.toString(service));
    }

    private void refresh() {
        count();
        var byState = new ArrayList<Row<?>>();
        queue.unsent()
                .forEach((state, count) -> byState.add(Row.of(Tags.of("state", state), count)));
        recipients.register(byState, true);

        var now = clock.instant();
        Map<Service, Waiting> behind = new HashMap<>();
        for (var service : services.all()) behind.put(service, queue.waiting(service.id()));
        var counts = new ArrayList<Row<?>>();
        var ages = new ArrayList<Row<?>>();
        var stateRows = new ArrayList<Row<?>>();
        behind.forEach((service, waits) -> {
            var tags = Tags.of("service", service.name());
            counts.add(Row.of(tags, waits.recipients()));
            ages.add(
                    Row.of(
                            tags,
                            waits.oldest()
                                    .map(since -> Duration.between(since, now).toSeconds())
                                    .orElse(0L)));
            var state = services.status(service.id()).state();
            for (var each : ServiceState.values())
                stateRows.add(Row.of(tags.and("state", each.word()), each == state ? 1 : 0));
        });
        waiting.register(counts, true);
        oldest.register(ages, true);
        states.register(stateRows, true);
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }
}
