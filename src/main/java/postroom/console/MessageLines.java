package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.access.Access;
import postroom.catalog.Catalog;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.Services;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// Messages as a list shows them: one line each, with two looks at the database for all of them.
final class MessageLines {

    /// Recipients of a message; trouble of others is told on its own page.
    private static final int LOOKED_AT = 5;

    private static final Set<String> TROUBLED = Set.of("deferred", "failed");

    private final Queue queue;
    private final Services services;
    private final Access access;
    private final Catalog catalog;

    MessageLines(Queue queue, Services services, Access access, Catalog catalog) {
        this.queue = queue;
        this.services = services;
        this.access = access;
        this.catalog = catalog;
    }

    /// @param more recipients besides the first
    /// @param advice what is wrong, and where it stands what to do
    /// @param next what it waits for, if it does
    record Line(
            String id,
            Moment at,
            String from,
            String to,
            int more,
            String subject,
            List<Mark> marks,
            @Nullable Linked credential,
            @Nullable Linked service,
            @Nullable Linked advice,
            @Nullable Say next,
            @Nullable Moment due) {}

    List<Line> of(List<MessageRow> rows, Instant now) {
        var recipients = queue.recipients(rows.stream().map(MessageRow::id).toList(), LOOKED_AT);
        return rows.stream()
                .map(row -> line(row, Objects.requireNonNull(recipients.get(row.id())), now))
                .toList();
    }

    private Line line(MessageRow row, Queue.Recipients recipients, Instant now) {
        var first = recipients.first().stream().findFirst();
        int all = recipients.states().values().stream().mapToInt(Integer::intValue).sum();
        var waits = first.filter(it -> it.dueAt().isPresent());
        boolean closed = waits.filter(it -> !services.status(it.service()).isOpen()).isPresent();
        return new Line(
                row.id().toString(),
                Moment.of(row.acceptedAt(), now),
                row.headerFrom(),
                first.map(it -> it.address().toString()).orElse(""),
                Math.max(0, all - 1),
                row.subject(),
                recipients.states().keySet().stream().map(Mark::of).toList(),
                row.credential().map(it -> Linked.credential(it, access)).orElse(null),
                first.map(it -> Linked.service(it.service(), services)).orElse(null),
                recipients.first().stream().flatMap(this::advice).findFirst().orElse(null),
                waits.map(it -> next(it, closed)).orElse(null),
                waits.filter(it -> !closed && !it.claimed() && it.dueAt().get().isAfter(now))
                        .flatMap(RecipientRow::dueAt)
                        .map(at -> Moment.of(at, now))
                        .orElse(null));
    }

    private Stream<Linked> advice(RecipientRow row) {
        return row.advice().stream()
                .filter(it -> TROUBLED.contains(row.state()))
                .flatMap(id -> catalog.byId(id).stream())
                .filter(it -> !it.isUnknown())
                .map(it ->
                        new Linked(
                                it.title(),
                                "/explain?advice=" + it.id() + "&service=" + row.service()));
    }

    private Say next(RecipientRow row, boolean closed) {
        if (closed) return Say.of("messages.waits-for", services.nameOf(row.service()));
        return Say.of(row.claimed() ? "messages.under-way" : "messages.next-try");
    }
}
