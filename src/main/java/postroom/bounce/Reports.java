package postroom.bounce;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.catalog.Catalog;
import postroom.config.PostroomSettings;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.QueueId;
import postroom.queue.NewMessage;
import postroom.queue.OwedReport;
import postroom.queue.OwedReport.Action;
import postroom.queue.OwedReports;
import postroom.queue.Queue;
import postroom.queue.Spool;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Tells senders what became of their mail. A report leaves through the service of its message,
/// through another one while that is closed, and waits while none is open.
public final class Reports {

    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    private static final int MOST_AT_ONCE = 200;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LATER = Duration.ofMinutes(10);

    /// So long a report waits for its turn among those to the same sender.
    private static final Duration GIVEN_UP = Duration.ofDays(1);

    private final Queue queue;
    private final OwedReports owed;
    private final Services services;
    private final Store store;
    private final EventLog events;
    private final PostroomSettings.Reports settings;
    private final InstantSource clock;
    private final ReportMail mail;

    /// The rooms that reports look into.
    public record Rooms(Queue queue, Spool spool, Services services, Catalog catalog) {}

    /// @param hostname what we call ourselves
    public Reports(
            Rooms rooms,
            Store store,
            EventLog events,
            PostroomSettings.Reports settings,
            String hostname,
            InstantSource clock) {
        this.queue = rooms.queue();
        this.owed = rooms.queue().owedReports();
        this.services = rooms.services();
        this.store = store;
        this.events = events;
        this.settings = settings;
        this.clock = clock;
        this.mail =
                new ReportMail(
                        rooms.queue(),
                        rooms.spool(),
                        rooms.catalog(),
                        services,
                        new ReportMail.Style(hostname, settings.reversePath()),
                        clock);
    }

    /// One round.
    public void tell() {
        if (!settings.enabled()) {
            owed.forget(MOST_AT_ONCE);
            return;
        }
        owed.lookForLate(settings.delay());
        if (open().isEmpty()) return;
        for (var id : owed.due(MOST_AT_ONCE)) carefully(id);
    }

    // One message that cannot be told of must not keep the others from being told.
    private void carefully(QueueId id) {
        try {
            owed.read(id).ifPresent(this::tell);
        } catch (RuntimeException trouble) {
            log.error("{} report goes later", id, trouble);
            owed.postpone(id, clock.instant().plus(LATER));
        }
    }

    private void tell(OwedReport report) {
        if (report.lines().isEmpty()) store.write(tx -> owed.strike(tx, report));
        else if (isFull(report)) waitOrWithhold(report);
        else carrier(report).ifPresent(service -> put(report, service));
    }

    private boolean isFull(OwedReport report) {
        var hourAgo = clock.instant().minus(HOUR);
        var to = report.reversePath().withAsciiDomain(); // as it is kept
        return store.read(tx ->
                owed.reportsTo(tx, to, hourAgo, settings.perHour() * 2) >= settings.perHour());
    }

    private void waitOrWithhold(OwedReport report) {
        var now = clock.instant();
        // Not since it was owed: while no service was open it had no turn to wait for.
        if (report.waitsSince().orElse(now).isAfter(now.minus(GIVEN_UP))) {
            owed.waitForTurn(report.id(), now.plus(LATER));
            return;
        }
        log.warn("{} report withheld to=<{}>", report.id(), report.reversePath());
        store.write(tx -> {
            if (!owed.strike(tx, report)) return false;
            var data = facts(report);
            data.put("reason", "limit");
            tell(tx, EventType.MESSAGE_REPORT_WITHHELD, report, data);
            return true;
        });
    }

    private Optional<Service> carrier(OwedReport report) {
        var open = open();
        long own = report.lines().getFirst().service();
        return open.stream()
                .filter(service -> service.id() == own)
                .findFirst()
                .or(() -> open.stream().findFirst());
    }

    private List<Service> open() {
        return services.all().stream()
                .filter(service -> services.status(service.id()).isOpen())
                .toList();
    }

    /// Another node told it before; nothing of ours may remain.
    private static final class ToldBefore extends RuntimeException {
        private static final long serialVersionUID = 1;

        ToldBefore() {
            super("another node told it before", null, false, false);
        }
    }

    private void put(OwedReport report, Service carrier) {
        NewMessage letter = mail.of(report, carrier);
        try {
            queue.put(
                    letter,
                    tx -> {
                        if (!owed.strike(tx, report)) throw new ToldBefore();
                        var data = facts(report);
                        data.put("report", letter.id().toString());
                        tell(tx, EventType.MESSAGE_REPORTED, report, data);
                        return true;
                    });
            log.info(
                    "{} report to=<{}> of={} service={}",
                    letter.id(),
                    report.reversePath(),
                    report.id(),
                    carrier.name());
        } catch (ToldBefore byAnotherNode) {
            letter.content().discard();
        }
    }

    private void tell(Tx tx, EventType type, OwedReport report, Map<String, Object> data)
            throws SQLException {
        events.append(tx, type, report.id(), report.lines().getFirst().service(), data);
    }

    private static Map<String, Object> facts(OwedReport report) {
        var data = new LinkedHashMap<String, Object>();
        data.put("to", report.reversePath().toString());
        for (var action : Action.values()) {
            long count = report.lines().stream().filter(it -> it.action() == action).count();
            if (count > 0) data.put(action.name().toLowerCase(Locale.ROOT), count);
        }
        return data;
    }
}
