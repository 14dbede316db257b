package postroom.api;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.Role;
import postroom.mail.QueueId;
import postroom.queue.Change;
import postroom.queue.Queue;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The buttons for many messages at once: those named, or those a filter finds.
@RestController
@Tag(name = "Messages")
class SelectionCalls {

    private static final int MOST = 500;

    private final Queue queue;
    private final Services services;
    private final Access access;

    SelectionCalls(Queue queue, Services services, Access access) {
        this.queue = queue;
        this.services = services;
        this.access = access;
    }

    /// Either `ids` or `filter`.
    ///
    /// @param filter the same names as the list has; an empty object means all messages
    /// @param cursor where the last call of the same filter ended
    /// @param limit how many messages one call looks at
    /// @param service the other one, for reroute
    record Selection(
            @Nullable List<String> ids,
            @Nullable AskedFilter filter,
            @Nullable String cursor,
            @Nullable Integer limit,
            @Nullable String service) {}

    /// @param matched how many messages were looked at
    /// @param changed how many of them were changed
    /// @param recipients how many recipients that were
    /// @param unchanged the others, each with its reason
    /// @param cursor where the filter goes on; null when all of it was looked at
    /// @param lookedBackTo when there was more to look through than one call may
    record Swept(
            int matched,
            int changed,
            int recipients,
            List<Unchanged> unchanged,
            @Nullable String cursor,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lookedBackTo) {}

    /// @param reason `not_found`, `under_way`, `done`, `held`, `scheduled`, `not_held` or
    ///   `same_service`
    record Unchanged(String id, String reason) {}

    @PostMapping("/v1/messages/retry")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Try many messages now")
    Swept retry(@RequestBody Selection selection) {
        return sweep(selection, new Change.Retry());
    }

    @PostMapping("/v1/messages/hold")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Keep many messages back until they are released")
    Swept hold(@RequestBody Selection selection) {
        return sweep(selection, new Change.Hold());
    }

    @PostMapping("/v1/messages/release")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Let many held messages go on")
    Swept release(@RequestBody Selection selection) {
        return sweep(selection, new Change.Release());
    }

    @PostMapping("/v1/messages/cancel")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Give up many messages that wait or are held")
    Swept cancel(@RequestBody Selection selection) {
        return sweep(selection, new Change.Cancel());
    }

    @PostMapping("/v1/messages/reroute")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Send many messages through another service")
    Swept reroute(@RequestBody Selection selection) {
        var named =
                Optional.ofNullable(selection.service())
                        .orElseThrow(() ->
                                Problem.unusable("service", "service names the other service."));
        long service =
                services.find(named)
                        .map(Service::id)
                        .orElseThrow(() ->
                                Problem.unusable(
                                        "service",
                                        "There is no service \"" + Asked.shown(named) + "\"."));
        return sweep(selection, new Change.Reroute(service));
    }

    private Swept sweep(Selection selection, Change change) {
        var filter = filter(selection);
        if (filter.isEmpty())
            return answer(
                    queue.change(change, named(Objects.requireNonNull(selection.ids()), MOST)));
        Asked.cursor(selection.cursor());
        var swept =
                queue.change(
                        change,
                        filter.get().read(services, access),
                        Optional.ofNullable(selection.cursor()),
                        Asked.limit(selection.limit(), MOST, MOST));
        var answer = answer(swept.outcomes());
        return new Swept(
                answer.matched,
                answer.changed,
                answer.recipients,
                answer.unchanged,
                swept.next().orElse(null),
                swept.lookedBackTo().orElse(null));
    }

    /// Empty: there are `ids`.
    static Optional<AskedFilter> filter(Selection selection) {
        if ((selection.ids() == null) == (selection.filter() == null))
            throw Problem.unusable("ids", "Either ids or filter says which messages are meant.");
        return Optional.ofNullable(selection.filter());
    }

    static List<QueueId> named(List<String> ids, int most) {
        if (ids.size() > most)
            throw Problem.unusable("ids", "ids are at most " + most + " at once.");
        return ids.stream()
                .map(id ->
                        QueueId.parse(String.valueOf(id))
                                .orElseThrow(() ->
                                        Problem.unusable(
                                                "ids",
                                                Asked.shown(String.valueOf(id))
                                                        + " is no queue ID.")))
                .distinct()
                .toList();
    }

    private static Swept answer(List<Change.Outcome> outcomes) {
        var unchanged =
                outcomes.stream()
                        .filter(one -> one.unchanged().isPresent())
                        .map(one ->
                                new Unchanged(
                                        one.message().toString(),
                                        one.unchanged().orElseThrow().word()))
                        .toList();
        return new Swept(
                outcomes.size(),
                outcomes.size() - unchanged.size(),
                outcomes.stream().mapToInt(Change.Outcome::recipients).sum(),
                unchanged,
                null,
                null);
    }
}
