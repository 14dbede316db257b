package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.event.Audit;
import postroom.event.Audit.Filter;
import postroom.event.AuditEntry;
import postroom.event.EventLog;
import postroom.web.Allowed;
import postroom.web.Problem;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Who changed what, oldest first, followed with a cursor.
@RestController
@Tag(name = "Audit")
class AuditCalls {

    private final Audit audit;

    AuditCalls(EventLog events) {
        this.audit = events.audit();
    }

    /// @param kind `person`, `key`, `application`, `nobody` or `postroom`
    /// @param from the IP address; absent where there is none
    record Who(String name, String kind, @Nullable String from) {}

    /// @param id of the service, credential, person, …, or a queue ID
    record About(String id, @Nullable String name) {}

    /// @param before what the change took away, without secrets
    /// @param after what it put in place
    record AuditJson(
            String id,
            Instant at,
            Who who,
            String action,
            About subject,
            Map<String, Object> before,
            Map<String, Object> after) {}

    /// @param cursor the next `after`; the same as before where nothing more was done
    record AuditList(List<AuditJson> entries, String cursor) {}

    @GetMapping("/v1/audit")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(
            summary = "Who changed what, after a cursor",
            description =
                    "`action` may be one such as `service.changed` or a kind such as `service`;"
                            + " `subject` is an ID.")
    AuditList list(
            @RequestParam(name = "after", required = false) @Nullable String after,
            @RequestParam(name = "who", defaultValue = "") String who,
            @RequestParam(name = "action", defaultValue = "") String action,
            @RequestParam(name = "subject", defaultValue = "") String subject,
            @RequestParam(name = "since", required = false) @Nullable String since,
            @RequestParam(name = "until", required = false) @Nullable String until,
            @RequestParam(name = "limit", required = false) @Nullable Integer limit) {
        long cursor = after == null || after.isEmpty() ? 0 : number(after);
        var filter =
                new Filter(
                        who,
                        action,
                        subject,
                        since == null ? Filter.NONE.since() : Asked.time("since", since),
                        until == null ? Filter.NONE.until() : Asked.time("until", until));
        var found = audit.after(cursor, filter, Asked.limit(limit, 100, 1_000));
        long next = found.isEmpty() ? cursor : found.getLast().id();
        return new AuditList(found.stream().map(AuditCalls::shown).toList(), Long.toString(next));
    }

    private static AuditJson shown(AuditEntry entry) {
        var actor = entry.actor();
        var deed = entry.deed();
        return new AuditJson(
                Long.toString(entry.id()),
                entry.at(),
                new Who(
                        actor.name(),
                        actor.kind().word(),
                        actor.from().isEmpty() ? null : actor.from()),
                deed.action(),
                new About(deed.subject(), deed.name().isEmpty() ? null : deed.name()),
                deed.difference().before(),
                deed.difference().after());
    }

    private static long number(String after) {
        if (after.matches("[0-9]{1,18}")) return Long.parseLong(after);
        throw Problem.malformed("after", "after is the id of an entry.");
    }
}
