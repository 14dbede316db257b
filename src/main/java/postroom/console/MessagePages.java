package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.event.EventLog;
import postroom.mail.QueueId;
import postroom.queue.Filter;
import postroom.queue.Queue;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.WebSettings;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Where is that message, and what happened to it?
@Controller
class MessagePages {

    static final List<String> STATES =
            List.of("queued", "deferred", "sent", "failed", "held", "cancelled");
    private static final int PER_PAGE = 50;

    private final Queue queue;
    private final MessageViews views;

    MessagePages(
            Queue queue,
            EventLog events,
            Services services,
            Catalog catalog,
            InstantSource clock,
            WebSettings settings) {
        this.queue = queue;
        this.views = new MessageViews(queue, events, services, catalog, clock, settings.baseUrl());
    }

    @GetMapping("/messages")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    String list(
            @RequestParam(name = "q", defaultValue = "") String wanted,
            @RequestParam(name = "state", defaultValue = "") String state,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            Model model) {
        var text = wanted.strip();
        if (QueueId.parse(text).flatMap(queue::message).isPresent())
            return "redirect:/messages/" + QueueId.parse(text).orElseThrow();
        var page = queue.messages(filter(text, state), Optional.ofNullable(cursor), PER_PAGE);
        model.addAttribute("q", text);
        model.addAttribute("state", state);
        model.addAttribute("states", STATES);
        model.addAttribute("messages", page.messages().stream().map(views::line).toList());
        model.addAttribute("next", page.next().orElse(null));
        return "messages";
    }

    @GetMapping("/messages/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    String show(
            @PathVariable("id") String id,
            @RequestParam(name = "changed", required = false) @Nullable Integer changed,
            Model model) {
        var row = queue.message(known(id)).orElseThrow();
        model.addAttribute("changed", changed);
        model.addAttribute("message", views.detail(row));
        return "message";
    }

    @PostMapping("/messages/{id}/{verb:retry|hold|release|cancel}")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String change(@PathVariable("id") String id, @PathVariable("verb") String verb) {
        var message = known(id);
        int changed =
                switch (verb) {
                    case "retry" -> queue.retry(message);
                    case "hold" -> queue.hold(message);
                    case "release" -> queue.release(message);
                    default -> queue.cancel(message);
                };
        return "redirect:/messages/" + message + "?changed=" + changed;
    }

    private QueueId known(String id) {
        return QueueId.parse(id)
                .filter(known -> queue.message(known).isPresent())
                .orElseThrow(() -> Problem.notFound("There is no such message."));
    }

    // An address may be of the author or of a recipient: who writes "to:" first means the latter.
    private static Filter filter(String text, String state) {
        boolean isFrom = text.startsWith("from:");
        var address =
                Optional.of(text.replaceFirst("^(from|to):\\s*", "")).filter(a -> !a.isEmpty());
        return new Filter(
                Optional.of(state).filter(STATES::contains),
                isFrom ? Optional.empty() : address,
                isFrom ? address : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
