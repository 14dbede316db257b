package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Access;
import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.event.EventLog;
import postroom.event.webhook.Webhooks;
import postroom.intake.Acceptance;
import postroom.intake.SendAgain;
import postroom.mail.Address;
import postroom.mail.QueueId;
import postroom.queue.Change;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What happened to one message, and what can be done with it.
@Controller
class MessagePage {

    private final Queue queue;
    private final Services services;
    private final SendAgain sendAgain;
    private final FirstSteps firstSteps;
    private final MessageViews views;

    MessagePage(
            Queue queue,
            EventLog events,
            Services services,
            Access access,
            Catalog catalog,
            Webhooks webhooks,
            SendAgain sendAgain,
            FirstSteps firstSteps,
            InstantSource clock,
            WebSettings settings) {
        this.queue = queue;
        this.services = services;
        this.sendAgain = sendAgain;
        this.firstSteps = firstSteps;
        this.views =
                new MessageViews(
                        new MessageViews.Rooms(queue, events, services, access, catalog, webhooks),
                        settings.baseUrl(),
                        firstSteps.contentKept(),
                        clock);
    }

    @GetMapping("/messages/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    String show(
            @PathVariable("id") String id,
            @RequestParam(name = "recipients", defaultValue = "") String recipients,
            Model model) {
        model.addAttribute("message", views.detail(known(id), recipients.equals("all")));
        model.addAttribute("services", services.all());
        model.addAttribute("first", firstSteps);
        return "message";
    }

    @PostMapping("/messages/{id}/{verb:retry|hold|release|cancel}")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String change(
            @PathVariable("id") String id,
            @PathVariable("verb") String verb,
            RedirectAttributes afterwards) {
        var change =
                switch (verb) {
                    case "retry" -> new Change.Retry();
                    case "hold" -> new Change.Hold();
                    case "release" -> new Change.Release();
                    default -> new Change.Cancel();
                };
        return change(known(id), verb, change, afterwards);
    }

    @PostMapping("/messages/{id}/reroute")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String reroute(
            @PathVariable("id") String id,
            @RequestParam(name = "to") String to,
            RedirectAttributes afterwards) {
        long service =
                services.find(to)
                        .map(Service::id)
                        .orElseThrow(() -> Problem.notFound("There is no such service."));
        return change(known(id), "reroute", new Change.Reroute(service), afterwards);
    }

    private String change(
            MessageRow row, String verb, Change change, RedirectAttributes afterwards) {
        var outcome = queue.change(change, List.of(row.id())).getFirst();
        afterwards.addFlashAttribute(
                outcome.unchanged().isEmpty() ? "done" : "trouble", Swept.say(verb, outcome));
        return "redirect:/messages/" + row.id();
    }

    /// A new message with the same content, to those recipients of this one that are ticked.
    @PostMapping("/messages/{id}/again")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String again(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "to", required = false) @Nullable List<String> to,
            RedirectAttributes afterwards)
            throws IOException {
        var row = known(id);
        var wanted = Set.copyOf(Optional.ofNullable(to).orElse(List.of()));
        var addresses =
                queue.recipients(row.id()).stream()
                        .map(RecipientRow::address)
                        .filter(one -> wanted.contains(one.toString()))
                        .distinct()
                        .toList();
        if (addresses.isEmpty()) {
            afterwards.addFlashAttribute("trouble", Say.of("message.again-nobody"));
            return "redirect:/messages/" + row.id();
        }
        return again(row, addresses, visitor, afterwards);
    }

    private String again(
            MessageRow row, List<Address> to, Visitor visitor, RedirectAttributes afterwards)
            throws IOException {
        return switch (sendAgain.send(row, to, visitor.name())) {
            case SendAgain.Result.Answered(Acceptance.Accepted accepted) -> {
                afterwards.addFlashAttribute(
                        "done", Say.of("message.again-done", row.id().toString()));
                yield "redirect:/messages/" + accepted.id();
            }
            case SendAgain.Result.Answered(Acceptance.Rejected rejected) ->
                    refused(
                            row,
                            Say.of("message.again-rejected", rejected.reply().text()),
                            afterwards);
            case SendAgain.Result.Erased() ->
                    refused(row, Say.of("message.again-erased"), afterwards);
            case SendAgain.Result.Revoked() ->
                    refused(row, Say.of("message.again-revoked"), afterwards);
        };
    }

    private static String refused(MessageRow row, Say why, RedirectAttributes afterwards) {
        afterwards.addFlashAttribute("trouble", why);
        return "redirect:/messages/" + row.id();
    }

    private MessageRow known(String id) {
        return QueueId.parse(id)
                .flatMap(queue::message)
                .orElseThrow(() -> Problem.notFound("There is no such message."));
    }
}
