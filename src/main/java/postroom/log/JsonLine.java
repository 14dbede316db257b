package postroom.log;

import ch.qos.logback.classic.spi.ILoggingEvent;

import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.regex.Pattern;

/// The same line as one JSON object: `at`, `level`, `logger`, `queue_id`, `event`, the pairs under
/// `fields`, and the whole `text`.
final class JsonLine {
    private JsonLine() {}

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final Pattern PAIR =
            Pattern.compile(
                    "(?<=^|\\s)([a-z][a-z_-]{0,40})=(?:\"(.*?)\"(?=\\s+[a-z][a-z_-]{0,40}=|\\s*$)|(\\S*))");

    private static final Pattern QUEUE_ID = Pattern.compile("[0-9A-Z]{6,16}");

    static String of(ILoggingEvent event, String message, String trace) {
        var line = JSON.createObjectNode();
        line.put("at", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        line.put("level", event.getLevel().toString());
        line.put("logger", event.getLoggerName());
        int blank = message.indexOf(' ');
        var first = blank < 0 ? message : message.substring(0, blank);
        boolean hasId = QUEUE_ID.matcher(first).matches();
        if (hasId) line.put("queue_id", first);
        var rest = hasId || first.equals("-") ? message.substring(first.length()).strip() : message;
        var pair = PAIR.matcher(rest);
        var fields = JSON.createObjectNode();
        int told = rest.length();
        while (pair.find()) {
            told = Math.min(told, pair.start());
            fields.put(pair.group(1), pair.group(2) == null ? pair.group(3) : pair.group(2));
        }
        line.put("event", rest.substring(0, told).strip());
        if (!fields.isEmpty()) line.set("fields", fields);
        line.put("text", message);
        if (!trace.isEmpty()) line.put("exception", trace);
        return JSON.writeValueAsString(line);
    }
}
