package postroom;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;

import org.slf4j.LoggerFactory;

import java.util.concurrent.ConcurrentLinkedQueue;

/// Everything the house logs, whatever the level that an operator would see.
final class HeardLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger house = (Logger) LoggerFactory.getLogger("postroom");
    private final Level usual = Level.INFO;

    static HeardLog listening() {
        var log = new HeardLog();
        log.setContext(log.house.getLoggerContext());
        log.start();
        log.house.addAppender(log);
        log.house.setAdditive(false);
        log.house.setLevel(Level.DEBUG);
        return log;
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getFormattedMessage());
        if (event.getThrowableProxy() != null)
            lines.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }

    String text() {
        return String.join("\n", lines);
    }

    void forget() {
        lines.clear();
    }

    @Override
    public void close() {
        house.detachAppender(this);
        house.setAdditive(true);
        house.setLevel(usual);
    }
}
