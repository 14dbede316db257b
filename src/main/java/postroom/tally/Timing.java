package postroom.tally;

import java.util.List;

/// What is timed, and into which classes of seconds it is sorted. As lasting as [Tally].
public enum Timing {
    ATTEMPT(
            "attempt_duration_seconds",
            "How long one try took, from claim to the last reply",
            new double[] {0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300},
            "service"),
    DELIVERY(
            "delivery_delay_seconds",
            "How long it took from taking a message to the next hop taking it",
            new double[] {0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400},
            "service"),
    STORE_WRITE(
            "store_write_duration_seconds",
            "How long a write waited until it was durable",
            new double[] {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5});

    private final String word;
    private final String meaning;
    private final double[] bounds;
    private final List<String> labels;

    Timing(String word, String meaning, double[] bounds, String... labels) {
        this.word = word;
        this.meaning = meaning;
        this.bounds = bounds;
        this.labels = List.of(labels);
    }

    public String metric() {
        return "postroom_" + word;
    }

    public String meaning() {
        return meaning;
    }

    public List<String> labels() {
        return labels;
    }

    /// Upper bounds in seconds, without the last one, which is infinite.
    public double[] bounds() {
        return bounds.clone();
    }

    int classOf(double seconds) {
        for (int i = 0; i < bounds.length; i++) if (seconds <= bounds[i]) return i;
        return bounds.length;
    }
}
