package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.access.Access;
import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.catalog.Values;
import postroom.event.EventLog;
import postroom.event.webhook.Webhooks;
import postroom.mail.Address;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.RealValues;
import postroom.service.Services;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One message as its page shows it.
final class MessageViews {

    private static final int MOST_RECIPIENTS = 50;
    private static final List<String> WORST_FIRST =
            List.of("failed", "deferred", "queued", "held", "cancelled", "sent");

    private final Rooms rooms;
    private final URI baseUrl;
    private final Duration contentKept;
    private final InstantSource clock;

    /// Where it looks.
    record Rooms(
            Queue queue,
            EventLog events,
            Services services,
            Access access,
            Catalog catalog,
            Webhooks webhooks) {}

    MessageViews(Rooms rooms, URI baseUrl, Duration contentKept, InstantSource clock) {
        this.rooms = rooms;
        this.baseUrl = baseUrl;
        this.contentKept = contentKept;
        this.clock = clock;
    }

    /// @param url that can be sent to a colleague
    /// @param states how many recipients are in which
    /// @param recipients the worst first
    /// @param hidden how many more there are
    /// @param erased when the content was erased, if it was
    record Detail(
            String id,
            String url,
            MessageRow row,
            Size size,
            Moment acceptedAt,
            @Nullable Linked credential,
            List<State> states,
            List<RecipientView> recipients,
            int hidden,
            List<Timeline.Entry> timeline,
            boolean waits,
            boolean isHeld,
            boolean hasContent,
            @Nullable Moment erased) {}

    record State(Mark mark, long count) {}

    record RecipientView(
            String address,
            Mark mark,
            Linked service,
            int attempts,
            @Nullable Say next,
            @Nullable Moment dueAt,
            @Nullable String diagnostic,
            @Nullable Advice advice,
            String code) {
        /// The one who did not get it gets it again.
        public boolean isFailed() {
            return mark.word().equals("failed");
        }
    }

    Detail detail(MessageRow row, boolean all) {
        var now = clock.instant();
        var recipients = rooms.queue.recipients(row.id());
        var worstFirst =
                recipients.stream()
                        .sorted(
                                Comparator.comparingInt(
                                        (RecipientRow it) -> WORST_FIRST.indexOf(it.state())))
                        .limit(all ? Integer.MAX_VALUE : MOST_RECIPIENTS)
                        .toList();
        var states = states(recipients);
        var credential =
                row.credential().map(it -> Linked.credential(it, rooms.access)).orElse(null);
        boolean hasContent = rooms.queue.content(row.id()).isPresent();
        return new Detail(
                row.id().toString(),
                baseUrl.resolve("/messages/" + row.id()).toString(),
                row,
                Size.of(row.size()),
                Moment.of(row.acceptedAt(), now),
                credential,
                states.entrySet().stream()
                        .map(it -> new State(Mark.of(it.getKey()), it.getValue()))
                        .toList(),
                worstFirst.stream().map(it -> view(row, it, now)).toList(),
                recipients.size() - worstFirst.size(),
                new Timeline(rooms, credential == null ? null : credential.name(), now).of(row),
                states.containsKey("queued") || states.containsKey("deferred"),
                states.containsKey("held"),
                hasContent,
                hasContent ? null : row.doneAt().map(this::erased).orElse(null));
    }

    private Moment erased(Instant done) {
        return Moment.of(done.plus(contentKept), clock.instant());
    }

    private static Map<String, Long> states(List<RecipientRow> recipients) {
        var counts = new java.util.LinkedHashMap<String, Long>();
        for (var state : WORST_FIRST) {
            long count = recipients.stream().filter(it -> it.state().equals(state)).count();
            if (count > 0) counts.put(state, count);
        }
        return counts;
    }

    private RecipientView view(MessageRow message, RecipientRow row, Instant now) {
        boolean closed = !rooms.services.status(row.service()).isOpen();
        var due = row.dueAt().filter(it -> !closed && !row.claimed());
        return new RecipientView(
                row.address().toString(),
                Mark.of(row.state()),
                Linked.service(row.service(), rooms.services),
                row.attempts(),
                next(row, closed).orElse(null),
                due.map(it -> Moment.of(it, now)).orElse(null),
                row.diagnostic().orElse(null),
                row.advice()
                        .flatMap(rooms.catalog::byId)
                        .map(advice -> advice.with(values(message, row)))
                        .orElse(null),
                row.diagnostic().map(Timeline::code).orElse(""));
    }

    private Optional<Say> next(RecipientRow row, boolean closed) {
        if (row.dueAt().isEmpty()) return Optional.empty();
        if (row.claimed()) return Optional.of(Say.of("messages.under-way"));
        if (closed)
            return Optional.of(Say.of("messages.waits-for", rooms.services.nameOf(row.service())));
        return Optional.of(Say.of("messages.next-try"));
    }

    /// The service's, and the From of this very message.
    private Values values(MessageRow message, RecipientRow row) {
        var values =
                rooms.services
                        .byId(row.service())
                        .map(service -> RealValues.of(service, baseUrl))
                        .orElse(Values.NONE);
        return Address.parse(message.headerFrom())
                .map(from -> values.with("from", from.toString()))
                .orElse(values);
    }
}
