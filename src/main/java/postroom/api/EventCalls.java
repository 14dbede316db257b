package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.event.EventJson;
import postroom.event.EventLog;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.util.List;

/// What happened, oldest first, followed with a cursor.
@RestController
@Tag(name = "Events")
class EventCalls {

    private final EventLog events;

    EventCalls(EventLog events) {
        this.events = events;
    }

    /// @param cursor the next `after`; the same as before where nothing more happened
    record EventList(List<EventJson> events, String cursor) {}

    @GetMapping("/v1/events")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(
            summary = "Events after a cursor",
            description = "Whoever may not see messages gets the other events only.")
    EventList list(
            Visitor visitor,
            @RequestParam(name = "after", required = false) @Nullable String after,
            @RequestParam(name = "limit", required = false) @Nullable Integer limit) {
        long cursor = after == null || after.isEmpty() ? 0 : number(after);
        var found = events.after(cursor, Asked.limit(limit, 100, 1_000));
        long next = found.isEmpty() ? cursor : found.getLast().id();
        boolean withMessages = !visitor.is(Role.SETUP);
        return new EventList(
                found.stream()
                        .filter(event -> withMessages || event.message().isEmpty())
                        .map(EventJson::of)
                        .toList(),
                Long.toString(next));
    }

    private static long number(String after) {
        if (after.matches("[0-9]{1,18}")) return Long.parseLong(after);
        throw Problem.malformed("after", "after is the id of an event.");
    }
}
