package postroom.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;

import org.slf4j.LoggerFactory;

import postroom.config.PostroomSettings.LogFormat;
import postroom.secret.Redactor;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/// Makes lines of what was logged, and keeps the newest. There is one log in a process, and so what
/// is said here holds for all of it.
public final class Line extends LayoutBase<ILoggingEvent> {

    private static final int MOST_KEPT = 2_000;
    private static final int LONGEST = 20_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
                    .withZone(ZoneId.systemDefault());

    private static final Deque<String> KEPT = new ArrayDeque<>();
    private static volatile LogFormat format = LogFormat.TEXT;

    public static void use(LogFormat wanted) {
        format = wanted;
    }

    /// Writes what waits to be written, and nothing more afterwards; for the end of the process.
    public static void flush() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) context.stop();
    }

    /// The newest lines, oldest first.
    public static List<String> newest() {
        synchronized (KEPT) {
            return new ArrayList<>(KEPT);
        }
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        boolean trouble = event.getLevel().isGreaterOrEqual(Level.WARN);
        UnaryOperator<String> safe =
                text -> trouble ? Redactor.masked(oneLine(text)) : oneLine(text);
        var message = safe.apply(event.getFormattedMessage());
        var thrown = event.getThrowableProxy();
        var trace =
                thrown == null ? "" : Redactor.masked(bounded(ThrowableProxyUtil.asString(thrown)));
        var line =
                switch (format) {
                    case TEXT -> text(event, message, trace);
                    case JSON -> JsonLine.of(event, message, trace, safe);
                };
        synchronized (KEPT) {
            if (KEPT.size() >= MOST_KEPT) KEPT.removeFirst();
            KEPT.addLast(line);
        }
        return line + "\n";
    }

    private static String text(ILoggingEvent event, String message, String trace) {
        var time = TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
        var name = event.getLoggerName();
        return time
                + " "
                + (event.getLevel() + "     ").substring(0, 5)
                + " "
                + name.substring(name.lastIndexOf('.') + 1)
                + " "
                + message
                + (trace.isEmpty() ? "" : "\n" + trace.stripTrailing());
    }

    // Somebody else's words may stand in a line; they shall not make two of it.
    private static String oneLine(String message) {
        var bounded = bounded(message);
        for (int i = 0; i < bounded.length(); i++)
            if (Character.isISOControl(bounded.charAt(i)))
                return bounded.replaceAll("\\p{Cntrl}+", " ").strip();
        return bounded;
    }

    private static String bounded(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
