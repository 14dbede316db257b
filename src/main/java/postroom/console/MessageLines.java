package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.Service;
import postroom.service.Services;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// Messages as a list shows them: one line each, with two looks at the database for all of them.
final class MessageLines {

    private final Queue queue;
    private final Services services;

    MessageLines(Queue queue, Services services) {
        this.queue = queue;
        this.services = services;
    }

    /// @param more recipients besides the first
    /// @param next what it waits for, if it does
    record Line(
            String id,
            Moment at,
            String from,
            String to,
            int more,
            String subject,
            List<Mark> marks,
            String service,
            @Nullable Say next,
            @Nullable Moment due) {}

    List<Line> of(List<MessageRow> rows, Instant now) {
        var recipients = queue.recipients(rows.stream().map(MessageRow::id).toList(), 1);
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
                first.map(RecipientRow::service).map(this::nameOf).orElse(""),
                waits.map(it -> next(it, closed)).orElse(null),
                waits.filter(it -> !closed && !it.claimed() && it.dueAt().get().isAfter(now))
                        .flatMap(RecipientRow::dueAt)
                        .map(at -> Moment.of(at, now))
                        .orElse(null));
    }

    private Say next(RecipientRow row, boolean closed) {
        if (closed) return Say.of("messages.waits-for", nameOf(row.service()));
        return Say.of(row.claimed() ? "messages.under-way" : "messages.next-try");
    }

    private String nameOf(long service) {
        return services.byId(service).map(Service::name).orElse(Long.toString(service));
    }
}
