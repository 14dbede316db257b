package postroom.tally;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// What this process counted since it began. Safe for use by many threads, none of which waits.
///
/// Services and credentials are given by ID and get their names when somebody looks.
public final class Tallies {

    /// More series than that are one, called `other`: whatever comes from outside, memory and
    /// whoever scrapes stay safe.
    static final int MOST_SERIES = 5_000;

    private final Map<Tally, Map<List<String>, LongAdder>> counts = new EnumMap<>(Tally.class);
    private final Map<Timing, Map<List<String>, Classes>> times = new EnumMap<>(Timing.class);

    public Tallies() {
        for (var tally : Tally.values()) counts.put(tally, new ConcurrentHashMap<>());
        for (var timing : Timing.values()) times.put(timing, new ConcurrentHashMap<>());
    }

    /// One more.
    public void add(Tally what, String... labels) {
        add(what, 1, List.of(labels));
    }

    /// So many more; 0: there is such a series, and whoever watches it sees its first one come.
    public void add(Tally what, long times, List<String> labels) {
        var series = counts.get(what);
        if (series == null) throw new IllegalStateException(what.name());
        series.computeIfAbsent(fitting(series, labels), _ -> new LongAdder()).add(times);
    }

    public void time(Timing what, Duration took, String... labels) {
        var series = times.get(what);
        if (series == null) throw new IllegalStateException(what.name());
        series.computeIfAbsent(fitting(series, List.of(labels)), _ -> new Classes(what)).add(took);
    }

    /// By labels, in the order of [Tally#labels].
    public Map<List<String>, Long> counts(Tally what) {
        var seen = new LinkedHashMap<List<String>, Long>();
        counts.getOrDefault(what, Map.of()).forEach((labels, sum) -> seen.put(labels, sum.sum()));
        return seen;
    }

    /// By labels, in the order of [Timing#labels].
    public Map<List<String>, Times> times(Timing what) {
        var seen = new LinkedHashMap<List<String>, Times>();
        times.getOrDefault(what, Map.of()).forEach((labels, all) -> seen.put(labels, all.read()));
        return seen;
    }

    /// @param perClass how many fell into each class of [Timing#bounds], the infinite one last
    /// @param seconds all together
    public record Times(List<Long> perClass, double seconds) {
        public Times {
            perClass = List.copyOf(perClass);
        }

        public Times plus(Times other) {
            var sums = new ArrayList<Long>(perClass.size());
            for (int i = 0; i < perClass.size(); i++)
                sums.add(perClass.get(i) + other.perClass.get(i));
            return new Times(sums, seconds + other.seconds);
        }
    }

    private static List<String> fitting(Map<List<String>, ?> series, List<String> labels) {
        return series.size() < MOST_SERIES || series.containsKey(labels)
                ? labels
                : Collections.nCopies(labels.size(), "other");
    }

    private static final class Classes {
        private final Timing timing;
        private final LongAdder[] perClass;
        private final DoubleAdder seconds = new DoubleAdder();

        Classes(Timing timing) {
            this.timing = timing;
            this.perClass = new LongAdder[timing.bounds().length + 1];
            for (int i = 0; i < perClass.length; i++) perClass[i] = new LongAdder();
        }

        void add(Duration took) {
            double inSeconds = Math.max(0, took.toNanos() / 1e9);
            perClass[timing.classOf(inSeconds)].increment();
            seconds.add(inSeconds);
        }

        Times read() {
            var counts = new ArrayList<Long>(perClass.length);
            for (var one : perClass) counts.add(one.sum());
            return new Times(counts, seconds.sum());
        }
    }
}
