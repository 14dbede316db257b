package postroom.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// A time as a page shows it, twice: how long ago, and exactly.
public record Moment(Say relative, String exact, String machine) {

    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    static Moment of(Instant time, Instant now) {
        var length = Duration.between(time, now);
        return new Moment(
                words(length.abs(), length.isNegative() ? "ahead" : "ago"),
                EXACT.format(time),
                time.toString());
    }

    private static Say words(Duration length, String direction) {
        if (length.toSeconds() < 60) return say("s", length.toSeconds(), direction);
        if (length.toMinutes() < 60) return say("min", length.toMinutes(), direction);
        if (length.toHours() < 48) return say("h", length.toHours(), direction);
        return say("days", length.toDays(), direction);
    }

    private static Say say(String unit, long count, String direction) {
        return Say.of("time." + unit + "." + direction, count);
    }
}
