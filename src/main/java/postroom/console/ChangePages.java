package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Access;
import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.mail.QueueId;
import postroom.queue.Change;
import postroom.queue.Queue;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The buttons for many messages at once. Those that are ticked are changed at once; all that a
/// filter finds are counted first, and then changed step by step, each step told with what it could
/// not change and why.
@Controller
class ChangePages {

    private static final int MOST_TICKED = 200;
    private static final int PER_STEP = 200;
    private static final int MOST_COUNTED = 2_000;

    private final Queue queue;
    private final Services services;
    private final Access access;
    private final Catalog catalog;
    private final InstantSource clock;

    ChangePages(
            Queue queue, Services services, Access access, Catalog catalog, InstantSource clock) {
        this.queue = queue;
        this.services = services;
        this.access = access;
        this.catalog = catalog;
        this.clock = clock;
    }

    @PostMapping("/messages/change")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String change(
            @RequestParam(name = "verb") String verb,
            @RequestParam(name = "id", required = false) @Nullable List<String> ids,
            @RequestParam Map<String, String> given,
            RedirectAttributes afterwards) {
        var asked = MessageQuery.of(given);
        var to = given.getOrDefault("to", "");
        if (given.containsKey("all"))
            return "redirect:"
                    + asked.address().replaceFirst("^/messages\\??", "/messages/change?")
                    + "&verb="
                    + verb(verb)
                    + (to.matches("[0-9]{1,18}") ? "&to=" + to : "");
        var ticked =
                Optional.ofNullable(ids).orElse(List.of()).stream()
                        .limit(MOST_TICKED)
                        .flatMap(id -> QueueId.parse(id).stream())
                        .distinct()
                        .toList();
        if (ticked.isEmpty())
            afterwards.addFlashAttribute("trouble", Say.of("messages.none-ticked"));
        else {
            var sum = Swept.NOTHING.and(queue.change(wanted(verb, to), ticked));
            afterwards.addFlashAttribute("done", sum.say(verb));
        }
        return "redirect:" + asked.address();
    }

    /// @param count how many messages the filter finds, as far as it was counted
    record Asking(String verb, String to, @Nullable String service, long count, boolean more) {}

    @GetMapping("/messages/change")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String ask(@RequestParam Map<String, String> given, Model model) {
        var asked = MessageQuery.of(given);
        var verb = verb(given.getOrDefault("verb", ""));
        var to = given.getOrDefault("to", "");
        wanted(verb, to);
        var count =
                queue.count(asked.filter(services, access, catalog, clock.instant()), MOST_COUNTED);
        model.addAttribute("asked", asked);
        model.addAttribute(
                "change",
                new Asking(verb, to, named(to).orElse(null), count.found(), count.more()));
        model.addAttribute("swept", null);
        return "messages-change";
    }

    /// One step; the page goes on with the next one by itself, or by its button.
    @PostMapping("/messages/change/step")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String step(@RequestParam Map<String, String> given, Model model) {
        var asked = MessageQuery.of(given);
        var verb = verb(given.getOrDefault("verb", ""));
        var to = given.getOrDefault("to", "");
        var before = Swept.read(given.getOrDefault("swept", ""));
        // What is meant was meant when it began: a time in the filter that moves does not move now.
        var step =
                queue.change(
                        wanted(verb, to),
                        asked.filter(services, access, catalog, clock.instant()),
                        Optional.ofNullable(given.get("cursor"))
                                .filter(it -> QueueId.parse(it).isPresent()),
                        PER_STEP);
        var swept = before.and(step.outcomes());
        model.addAttribute("asked", asked);
        model.addAttribute("change", new Asking(verb, to, named(to).orElse(null), 0, false));
        model.addAttribute("swept", swept);
        model.addAttribute("sum", swept.say(verb));
        model.addAttribute("cursor", step.next().orElse(null));
        return "messages-change";
    }

    private static String verb(String verb) {
        return switch (verb) {
            case "retry", "hold", "release", "cancel", "reroute" -> verb;
            default -> throw Problem.notFound("There is no such button.");
        };
    }

    private Change wanted(String verb, String to) {
        return switch (verb(verb)) {
            case "retry" -> new Change.Retry();
            case "hold" -> new Change.Hold();
            case "release" -> new Change.Release();
            case "cancel" -> new Change.Cancel();
            default ->
                    new Change.Reroute(
                            services.find(to)
                                    .map(Service::id)
                                    .orElseThrow(
                                            () -> Problem.notFound("There is no such service.")));
        };
    }

    private Optional<String> named(String to) {
        return services.find(to).map(Service::name);
    }
}
