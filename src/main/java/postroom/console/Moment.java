package postroom.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// A time as a page shows it, twice: how long ago, and exactly.
record Moment(String relative, String exact, String machine) {

    private static final DateTimeFormatter EXACT =
            DateTimeFormatter.ofPattern("d MMM uuuu HH:mm:ss 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    static Moment of(Instant time, Instant now) {
        var length = Duration.between(time, now);
        var words = words(length.abs());
        return new Moment(
                length.isNegative() ? "in " + words : words + " ago",
                EXACT.format(time),
                time.toString());
    }

    static String words(Duration length) {
        if (length.toSeconds() < 60) return length.toSeconds() + " s";
        if (length.toMinutes() < 60) return length.toMinutes() + " min";
        if (length.toHours() < 48) return length.toHours() + " h";
        return length.toDays() + " days";
    }
}
