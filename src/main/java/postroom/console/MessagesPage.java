package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Access;
import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.mail.QueueId;
import postroom.queue.Queue;
import postroom.service.Services;
import postroom.web.Allowed;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where is that message? The address bar says what is looked for.
@Controller
class MessagesPage {

    private static final int PER_PAGE = 50;
    private static final List<String> TIMES = List.of("", "1h", "24h", "7d", "30d");

    private final Queue queue;
    private final Services services;
    private final Access access;
    private final Catalog catalog;
    private final FirstSteps firstSteps;
    private final MessageLines lines;
    private final InstantSource clock;

    MessagesPage(
            Queue queue,
            Services services,
            Access access,
            Catalog catalog,
            FirstSteps firstSteps,
            InstantSource clock) {
        this.queue = queue;
        this.services = services;
        this.access = access;
        this.catalog = catalog;
        this.firstSteps = firstSteps;
        this.lines = new MessageLines(queue, services, access, catalog);
        this.clock = clock;
    }

    record Choice(String value, String label) {}

    @GetMapping("/messages")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    String list(
            @RequestParam Map<String, String> given,
            @ModelAttribute("words") Words reader,
            Model model) {
        var asked = MessageQuery.of(given);
        var id = QueueId.parse(asked.q()).filter(it -> queue.message(it).isPresent());
        if (id.isPresent()) return "redirect:/messages/" + id.get();
        var now = clock.instant();
        var page =
                queue.messages(
                        asked.filter(services, access, catalog, now),
                        Optional.ofNullable(given.get("cursor"))
                                .filter(it -> QueueId.parse(it).isPresent()),
                        PER_PAGE);
        model.addAttribute("asked", asked);
        model.addAttribute("messages", lines.of(page.messages(), now));
        model.addAttribute("next", page.next().map(it -> asked.with("cursor", it)).orElse(null));
        model.addAttribute("isFirstPage", !given.containsKey("cursor"));
        model.addAttribute(
                "lookedBackTo", page.lookedBackTo().map(it -> Moment.of(it, now)).orElse(null));
        model.addAttribute("states", states(reader));
        model.addAttribute("services", services(reader));
        model.addAttribute("credentials", credentials(reader));
        model.addAttribute("times", times(asked, reader));
        model.addAttribute(
                "advice",
                catalog.byId(asked.advice()).map(it -> it.title()).orElse(asked.advice()));
        model.addAttribute("first", firstSteps);
        model.addAttribute("username", DashboardPage.username(access));
        return "messages";
    }

    private static List<Choice> states(Words reader) {
        var all = new ArrayList<Choice>();
        all.add(new Choice("", reader.text("messages.any-state")));
        for (var state : MessageQuery.STATES)
            all.add(
                    new Choice(
                            state,
                            reader.text(
                                    state.equals("waiting")
                                            ? "messages.waiting"
                                            : "state." + state)));
        return all;
    }

    private List<Choice> services(Words reader) {
        var all = new ArrayList<Choice>();
        all.add(new Choice("", reader.text("messages.any-service")));
        for (var one : services.all()) all.add(new Choice(Long.toString(one.id()), one.name()));
        return all;
    }

    private List<Choice> credentials(Words reader) {
        var all = new ArrayList<Choice>();
        all.add(new Choice("", reader.text("messages.any-application")));
        for (var one : access.credentials())
            all.add(new Choice(Long.toString(one.id()), one.name()));
        return all;
    }

    /// A time that is none of ours, from a link, stays what it is.
    private static List<Choice> times(MessageQuery asked, Words reader) {
        var all = new ArrayList<Choice>();
        for (var time : TIMES)
            all.add(
                    new Choice(
                            time,
                            reader.text(
                                    time.isEmpty()
                                            ? "messages.any-time"
                                            : "messages.last-" + time)));
        if (!TIMES.contains(asked.since()))
            all.add(new Choice(asked.since(), reader.text("messages.since", asked.since())));
        return all;
    }
}
