package postroom.api;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import org.springframework.stereotype.Component;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.event.EventLog;
import postroom.service.Service;
import postroom.service.Services;
import postroom.tally.Tallies;
import postroom.tally.Tallies.Times;
import postroom.tally.Tally;
import postroom.tally.Timing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the rooms counted since this process began, with names in place of IDs. Asks no database.
@Component
class CountedMetrics implements MultiCollector {

    /// Why a recipient is given up, as its event says.
    private static final List<String> REASONS = List.of("refused", "lifetime", "patience");

    private final Tallies tallies;
    private final Services services;
    private final Access access;

    CountedMetrics(EventLog events, Services services, Access access) {
        this.tallies = events.tallies();
        this.services = services;
        this.access = access;
    }

    @Override
    public MetricSnapshots collect() {
        var all = MetricSnapshots.builder();
        for (var tally : Tally.values()) all.metricSnapshot(counter(tally));
        for (var timing : Timing.values()) all.metricSnapshot(histogram(timing));
        return all.build();
    }

    // Two credentials may have one name, and so may a new service and one that is gone: one series.
    private CounterSnapshot counter(Tally tally) {
        var sums = new HashMap<Labels, Long>();
        for (var values : fromTheBeginning(tally)) sums.put(named(tally.labels(), values), 0L);
        tallies.counts(tally)
                .forEach((values, count) ->
                        sums.merge(named(tally.labels(), values), count, Long::sum));
        var snapshot = CounterSnapshot.builder().name(tally.metric()).help(tally.meaning());
        sums.forEach((labels, sum) ->
                snapshot.dataPoint(
                        CounterSnapshot.CounterDataPointSnapshot.builder()
                                .labels(labels)
                                .value(sum)
                                .build()));
        return snapshot.build();
    }

    // An alert on what increases does not see the increase that makes a series.
    private List<List<String>> fromTheBeginning(Tally tally) {
        return switch (tally) {
            case RECIPIENTS_ACCEPTED, RECIPIENTS_SENT -> ids().map(List::of).toList();
            case RECIPIENTS_FAILED ->
                    ids().flatMap(id -> REASONS.stream().map(reason -> List.of(id, reason)))
                            .toList();
            default -> List.of();
        };
    }

    private Stream<String> ids() {
        return services.all().stream().map(service -> Long.toString(service.id()));
    }

    private HistogramSnapshot histogram(Timing timing) {
        var sums = new HashMap<Labels, Times>();
        tallies.times(timing)
                .forEach((values, times) ->
                        sums.merge(named(timing.labels(), values), times, Times::plus));
        var snapshot = HistogramSnapshot.builder().name(timing.metric()).help(timing.meaning());
        sums.forEach((labels, times) ->
                snapshot.dataPoint(
                        HistogramSnapshot.HistogramDataPointSnapshot.builder()
                                .labels(labels)
                                .classicHistogramBuckets(classes(timing, times))
                                .sum(times.seconds())
                                .build()));
        return snapshot.build();
    }

    private static ClassicHistogramBuckets classes(Timing timing, Times times) {
        var bounds = new ArrayList<Double>();
        for (double bound : timing.bounds()) bounds.add(bound);
        bounds.add(Double.POSITIVE_INFINITY);
        return ClassicHistogramBuckets.of(bounds, times.perClass());
    }

    private Labels named(List<String> names, List<String> values) {
        var labels = Labels.builder();
        for (int i = 0; i < names.size(); i++)
            labels.label(names.get(i), shown(names.get(i), values.get(i)));
        return labels.build();
    }

    private String shown(String label, String value) {
        if (!value.matches("\\d{1,19}")) return value;
        long number;
        try {
            number = Long.parseLong(value);
        } catch (NumberFormatException tooLong) {
            return value;
        }
        Optional<String> name =
                switch (label) {
                    case "service" -> services.byId(number).map(Service::name);
                    case "credential" -> access.credential(number).map(Credential::name);
                    default -> Optional.empty();
                };
        return name.orElse(value);
    }
}
