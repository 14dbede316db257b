package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Role;
import postroom.event.EventType;
import postroom.event.webhook.Courier;
import postroom.event.webhook.Delivery;
import postroom.event.webhook.InvalidWebhook;
import postroom.event.webhook.Webhook;
import postroom.event.webhook.Webhook.Backlog;
import postroom.event.webhook.Webhooks;
import postroom.event.webhook.Webhooks.Change;
import postroom.event.webhook.Webhooks.NewWebhook;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who is told of events, and did they listen? Owners set webhooks up: whoever does reads all of
/// Postroom's mail traffic.
@Controller
class WebhookPages {

    private final Webhooks webhooks;
    private final Courier courier;
    private final WebhookViews views;

    WebhookPages(Webhooks webhooks, Courier courier, InstantSource clock) {
        this.webhooks = webhooks;
        this.courier = courier;
        this.views = new WebhookViews(webhooks, clock);
    }

    @GetMapping("/webhooks")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    String list(Visitor visitor, Model model) {
        model.addAttribute("webhooks", views.all(visitor.is(Role.OWNER)));
        return "webhooks";
    }

    @GetMapping("/webhooks/new")
    @Allowed(Role.OWNER)
    String form(Model model) {
        return form("", WebhookForm.empty(), model);
    }

    /// Answers with the page that holds the secret, as that of a credential does.
    @PostMapping("/webhooks")
    @Allowed(Role.OWNER)
    String create(Visitor visitor, @RequestParam MultiValueMap<String, String> given, Model model) {
        var form = read(given);
        if (webhooks.all().stream().anyMatch(it -> it.url().toString().equals(form.url())))
            return form("", form.with(Map.of("url", Say.of("webhooks.wrong.there"))), model);
        try {
            var issued =
                    webhooks.create(
                            new NewWebhook(
                                    form.url(),
                                    form.patterns(),
                                    form.description(),
                                    true,
                                    Optional.empty()),
                            visitor.name());
            return page(issued.webhook(), Optional.of(issued.secret()), "", visitor, model);
        } catch (InvalidWebhook invalid) {
            return form("", form.with(invalid), model);
        }
    }

    @GetMapping("/webhooks/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.VIEWER})
    String show(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "delivery", defaultValue = "") String delivery,
            Model model) {
        return page(found(id), Optional.empty(), delivery, visitor, model);
    }

    @GetMapping("/webhooks/{id}/edit")
    @Allowed(Role.OWNER)
    String edit(@PathVariable("id") String id, Model model) {
        return form(id, WebhookForm.of(found(id)), model);
    }

    @PostMapping("/webhooks/{id}")
    @Allowed(Role.OWNER)
    String save(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam MultiValueMap<String, String> given,
            Model model,
            RedirectAttributes redirect) {
        var form = read(given);
        try {
            var change =
                    new Change(
                            Optional.of(form.url()),
                            Optional.of(form.patterns()),
                            Optional.of(form.description()),
                            Optional.empty(),
                            Optional.empty(),
                            Backlog.SEND);
            change(id, change, visitor);
        } catch (InvalidWebhook invalid) {
            return form(id, form.with(invalid), model);
        }
        redirect.addFlashAttribute("done", Say.of("webhooks.saved"));
        return "redirect:/webhooks/{id}";
    }

    /// @param ends of the secret that was on the page: loading the answer again does not replace
    ///   the new one
    @PostMapping("/webhooks/{id}/secret")
    @Allowed(Role.OWNER)
    String rotate(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "ends", defaultValue = "") String ends,
            Model model,
            RedirectAttributes redirect) {
        var webhook = found(id);
        if (!webhook.keys().current().endsWith().equals(ends)) {
            redirect.addFlashAttribute("trouble", Say.of("webhooks.secret.replaced-already"));
            return "redirect:/webhooks/{id}";
        }
        var issued = webhooks.rotate(webhook.id(), visitor.name()).orElseThrow(WebhookPages::none);
        return page(issued.webhook(), Optional.of(issued.secret()), "", visitor, model);
    }

    @PostMapping("/webhooks/{id}/{verb:on|off}")
    @Allowed(Role.OWNER)
    String turn(
            Visitor visitor,
            @PathVariable("id") String id,
            @PathVariable("verb") String turn,
            @RequestParam(name = "backlog", defaultValue = "send") String backlog,
            RedirectAttributes redirect) {
        var change =
                new Change(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(turn.equals("on")),
                        Optional.empty(),
                        backlog.equals("skip") ? Backlog.SKIP : Backlog.SEND);
        change(id, change, visitor);
        redirect.addFlashAttribute(
                "done",
                turn.equals("on") ? Say.of("webhooks.turned-on") : Say.of("webhooks.turned-off"));
        return "redirect:/webhooks/{id}";
    }

    @PostMapping("/webhooks/{id}/test")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String test(@PathVariable("id") String id, RedirectAttributes redirect) {
        var delivery = webhooks.test(found(id).id()).orElseThrow(WebhookPages::none);
        boolean taken = delivery.state() == Delivery.State.DONE;
        redirect.addFlashAttribute(
                taken ? "done" : "trouble",
                Say.of(
                        taken ? "webhooks.test.taken" : "webhooks.test.not",
                        delivery.status().map(it -> "HTTP " + it).orElse(""),
                        delivery.millis().orElse(0L),
                        delivery.answer().orElse("")));
        return "redirect:/webhooks/{id}";
    }

    @PostMapping("/webhooks/{id}/deliveries/{delivery}/retry")
    @Allowed({Role.OWNER, Role.OPERATOR})
    String retry(
            @PathVariable("id") String id,
            @PathVariable("delivery") String delivery,
            RedirectAttributes redirect) {
        var webhook = found(id);
        long number = delivery.matches("\\d{1,18}") ? Long.parseLong(delivery) : 0;
        var outcome = webhooks.retry(webhook.id(), number);
        redirect.addFlashAttribute(
                outcome == Webhooks.Redelivery.DUE ? "done" : "trouble",
                switch (outcome) {
                    case DUE -> Say.of("webhooks.retry.due");
                    case NO_SUCH_DELIVERY -> Say.of("webhooks.retry.none");
                    case SWITCHED_OFF -> Say.of("webhooks.retry.off");
                    case EVENT_ERASED -> Say.of("webhooks.retry.erased");
                });
        courier.nudge();
        return "redirect:/webhooks/{id}";
    }

    @PostMapping("/webhooks/{id}/delete")
    @Allowed(Role.OWNER)
    String delete(Visitor visitor, @PathVariable("id") String id, RedirectAttributes redirect) {
        var webhook = found(id);
        webhooks.delete(webhook.id(), visitor.name());
        redirect.addFlashAttribute("done", Say.of("webhooks.deleted", webhook.host()));
        return "redirect:/webhooks";
    }

    private void change(String id, Change change, Visitor visitor) {
        if (webhooks.change(found(id).id(), change, visitor.name()).isEmpty()) throw none();
        courier.nudge();
    }

    private String form(String id, WebhookForm form, Model model) {
        model.addAttribute("id", id);
        model.addAttribute("form", form);
        model.addAttribute("families", WebhookForm.FAMILIES);
        model.addAttribute(
                "types", Arrays.stream(EventType.values()).map(EventType::word).toList());
        return "webhook-form";
    }

    private String page(
            Webhook webhook,
            Optional<Secret> secret,
            String delivery,
            Visitor visitor,
            Model model) {
        model.addAttribute("webhook", views.view(webhook, visitor.is(Role.OWNER)));
        model.addAttribute("secret", secret.map(Secret::value).orElse(null));
        model.addAttribute("deliveries", views.deliveries(webhook, delivery));
        model.addAttribute("isOwner", visitor.is(Role.OWNER));
        model.addAttribute("mayTry", visitor.is(Role.OWNER, Role.OPERATOR));
        var shown = secret.map(Secret::value).orElse("SECRET");
        var examples = new Examples(Map.of("secret", shown), Set.of());
        model.addAttribute(
                "examples",
                Examples.OF_WEBHOOKS.stream()
                        .map(it -> new CredentialExamples.Example(it, examples.filled(it)))
                        .toList());
        return "webhook";
    }

    private static WebhookForm read(MultiValueMap<String, String> given) {
        return new WebhookForm(
                first(given, "url").strip(),
                given.getOrDefault("family", List.of()),
                first(given, "events"),
                first(given, "description").strip(),
                Map.of());
    }

    private static String first(MultiValueMap<String, String> given, String name) {
        @Nullable String value = given.getFirst(name);
        return value == null ? "" : value;
    }

    private Webhook found(String id) {
        if (!id.matches("\\d{1,18}")) throw none();
        return webhooks.find(Long.parseLong(id)).orElseThrow(WebhookPages::none);
    }

    private static Problem none() {
        return Problem.notFound("There is no such webhook.");
    }
}
