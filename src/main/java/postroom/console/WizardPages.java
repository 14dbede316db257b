package postroom.console;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Role;
import postroom.oauth.Authorizer;
import postroom.service.Drafts;
import postroom.service.Drafts.Draft;
import postroom.service.Guides;
import postroom.service.InvalidService;
import postroom.service.InvalidService.FieldTrouble;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/// How do I connect my provider? Five steps, each with its own address; a draft keeps what was
/// given at every one of them.
@Controller
class WizardPages {

    static final String WAY = "way";
    static final String AT_PROVIDER = "at-provider";

    private final Services services;
    private final Drafts drafts;
    private final Presets presets;
    private final Guides guides;
    private final GuideViews guideViews;
    private final WebSettings settings;

    WizardPages(
            Services services,
            Presets presets,
            postroom.service.OutgoingAddresses addresses,
            postroom.store.Store store,
            java.time.InstantSource clock,
            WebSettings settings) {
        this.services = services;
        this.drafts = services.drafts();
        this.presets = presets;
        this.guides = new Guides(presets, addresses, services.guideValues());
        this.guideViews = new GuideViews(store, clock);
        this.settings = settings;
    }

    @GetMapping("/services/new")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String providers(Model model) {
        model.addAttribute("first", Ways.first());
        model.addAttribute("others", Ways.others(presets.all()));
        return "wizard-providers";
    }

    @PostMapping("/services/new")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String begin(
            Visitor visitor,
            @RequestParam("provider") String provider,
            @ModelAttribute("words") Words words) {
        boolean isOurs = Ways.first().stream().anyMatch(it -> it.key().equals(provider));
        var preset = presets.find(provider);
        if (!isOurs && preset.isEmpty()) throw Problem.notFound(words.text("wizard.no-provider"));
        var name = isOurs ? words.text("wizard.name." + provider) : preset.get().title();
        try {
            var draft = drafts.begin(Ways.settings(provider, freeName(name)), WAY, visitor.name());
            return "redirect:/services/" + draft.id() + "/setup/" + WAY;
        } catch (InvalidService tooMany) {
            throw new Problem(
                    409, words.text("wizard.too-many"), tooMany.troubles().getFirst().message());
        }
    }

    private String freeName(String name) {
        for (int i = 1; ; i++) {
            var free = i == 1 ? name : name + " " + i;
            if (services.find(free).isEmpty()
                    && drafts.all().stream().noneMatch(it -> it.name().equalsIgnoreCase(free)))
                return free;
        }
    }

    /// Where the set-up of that one goes on.
    @GetMapping("/services/{id}/setup")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String goOn(@PathVariable("id") String id) {
        var draft = drafts.find(id);
        if (draft.isPresent()) return "redirect:/services/{id}/setup/" + draft.get().step();
        var service = service(id);
        return Authorizer.asksAPerson(service) && !isOpen(service)
                ? "redirect:/services/{id}/setup/authorize"
                : "redirect:/services/{id}/setup/test";
    }

    private boolean isOpen(Service service) {
        return services.status(service.id()).isOpen();
    }

    @GetMapping("/services/{id}/setup/way")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String way(@PathVariable("id") String id, Model model) {
        var draft = drafts.find(id);
        if (draft.isEmpty()) return "redirect:/services/" + service(id).id();
        var sketch = drafts.sketch(draft.get());
        steps(model, 2, draft.get().id(), draft.get().name());
        model.addAttribute("ways", Ways.of(sketch).stream().map(Ways.Way::key).toList());
        model.addAttribute("way", Ways.now(sketch).key());
        return "wizard-way";
    }

    @PostMapping("/services/{id}/setup/way")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String chooseWay(
            Visitor visitor, @PathVariable("id") String id, @RequestParam("way") String key) {
        var draft = draft(id);
        var way =
                Ways.of(drafts.sketch(draft)).stream()
                        .filter(it -> it.key().equals(key))
                        .findFirst()
                        .orElseThrow(() -> Problem.malformed("way", "There is no such way."));
        save(draft, way.settings(), AT_PROVIDER, visitor);
        return "redirect:/services/{id}/setup/at-provider";
    }

    @GetMapping("/services/{id}/setup/at-provider")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String atProvider(
            @PathVariable("id") String id, @ModelAttribute("words") Words words, Model model) {
        var draft = drafts.find(id);
        if (draft.isEmpty()) return "redirect:/services/" + service(id).id();
        ServiceFormView.choices(words, model);
        return atProvider(draft.get(), Map.of(), List.of(), model);
    }

    private String atProvider(
            Draft draft, Map<String, String> given, List<FieldTrouble> troubles, Model model) {
        var sketch = drafts.sketch(draft);
        steps(model, 3, draft.id(), draft.name());
        var way = Ways.now(sketch);
        model.addAttribute("f", ServiceFields.of(drafts.shown(draft), given, troubles));
        model.addAttribute("way", ServiceFormView.of(way, sketch, presets));
        model.addAttribute("guide", GuideView.of(sketch, guides, settings.baseUrl()));
        model.addAttribute("link", guideViews.of(draft.id()));
        model.addAttribute("objectId", Shapes.objectId(given, draft.id(), services.guideValues()));
        return "wizard-provider";
    }

    /// Saves, and goes on when nothing is wrong; `then` is `later` for whoever leaves.
    @PostMapping("/services/{id}/setup/at-provider")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String saveValues(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam MultiValueMap<String, String> form,
            @ModelAttribute("words") Words words,
            HttpServletResponse response,
            RedirectAttributes redirect,
            Model model) {
        var draft = draft(id);
        var patch = ServiceForm.changes(ServiceForm.json(form), drafts.shown(draft));
        var troubles = new ArrayList<>(drafts.troubles(draft, patch));
        troubles.addAll(Shapes.ofObjectId(form));
        var saved = save(draft, patch, AT_PROVIDER, visitor);
        Shapes.givenObjectId(form)
                .ifPresent(it -> services.guideValues().draftObjectId(saved.id(), it));
        if ("later".equals(form.getFirst("then"))) {
            redirect.addFlashAttribute("done", Say.of("wizard.kept", saved.name()));
            return "redirect:/services";
        }
        if (troubles.isEmpty())
            try {
                drafts.finish(saved, visitor.name());
                return "redirect:/services/{id}/setup";
            } catch (InvalidService meanwhile) {
                troubles.addAll(meanwhile.troubles());
            } catch (NoSuchElementException bySomebodyElse) {
                return "redirect:/services";
            }
        response.setStatus(422);
        ServiceFormView.choices(words, model);
        return atProvider(saved, form.toSingleValueMap(), troubles, model);
    }

    /// What is wrong with the values so far: by field, a sentence.
    @PostMapping("/services/{id}/setup/shapes")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    ResponseEntity<String> shapes(
            @PathVariable("id") String id, @RequestParam MultiValueMap<String, String> form) {
        var found = drafts.find(id);
        if (found.isEmpty() && services.find(id).isPresent())
            return Shapes.answer(List.of()); // asked while one typed, and saved meanwhile
        var draft = found.orElseThrow(WizardPages::noSuchDraft);
        var patch = ServiceForm.changes(ServiceForm.json(form), drafts.shown(draft));
        var imagined = drafts.imagined(draft, patch);
        var troubles = new ArrayList<>(drafts.troubles(draft, patch));
        troubles.addAll(Shapes.ofObjectId(form));
        troubles.addAll(Shapes.doubts(services.warnings(drafts.sketch(imagined))));
        return Shapes.answer(troubles);
    }

    /// The left side, as it is with what stands on the right.
    @PostMapping("/services/{id}/setup/guide")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String guide(
            @PathVariable("id") String id,
            @RequestParam MultiValueMap<String, String> form,
            Model model) {
        var draft = draft(id);
        var patch = ServiceForm.changes(ServiceForm.json(form), drafts.shown(draft));
        var sketch = drafts.sketch(drafts.imagined(draft, patch));
        model.addAttribute("guide", GuideView.of(sketch, guides, settings.baseUrl()));
        return "guide :: guide(guide=${guide})";
    }

    @PostMapping("/services/{id}/setup/discard")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String discard(@PathVariable("id") String id, RedirectAttributes redirect) {
        var draft = draft(id);
        drafts.discard(draft.id());
        guideViews.takeBack(draft.id());
        redirect.addFlashAttribute("done", Say.of("wizard.discarded", draft.name()));
        return "redirect:/services";
    }

    @GetMapping("/services/{id}/setup/authorize")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String authorize(@PathVariable("id") String id, Model model) {
        var draft = drafts.find(id);
        if (draft.isPresent()) return "redirect:/services/{id}/setup/" + draft.get().step();
        var service = service(id);
        steps(model, 4, service.id(), service.name());
        model.addAttribute("asksAPerson", Authorizer.asksAPerson(service));
        model.addAttribute("onDevices", Authorizer.canAskOnDevices(service));
        model.addAttribute("facts", ServiceFormView.of(Ways.now(service), service, presets));
        model.addAttribute("isOpen", isOpen(service));
        return "wizard-authorize";
    }

    private Draft save(
            Draft draft,
            tools.jackson.databind.node.ObjectNode patch,
            String step,
            Visitor visitor) {
        try {
            return drafts.save(draft.id(), patch, step, visitor.name());
        } catch (NoSuchElementException bySomebodyElse) {
            throw Problem.notFound("Somebody else finished or deleted this draft.");
        }
    }

    /// The step, for the line of steps on top.
    static void steps(Model model, int step, long id, String name) {
        model.addAttribute("step", step);
        model.addAttribute("id", Long.toString(id));
        model.addAttribute("called", name);
    }

    private Draft draft(String id) {
        return drafts.find(id).orElseThrow(WizardPages::noSuchDraft);
    }

    private static Problem noSuchDraft() {
        return Problem.notFound("There is no such draft.");
    }

    private Service service(String id) {
        return services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }
}
