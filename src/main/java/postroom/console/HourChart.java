package postroom.console;

import postroom.event.HourlyCounts;
import postroom.event.HourlyCounts.Hour;
import postroom.queue.Standing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What became of the mail of each of the last hours: bars one above the other, drawn here, so that
/// a page needs no script for it.
///
/// @param top what the highest bar stands for
public record HourChart(List<Bar> bars, long top) {

    public static final int WIDTH = 720;
    public static final int HEIGHT = 140;

    private static final int HOURS = 24;
    private static final int STEP = WIDTH / HOURS;
    private static final int GAP = 4;
    private static final Duration HOUR = Duration.ofHours(1);

    /// One hour.
    ///
    /// @param href the list of its messages
    public record Bar(
            int x,
            Moment begins,
            String href,
            long accepted,
            long sent,
            long waiting,
            long failed,
            List<Piece> pieces) {
        public int width() {
            return STEP - GAP;
        }

        public boolean isEmpty() {
            return accepted + sent + waiting + failed == 0;
        }
    }

    /// @param kind class of the stylesheet
    public record Piece(String kind, int y, int height) {}

    public HourChart {
        bars = List.copyOf(bars);
    }

    /// When the first hour of the chart begins.
    static Instant begins(Instant now) {
        return HourlyCounts.beginning(now).minus(HOUR.multipliedBy(HOURS - 1));
    }

    static HourChart of(List<Hour> counted, Standing standing, Instant now) {
        Map<Instant, Hour> byHour =
                counted.stream().collect(Collectors.toMap(Hour::begins, Function.identity()));
        var hours = new ArrayList<Counts>();
        for (int i = 0; i < HOURS; i++) {
            var begins = begins(now).plus(HOUR.multipliedBy(i));
            var hour = byHour.getOrDefault(begins, new Hour(begins, 0, 0, 0));
            hours.add(new Counts(hour, standing.cameBetween(begins, begins.plus(HOUR))));
        }
        long top = hours.stream().mapToLong(Counts::total).max().orElse(0);
        var bars = new ArrayList<Bar>();
        for (int i = 0; i < HOURS; i++) bars.add(bar(i, hours.get(i), Math.max(1, top), now));
        return new HourChart(bars, top);
    }

    private record Counts(Hour hour, long waiting) {
        long total() {
            return hour.sent() + waiting + hour.failed();
        }
    }

    private static Bar bar(int nth, Counts counts, long top, Instant now) {
        var hour = counts.hour;
        var pieces = new ArrayList<Piece>();
        int y = HEIGHT;
        y = stack(pieces, "sent", hour.sent(), top, y);
        y = stack(pieces, "waiting", counts.waiting, top, y);
        stack(pieces, "failed", hour.failed(), top, y);
        return new Bar(
                nth * STEP + GAP / 2,
                Moment.of(hour.begins(), now),
                "/messages?since=" + hour.begins() + "&until=" + hour.begins().plus(HOUR),
                hour.accepted(),
                hour.sent(),
                counts.waiting,
                hour.failed(),
                List.copyOf(pieces));
    }

    /// What there is is seen, however little.
    private static int stack(List<Piece> pieces, String kind, long count, long top, int y) {
        if (count == 0) return y;
        int height = (int) Math.max(2, Math.round(count * (HEIGHT - 8.0) / top));
        int from = Math.max(0, y - height);
        pieces.add(new Piece(kind, from, y - from));
        return from;
    }
}
