package postroom.log;

import ch.qos.logback.classic.spi.ILoggingEvent;

import org.slf4j.helpers.MessageFormatter;

import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// The same line as one JSON object: `at`, `level`, `logger`, `queue_id`, `event`, the pairs under
/// `fields`, and the whole `text`.
///
/// What is a pair is read from the words of the program, and only its value from elsewhere: an
/// address such as `"a door=http"@example.com` makes no field.
final class JsonLine {
    private JsonLine() {}

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Pattern PAIR =
            Pattern.compile("(?<=^|\\s)([a-z][a-z_-]{0,40})=(?:\"\\{}\"|<\\{}>|\\{})");

    private static final Pattern PLACE = Pattern.compile("\\{}");
    private static final Pattern QUEUE_ID = Pattern.compile("[0-9A-Z]{6,16}");

    /// @param safe makes text that may stand in a line of what came from elsewhere
    static String of(
            ILoggingEvent event, String message, String trace, UnaryOperator<String> safe) {
        var line = JSON.createObjectNode();
        line.put("at", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        line.put("level", event.getLevel().toString());
        line.put("logger", event.getLoggerName());
        var template = event.getMessage() == null ? "" : event.getMessage();
        var values = event.getArgumentArray() == null ? new Object[0] : event.getArgumentArray();
        var fields = JSON.createObjectNode();
        int told = template.length();
        for (var pair = PAIR.matcher(template); pair.find(); ) {
            told = Math.min(told, pair.start());
            long place = PLACE.matcher(template.substring(0, pair.start())).results().count();
            if (place >= values.length) continue;
            // With its name: `password=…` is masked as in the text.
            var named = pair.group(1) + "=";
            fields.put(
                    pair.group(1),
                    safe.apply(named + values[(int) place]).substring(named.length()));
        }
        var begin = safe.apply(filled(template.substring(0, told), values)).strip();
        int blank = begin.indexOf(' ');
        var first = blank < 0 ? begin : begin.substring(0, blank);
        boolean hasId = QUEUE_ID.matcher(first).matches();
        if (hasId) line.put("queue_id", first);
        line.put(
                "event",
                hasId || first.equals("-") ? begin.substring(first.length()).strip() : begin);
        if (!fields.isEmpty()) line.set("fields", fields);
        line.put("text", message);
        if (!trace.isEmpty()) line.put("exception", trace);
        return JSON.writeValueAsString(line);
    }

    private static String filled(String template, Object[] values) {
        return String.valueOf(MessageFormatter.arrayFormat(template, values).getMessage());
    }
}
