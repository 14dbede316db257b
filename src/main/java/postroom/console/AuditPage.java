package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.event.Audit;
import postroom.event.Audit.Filter;
import postroom.event.AuditEntry;
import postroom.event.EventLog;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Who changed what?
@Controller
class AuditPage {

    private static final int PER_PAGE = 50;
    private static final List<String> KINDS =
            List.of(
                    "message",
                    "service",
                    "credential",
                    "key",
                    "routes",
                    "webhook",
                    "user",
                    "settings",
                    "alert",
                    "drop");

    private final Audit audit;
    private final Services services;
    private final InstantSource clock;

    AuditPage(EventLog events, Services services, InstantSource clock) {
        this.audit = events.audit();
        this.services = services;
        this.clock = clock;
    }

    /// One member that changed.
    record Member(String name, String before, String after) {}

    /// @param link to what it was done to, while that is there
    record Line(
            String id,
            Moment at,
            String who,
            String kind,
            String from,
            String action,
            String subject,
            @Nullable String link,
            List<Member> members) {}

    @GetMapping("/audit")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String list(
            @RequestParam(name = "who", defaultValue = "") String who,
            @RequestParam(name = "action", defaultValue = "") String action,
            @RequestParam(name = "subject", defaultValue = "") String subject,
            @RequestParam(name = "since", defaultValue = "") String since,
            @RequestParam(name = "until", defaultValue = "") String until,
            @RequestParam(name = "before", defaultValue = "") String before,
            Model model) {
        var filter =
                new Filter(
                        who.strip(),
                        action.strip(),
                        subject.strip(),
                        day(since, 0).orElse(Filter.NONE.since()),
                        day(until, 1).orElse(Filter.NONE.until()));
        long cursor = before.matches("[0-9]{1,18}") ? Long.parseLong(before) : Long.MAX_VALUE;
        var found = audit.before(cursor, filter, PER_PAGE + 1);
        var shown = found.subList(0, Math.min(PER_PAGE, found.size()));
        model.addAttribute("lines", shown.stream().map(this::line).toList());
        model.addAttribute(
                "next", found.size() > PER_PAGE ? Long.toString(shown.getLast().id()) : null);
        model.addAttribute("who", who);
        model.addAttribute("action", action);
        model.addAttribute("subject", subject);
        model.addAttribute("since", since);
        model.addAttribute("until", until);
        model.addAttribute("kinds", KINDS);
        model.addAttribute(
                "filtered", !(who + action + subject + since + until + before).isBlank());
        return "audit";
    }

    private Line line(AuditEntry entry) {
        var deed = entry.deed();
        var kind = deed.action().replaceFirst("\\..*", "");
        var service = kind.equals("service") ? services.find(deed.subject()) : none();
        var name =
                deed.name().isEmpty()
                        ? service.map(Service::name).orElse(deed.subject())
                        : deed.name();
        return new Line(
                Long.toString(entry.id()),
                Moment.of(entry.at(), clock.instant()),
                entry.actor().name(),
                entry.actor().kind().word(),
                entry.actor().from(),
                deed.action(),
                name,
                kind.equals("message")
                        ? "/messages/" + deed.subject()
                        : service.map(it -> "/services/" + it.id()).orElse(null),
                members(entry));
    }

    private static Optional<Service> none() {
        return Optional.empty();
    }

    private static List<Member> members(AuditEntry entry) {
        var before = entry.deed().difference().before();
        var after = entry.deed().difference().after();
        var names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        var members = new ArrayList<Member>();
        for (var name : names)
            members.add(
                    new Member(
                            name,
                            String.valueOf(before.getOrDefault(name, "")),
                            String.valueOf(after.getOrDefault(name, ""))));
        return members;
    }

    private static Optional<Instant> day(String text, int later) {
        if (text.isBlank()) return Optional.empty();
        try {
            return Optional.of(
                    LocalDate.parse(text.strip())
                            .plusDays(later)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant());
        } catch (DateTimeParseException notADay) {
            return Optional.empty();
        }
    }
}
