package postroom.api;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import org.springframework.stereotype.Component;

import postroom.oauth.Authorizations;
import postroom.queue.Queue;
import postroom.service.SecretEnd;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.store.Store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How things stand at the moment somebody looks. What is asked of the database is answered from
/// indexes, and asked by one scrape at a time.
@Component
class StateMetrics implements MultiCollector {

    private final Queue queue;
    private final Services services;
    private final Authorizations authorizations;
    private final Store store;
    private final Doors doors;
    private final Lines lines;
    private final InstantSource clock;

    StateMetrics(
            Queue queue,
            Services services,
            Authorizations authorizations,
            Store store,
            Doors doors,
            Lines lines,
            InstantSource clock) {
        this.queue = queue;
        this.services = services;
        this.authorizations = authorizations;
        this.store = store;
        this.doors = doors;
        this.lines = lines;
        this.clock = clock;
    }

    @Override
    public synchronized MetricSnapshots collect() {
        var all = new Gauges();
        recipients(all);
        var now = clock.instant();
        for (var service : services.all()) service(all, service, now);
        tokens(all, now);
        for (var door : doors.doors())
            all.put(
                    "postroom_door_connections",
                    "Connections open at a door",
                    Labels.of("door", door.name().replaceFirst("^submission\\.", "")),
                    door.connections());
        store(all);
        all.put(
                "postroom_build_info",
                "1, with the version that runs",
                Labels.of("version", version(), "java", Runtime.version().toString()),
                1);
        return all.build();
    }

    static String version() {
        return Optional.ofNullable(StateMetrics.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    private void recipients(Gauges all) {
        var unsent = queue.unsent();
        for (var state : Set.of("queued", "deferred", "held", "failed", "cancelled"))
            all.put(
                    "postroom_recipients",
                    "Recipients that are not sent, by state",
                    Labels.of("state", state),
                    unsent.getOrDefault(state, 0L));
    }

    private void service(Gauges all, Service service, Instant now) {
        var labels = Labels.of("service", service.name());
        var waits = queue.waiting(service.id());
        all.put(
                "postroom_service_waiting",
                "Recipients that wait for a service",
                labels,
                waits.recipients());
        all.put(
                "postroom_service_oldest_waiting_seconds",
                "How long the oldest of them has been waiting",
                labels,
                waits.oldest().map(since -> age(since, now)).orElse(0.0));
        var status = services.status(service.id());
        for (var each : ServiceState.values())
            all.put(
                    "postroom_service_state",
                    "1 for the state a service is in",
                    Labels.of("service", service.name(), "state", each.word()),
                    each == status.state() ? 1 : 0);
        all.put(
                "postroom_service_connections",
                "Connections to the service's smarthost",
                labels,
                lines.to(service.id()));
        all.put(
                "postroom_service_connections_limit",
                "The most there may be",
                labels,
                service.limits().connections());
        SecretEnd.of(service)
                .ifPresent(end ->
                        all.put(
                                "postroom_service_secret_end_timestamp_seconds",
                                "When the client secret or certificate ends",
                                labels,
                                end.day()
                                        .plusDays(1)
                                        .atStartOfDay(ZoneOffset.UTC)
                                        .toEpochSecond()));
    }

    private void tokens(Gauges all, Instant now) {
        for (var outline : authorizations.outlines().values()) {
            var service = services.byId(outline.service());
            if (service.isEmpty() || !outline.hasTokens()) continue;
            var labels = Labels.of("service", service.get().name());
            outline.renewedAt()
                    .ifPresent(at ->
                            all.put(
                                    "postroom_service_access_token_age_seconds",
                                    "How long ago the access token was renewed",
                                    labels,
                                    age(at, now)));
            outline.refreshTokenExpires()
                    .ifPresent(at ->
                            all.put(
                                    "postroom_service_authorization_end_timestamp_seconds",
                                    "When the authorization ends, where the provider told",
                                    labels,
                                    at.getEpochSecond()));
        }
    }

    private void store(Gauges all) {
        all.put(
                "postroom_store_writes_waiting",
                "Writes that wait for a commit",
                Labels.EMPTY,
                store.writesWaiting());
        var figures = store.figures();
        all.known("postroom_store_size_bytes", "Size of the database", figures.size());
        all.known("postroom_store_log_bytes", "What is written and not in it yet", figures.log());
        all.known(
                "postroom_store_reusable_bytes",
                "Room in the database for what comes next",
                figures.reusable());
        all.known(
                "postroom_disk_free_bytes", "Free space where the database is", figures.diskFree());
    }

    private static double age(Instant since, Instant now) {
        return Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
    }

    /// Gauges by name, each with its points.
    private static final class Gauges {
        private final Map<String, GaugeSnapshot.Builder> gauges = new LinkedHashMap<>();

        void put(String name, String help, Labels labels, double value) {
            gauges.computeIfAbsent(name, _ -> GaugeSnapshot.builder().name(name).help(help))
                    .dataPoint(
                            GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
        }

        void known(String name, String help, long value) {
            if (value >= 0) put(name, help, Labels.EMPTY, value);
        }

        MetricSnapshots build() {
            var all = MetricSnapshots.builder();
            List.copyOf(gauges.values()).forEach(gauge -> all.metricSnapshot(gauge.build()));
            return all.build();
        }
    }
}
