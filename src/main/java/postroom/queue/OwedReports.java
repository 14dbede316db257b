package postroom.queue;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.QueueId;
import postroom.mail.ReportRequest.Returned;
import postroom.queue.OwedReport.Action;
import postroom.queue.OwedReport.Line;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/// What senders have to be told of and were not told yet. Whoever tells it strikes it out in the
/// transaction that queues the report; of two nodes, one does.
public final class OwedReports {

    private static final String CURSOR = "reports/late";
    private static final List<String> WAITING = List.of("queued", "deferred", "held");
    private static final int BITE = 100;
    private static final int BITES = 100;

    private final Store store;
    private final Spool spool;
    private final Patience patience;
    private final InstantSource clock;

    OwedReports(Store store, Spool spool, Patience patience, InstantSource clock) {
        this.store = store;
        this.spool = spool;
        this.patience = patience;
        this.clock = clock;
    }

    /// Notes what has been waiting for longer than that. Every message is looked at once: queue IDs
    /// are in the order of time, and a cursor in the database says how far we came.
    public void lookForLate(Duration delay) {
        for (int i = 0; i < BITES; i++) if (!lookFurther(delay)) return;
    }

    private boolean lookFurther(Duration delay) {
        long cursor = store.read(OwedReports::cursor);
        var waiting = store.read(tx -> waitingBehind(tx, cursor));
        var now = clock.instant();
        var late = new ArrayList<QueueId>();
        for (long message : waiting) {
            if (Store.timeOf(message).isAfter(now.minus(delay)) || late.size() == BITE) break;
            late.add(new QueueId(message));
        }
        if (late.isEmpty()) return false;
        store.write(tx -> {
            if (!moveCursor(tx, cursor, late.getLast().value())) return false; // another node did
            for (var message : late) Owing.late(tx, message, now, delay);
            return true;
        });
        return late.size() == BITE;
    }

    // In the order of the index, state by state; so the first of each are the first of all.
    private static TreeSet<Long> waitingBehind(Tx tx, long cursor) throws SQLException {
        var waiting = new TreeSet<Long>();
        for (var state : WAITING)
            tx.query(
                    """
                    select distinct message_id from recipient
                    where state = ? and state <> 'sent' and message_id > ?
                    order by message_id limit ?
                    """,
                    row -> waiting.add(row.number("message_id")),
                    state,
                    cursor,
                    BITE);
        return waiting;
    }

    private static long cursor(Tx tx) throws SQLException {
        return tx.first(
                        "select value from setting where name = ?",
                        row -> Long.parseLong(row.string("value")),
                        CURSOR)
                .orElse(0L);
    }

    private static boolean moveCursor(Tx tx, long from, long to) throws SQLException {
        tx.update(
                "insert into setting (name, value) values (?, '0') on conflict (name) do nothing",
                CURSOR);
        return tx.update(
                        "update setting set value = ? where name = ? and value = ?",
                        Long.toString(to),
                        CURSOR,
                        Long.toString(from))
                > 0;
    }

    /// Messages whose senders have to be told now, the longest overdue first.
    public List<QueueId> due(int most) {
        return store.read(tx ->
                tx.query(
                        """
                        select message_id, min(due_at) as since from report_owed
                        where due_at <= ? group by message_id order by since limit ?
                        """,
                        row -> new QueueId(row.number("message_id")),
                        clock.instant(),
                        most));
    }

    /// All there is to tell about a message by now.
    public Optional<OwedReport> read(QueueId id) {
        return store.read(tx -> read(tx, id));
    }

    private Optional<OwedReport> read(Tx tx, QueueId id) throws SQLException {
        var lines = lines(tx, id);
        var waitsSince =
                tx.first(
                                """
                                select min(waits_since) as since from report_owed where message_id = ?
                                """,
                                row -> row.maybeTime("since"),
                                id.value())
                        .flatMap(since -> since);
        return tx.first(
                """
                select accepted_at, reverse_path, subject, message_id, ret, envelope_id, content_id, size
                from message where id = ?
                """,
                row ->
                        new OwedReport(
                                id,
                                row.time("accepted_at"),
                                Address.of(row.string("reverse_path")),
                                row.string("subject"),
                                row.string("message_id"),
                                row.maybeString("ret").flatMap(Returned::read),
                                row.maybeString("envelope_id"),
                                content(row),
                                lines.stream().filter(line -> !isPast(line)).toList(),
                                lines.stream().filter(OwedReports::isPast).toList(),
                                waitsSince),
                id.value());
    }

    private Optional<Content> content(Tx.Row row) throws SQLException {
        long content = row.number("content_id");
        return content == 0
                ? Optional.empty()
                : Optional.of(spool.content(content, row.number("size")));
    }

    private static boolean isPast(Line line) {
        return line.action() == Action.DELAYED && !WAITING.contains(line.state());
    }

    private List<Line> lines(Tx tx, QueueId id) throws SQLException {
        var now = clock.instant();
        var lastAttempt =
                tx.first(
                                "select max(at) as at from attempt where message_id = ?",
                                row -> row.maybeTime("at"),
                                id.value())
                        .flatMap(at -> at);
        return tx.query(
                """
                select recipient.id as id, recipient.address as address, original_recipient, action, reason,
                  report_owed.at as at, recipient.state as state, service_id, diagnostic, advice,
                  recipient.accepted_at as accepted_at, service.closed_since as closed_since,
                  coalesce(closed_total + coalesce(? - closed_since, 0), 0) - closed_before as closed
                from report_owed join recipient on recipient.id = report_owed.recipient_id
                  left join service on service.id = recipient.service_id
                where report_owed.message_id = ? and (report_owed.due_at <= ? or action <> 'delayed')
                order by recipient.id
                """,
                row -> line(row, lastAttempt, now),
                now,
                id.value(),
                now);
    }

    private Line line(Tx.Row row, Optional<Instant> lastAttempt, Instant now) throws SQLException {
        var action = Action.valueOf(row.string("action").toUpperCase(Locale.ROOT));
        var reason = row.string("reason");
        var diagnostic = row.maybeString("diagnostic"); // absent as long as nobody tried
        boolean endedByAttempt = action != Action.DELAYED && !reason.equals("patience");
        return new Line(
                row.number("id"),
                Address.of(row.string("address")),
                row.maybeString("original_recipient"),
                action,
                reason,
                row.time("at"),
                row.string("state"),
                row.number("service_id"),
                endedByAttempt
                        ? Optional.of(row.time("at"))
                        : diagnostic.flatMap(it -> lastAttempt),
                diagnostic,
                row.maybeString("advice"),
                action == Action.DELAYED && !row.string("state").equals("held")
                        ? Optional.of(triedUntil(row, now))
                        : Optional.empty());
    }

    private Instant triedUntil(Tx.Row row, Instant now) throws SQLException {
        var accepted = row.time("accepted_at");
        long whole = Math.max(0, Duration.between(accepted, now).toMillis());
        var closed = Duration.ofMillis(Math.clamp(row.number("closed"), 0, whole));
        return row.maybeTime("closed_since").isPresent()
                ? now.plus(patience.patience()).minus(closed)
                : accepted.plus(closed).plus(patience.lifetime());
    }

    /// Strikes out what was told, or is past. False when another node told it before.
    public boolean strike(Tx tx, OwedReport told) throws SQLException {
        for (var line : told.past()) strike(tx, line);
        for (var line : told.lines()) if (strike(tx, line) == 0) return false;
        return true;
    }

    private static int strike(Tx tx, Line line) throws SQLException {
        return tx.update(
                "delete from report_owed where recipient_id = ? and action = ?",
                line.recipient(),
                line.action().name().toLowerCase(Locale.ROOT));
    }

    /// Tells a sender later.
    public void postpone(QueueId message, Instant until) {
        store.write(tx ->
                tx.update(
                        "update report_owed set due_at = ? where message_id = ? and due_at < ?",
                        until,
                        message.value(),
                        until));
    }

    /// Tells a sender later, who has been told enough for now.
    public void waitForTurn(QueueId message, Instant until) {
        store.write(tx ->
                tx.update(
                        """
                        update report_owed set due_at = ?, waits_since = coalesce(waits_since, ?)
                        where message_id = ? and due_at < ?
                        """,
                        until,
                        clock.instant(),
                        message.value(),
                        until));
    }

    /// Forgets what is owed, up to `most` of it, where senders are told nothing.
    public int forget(int most) {
        return store.write(tx ->
                tx.update(
                        """
                        delete from report_owed where recipient_id in
                          (select recipient_id from report_owed limit ?)
                        """,
                        most));
    }

    /// How many reports went to the address since then; looks at the newest `most` of its mail.
    public int reportsTo(Tx tx, Address address, Instant since, int most) throws SQLException {
        return tx.first(
                        """
                        select count(*) as n from
                          (select message.door as door, message.accepted_at as accepted_at
                           from recipient join message on message.id = recipient.message_id
                           where recipient.address = ? order by recipient.message_id desc limit ?) as newest
                        where door = 'report' and accepted_at > ?
                        """,
                        row -> row.integer("n"),
                        address.toString(),
                        most,
                        since)
                .orElse(0);
    }
}
