package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.event.Event;
import postroom.event.EventType;
import postroom.event.webhook.Delivery;
import postroom.event.webhook.Webhook;
import postroom.queue.AttemptRow;
import postroom.queue.MessageRow;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What happened to one message, as a story that runs downward: its events, those of one attempt
/// together with its conversation, and who was told of them.
final class Timeline {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_LINES = 20;
    private static final Set<String> DOORS = Set.of("smtp", "http", "sendmail");

    private final MessageViews.Rooms rooms;
    private final @Nullable String credential;
    private final Instant now;

    /// @param credential the name of that which the message came with, where there is one
    Timeline(MessageViews.Rooms rooms, @Nullable String credential, Instant now) {
        this.rooms = rooms;
        this.credential = credential;
        this.now = now;
    }

    /// One thing that happened.
    ///
    /// @param lines what came of it for each recipient
    /// @param more recipients than are shown
    record Entry(
            Moment at,
            String icon,
            Say title,
            Say detail,
            List<Line> lines,
            int more,
            @Nullable Conversation conversation) {}

    /// @param code what to look for in the catalog, where it is trouble
    record Line(
            String recipient,
            Mark mark,
            String diagnostic,
            String advice,
            String code,
            @Nullable Moment next) {}

    record Conversation(List<Step> steps, long millis) {}

    record Step(String said, String heard, long millis) {}

    List<Entry> of(MessageRow row) {
        var attempts =
                rooms.queue().attempts(row.id()).stream()
                        .collect(
                                Collectors.toMap(
                                        AttemptRow::id, it -> it, (one, _) -> one, TreeMap::new));
        var nth = new HashMap<Long, Integer>();
        for (var id : attempts.keySet()) nth.put(id, nth.size() + 1);
        var story = new TreeMap<Long, Entry>();
        var ofAttempt = new TreeMap<Long, List<Event>>();
        for (var event : rooms.events().ofMessage(row.id()))
            if (attempt(event) instanceof Long id && attempts.containsKey(id))
                ofAttempt.computeIfAbsent(id, _ -> new ArrayList<>()).add(event);
            else story.put(event.id(), entry(row, event));
        attempts.forEach((id, attempt) -> {
            var events = ofAttempt.getOrDefault(id, List.of());
            // an attempt is written down with its results, after it began
            long place = events.isEmpty() ? id : events.getFirst().id();
            story.put(place, attempt(attempt, nth.getOrDefault(id, 0), events));
        });
        var told = rooms.webhooks().deliveriesOf(row.id());
        if (!told.isEmpty()) {
            var hooks =
                    rooms.webhooks().all().stream()
                            .collect(Collectors.toMap(Webhook::id, it -> it));
            for (var delivery : told) story.put(delivery.id(), entry(delivery, hooks));
        }
        return List.copyOf(story.values());
    }

    private static @Nullable Long attempt(Event event) {
        return event.data().get("attempt") instanceof Number id ? id.longValue() : null;
    }

    private Entry attempt(AttemptRow row, int nth, List<Event> events) {
        var lines = events.stream().limit(MOST_LINES).map(this::line).toList();
        return new Entry(
                Moment.of(row.at(), now),
                "mail",
                Say.of("message.attempt", nth),
                Say.of("message.through", nameOf(row.service())),
                lines,
                events.size() - lines.size(),
                conversation(row));
    }

    private static Conversation conversation(AttemptRow row) {
        var steps = new ArrayList<Step>();
        for (JsonNode step : JSON.readTree(row.conversation()))
            steps.add(
                    new Step(
                            step.path("said").asString(""),
                            step.path("heard").asString(""),
                            step.path("millis").asLong(0)));
        return new Conversation(List.copyOf(steps), row.took().toMillis());
    }

    private Line line(Event event) {
        var data = event.data();
        var state =
                switch (event.type()) {
                    case MESSAGE_SENT -> "sent";
                    case MESSAGE_FAILED -> "failed";
                    default -> "deferred";
                };
        var diagnostic = text(data, "diagnostic");
        return new Line(
                text(data, "recipient"),
                Mark.of(state),
                diagnostic,
                state.equals("sent") ? "" : text(data, "advice"),
                code(diagnostic),
                data.get("next_attempt_at") instanceof String at
                        ? Moment.of(Instant.parse(at), now)
                        : null);
    }

    private Say accepted(MessageRow row, Event event) {
        var word = text(event.data(), "door");
        Object door = DOORS.contains(word) ? Say.of("message.door." + word) : word;
        return Say.of(
                credential == null ? "message.accepted-how" : "message.accepted-how-as",
                door,
                text(event.data(), "remote"),
                row.recipients(),
                service(event),
                credential == null ? "" : credential);
    }

    private Entry entry(MessageRow row, Event event) {
        var data = event.data();
        return switch (event.type()) {
            case MESSAGE_ACCEPTED ->
                    simple(event, "check", "message.accepted", accepted(row, event));
            case MESSAGE_FAILED ->
                    new Entry(
                            Moment.of(event.at(), now),
                            "failing",
                            Say.of("message.failed"),
                            Say.of("message.why." + failure(text(data, "reason"))),
                            List.of(line(event)),
                            0,
                            null);
            case MESSAGE_SENT, MESSAGE_DEFERRED ->
                    new Entry(
                            Moment.of(event.at(), now),
                            "mail",
                            Say.of("message.interrupted"),
                            Say.of("message.through", service(event)),
                            List.of(line(event)),
                            0,
                            null);
            case MESSAGE_HELD, MESSAGE_RELEASED, MESSAGE_CANCELLED ->
                    simple(
                            event,
                            "paused",
                            "message." + word(event.type()),
                            Say.of("message.recipients", count(data)));
            case MESSAGE_REROUTED ->
                    simple(
                            event,
                            "route",
                            "message.rerouted",
                            Say.of(
                                    data.containsKey("from_service")
                                            ? "message.rerouted-from"
                                            : "message.rerouted-to",
                                    count(data),
                                    service(event),
                                    text(data, "why"),
                                    cameFrom(data)));
            case MESSAGE_INSPECTED ->
                    simple(
                            event,
                            "eye",
                            "message.inspected",
                            Say.of("message.inspected-by", text(data, "by")));
            default -> simple(event, "bell", "message." + word(event.type()), other(data));
        };
    }

    private Entry simple(Event event, String icon, String title, Say detail) {
        return new Entry(
                Moment.of(event.at(), now), icon, Say.of(title), detail, List.of(), 0, null);
    }

    private static String failure(String reason) {
        return switch (reason) {
            case "lifetime", "patience" -> reason;
            default -> "refused";
        };
    }

    private static String word(EventType type) {
        return type.word().replace("message.", "");
    }

    /// Names and values, where there is no sentence for it.
    private static Say other(Map<String, Object> data) {
        return Say.of(
                "message.other",
                data.entrySet().stream()
                        .map(it -> it.getKey().replace('_', ' ') + " " + it.getValue())
                        .collect(Collectors.joining(" · ")));
    }

    private Entry entry(Delivery delivery, Map<Long, Webhook> hooks) {
        var hook = hooks.get(delivery.webhook());
        var outcome =
                switch (delivery.state()) {
                    case WAITING -> Say.of("message.webhook-waits");
                    case DONE, FAILED ->
                            Say.of(
                                    "message.webhook-answer",
                                    delivery.status()
                                            .map(Object::toString)
                                            .or(delivery::answer)
                                            .orElse(""),
                                    delivery.millis().orElse(0L));
                };
        return new Entry(
                Moment.of(delivery.triedAt().orElse(now), now),
                "bell",
                Say.of("message.webhook", delivery.type()),
                Say.of("message.webhook-to", hook == null ? "" : hook.host(), outcome),
                List.of(),
                0,
                null);
    }

    private static Object count(Map<String, Object> data) {
        return data.get("recipients") instanceof Number number ? number : 1;
    }

    private static String text(Map<String, Object> data, String name) {
        return data.get(name) instanceof Object value ? String.valueOf(value) : "";
    }

    private String service(Event event) {
        return event.service().map(this::nameOf).orElse("");
    }

    private String cameFrom(Map<String, Object> data) {
        var from = text(data, "from_service");
        return from.isEmpty() ? "" : nameOf(Long.parseLong(from));
    }

    private String nameOf(long service) {
        return rooms.services().nameOf(service);
    }

    private static final Pattern CODE =
            Pattern.compile("[245]\\d\\d(?: [245]\\.\\d{1,3}\\.\\d{1,3})?(?= |$)");

    /// `452 4.2.2`, where the far side is a mail server.
    static String code(String diagnostic) {
        var code = CODE.matcher(diagnostic);
        return code.lookingAt() ? code.group() : "";
    }
}
