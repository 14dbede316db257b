package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.catalog.Values;
import postroom.event.Event;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.QueueId;
import postroom.queue.AttemptRow;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.RealValues;
import postroom.service.Service;
import postroom.service.Services;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Messages as pages show them.
final class MessageViews {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Queue queue;
    private final EventLog events;
    private final Services services;
    private final Catalog catalog;
    private final InstantSource clock;
    private final URI baseUrl;

    MessageViews(
            Queue queue,
            EventLog events,
            Services services,
            Catalog catalog,
            InstantSource clock,
            URI baseUrl) {
        this.queue = queue;
        this.events = events;
        this.services = services;
        this.catalog = catalog;
        this.clock = clock;
        this.baseUrl = baseUrl;
    }

    record Line(
            String id,
            Moment at,
            String from,
            String to,
            String subject,
            List<Mark> marks,
            String service) {}

    record RecipientView(
            String address,
            Mark mark,
            String service,
            int attempts,
            @Nullable Moment dueAt,
            @Nullable String diagnostic,
            @Nullable Advice advice) {}

    /// @param detail what else is known, as `name value` pairs
    record Entry(Moment at, String word, String detail) {}

    record Step(String said, String heard, long millis) {}

    record Attempt(Moment at, String service, long millis, List<Step> steps) {}

    record Detail(
            String id,
            MessageRow row,
            Moment acceptedAt,
            List<RecipientView> recipients,
            List<Entry> timeline,
            List<Attempt> attempts,
            boolean waits,
            boolean isHeld) {}

    Line line(MessageRow row) {
        var recipients = queue.recipients(row.id());
        var first = recipients.isEmpty() ? "" : recipients.getFirst().address().toString();
        return new Line(
                row.id().toString(),
                Moment.of(row.acceptedAt(), clock.instant()),
                row.headerFrom(),
                recipients.size() > 1 ? first + " +" + (recipients.size() - 1) : first,
                row.subject(),
                states(recipients).stream().map(Mark::of).toList(),
                recipients.isEmpty() ? "" : nameOf(recipients.getFirst().service()));
    }

    Detail detail(MessageRow row) {
        var now = clock.instant();
        QueueId id = row.id();
        var recipients = queue.recipients(id);
        var states = states(recipients);
        return new Detail(
                id.toString(),
                row,
                Moment.of(row.acceptedAt(), now),
                recipients.stream().map(recipient -> view(row, recipient, now)).toList(),
                events.ofMessage(id).stream().map(event -> entry(event, now)).toList(),
                queue.attempts(id).stream().map(attempt -> attempt(attempt, now)).toList(),
                states.contains("queued") || states.contains("deferred"),
                states.contains("held"));
    }

    private RecipientView view(MessageRow message, RecipientRow row, Instant now) {
        return new RecipientView(
                row.address().toString(),
                Mark.of(row.state()),
                nameOf(row.service()),
                row.attempts(),
                row.dueAt().map(due -> Moment.of(due, now)).orElse(null),
                row.diagnostic().orElse(null),
                row.advice()
                        .flatMap(catalog::byId)
                        .map(advice -> advice.with(values(message, row)))
                        .orElse(null));
    }

    /// The service's, and the From of this very message.
    private Values values(MessageRow message, RecipientRow row) {
        var values =
                services.byId(row.service())
                        .map(service -> RealValues.of(service, baseUrl))
                        .orElse(Values.NONE);
        return Address.parse(message.headerFrom())
                .map(from -> values.with("from", from.toString()))
                .orElse(values);
    }

    private Entry entry(Event event, Instant now) {
        var words = new ArrayList<String>();
        event.service().ifPresent(service -> words.add("service " + nameOf(service)));
        for (Map.Entry<String, Object> known : event.data().entrySet())
            words.add(known.getKey().replace('_', ' ') + " " + known.getValue());
        return new Entry(
                Moment.of(event.at(), now),
                event.type().word().replace("message.", "").replace('_', ' '),
                String.join(" · ", words));
    }

    private Attempt attempt(AttemptRow row, Instant now) {
        var steps = new ArrayList<Step>();
        for (JsonNode step : JSON.readTree(row.conversation()))
            steps.add(
                    new Step(
                            step.path("said").asString(""),
                            step.path("heard").asString(""),
                            step.path("millis").asLong(0)));
        return new Attempt(
                Moment.of(row.at(), now), nameOf(row.service()), row.took().toMillis(), steps);
    }

    private static Set<String> states(List<RecipientRow> recipients) {
        return recipients.stream()
                .map(RecipientRow::state)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private String nameOf(long service) {
        return services.byId(service).map(Service::name).orElse(Long.toString(service));
    }
}
