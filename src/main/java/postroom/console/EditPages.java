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
import postroom.catalog.Advice;
import postroom.oauth.SecretTrial;
import postroom.oauth.SecretTrial.Outcome;
import postroom.service.Drafts;
import postroom.service.InvalidService;
import postroom.service.InvalidService.FieldTrouble;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Changing a service. A new secret is shown to the provider before it takes the place of the old
/// one; whoever cannot wait for that stores it untried.
@Controller
class EditPages {

    private final Services services;
    private final SecretTrial trial;
    private final Presets presets;

    EditPages(Services services, SecretTrial trial, Presets presets) {
        this.services = services;
        this.trial = trial;
        this.presets = presets;
    }

    /// @param way another way to sign in, whose fields are shown
    @GetMapping("/services/{id}/edit")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String edit(
            @PathVariable("id") String id,
            @RequestParam(name = "way", defaultValue = "") String way,
            @ModelAttribute("words") Words words,
            Model model) {
        return page(service(id), way, Map.of(), List.of(), words, model);
    }

    private String page(
            Service service,
            String wanted,
            Map<String, String> given,
            List<FieldTrouble> troubles,
            Words words,
            Model model) {
        var ways = Ways.of(service);
        var now = Ways.now(service);
        var way = ways.stream().filter(it -> it.key().equals(wanted)).findFirst().orElse(now);
        model.addAttribute("id", Long.toString(service.id()));
        model.addAttribute("called", service.name());
        model.addAttribute("f", ServiceFields.of(services.shown(service), given, troubles));
        model.addAttribute("way", ServiceFormView.of(way, service, presets));
        model.addAttribute("other", way.key().equals(now.key()) ? null : way.settings());
        model.addAttribute(
                "ways",
                ways.stream()
                        .map(it ->
                                new ServiceFormView.Choice(
                                        it.key(), words.text("wizard.way." + it.key())))
                        .toList());
        model.addAttribute(
                "objectId", Shapes.objectId(given, service.id(), services.guideValues()));
        ServiceFormView.choices(words, model);
        return "service-edit";
    }

    /// @param untried store a secret nobody was asked about
    /// @param then `authorize` for whoever goes on there
    @PostMapping("/services/{id}/edit")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String change(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "way", defaultValue = "") String way,
            @RequestParam(name = "untried", defaultValue = "") String untried,
            @RequestParam(name = "then", defaultValue = "") String then,
            @RequestParam MultiValueMap<String, String> form,
            @ModelAttribute("words") Words words,
            HttpServletResponse response,
            RedirectAttributes redirect,
            Model model) {
        var service = service(id);
        var patch = ServiceForm.changes(ServiceForm.json(form), services.shown(service));
        var troubles = Shapes.ofObjectId(form);
        if (troubles.isEmpty() && !patch.isEmpty())
            troubles = change(service, patch, !untried.isEmpty(), visitor, model);
        if (!troubles.isEmpty()) {
            response.setStatus(422);
            return page(service, way, form.toSingleValueMap(), troubles, words, model);
        }
        var objectId = Shapes.givenObjectId(form);
        boolean keptMore =
                objectId.isPresent()
                        && services.guideValues()
                                .changeObjectId(service.id(), objectId.get(), visitor.name());
        if (then.equals("authorize")) return "forward:/services/" + service.id() + "/authorize";
        boolean changed = keptMore || !patch.isEmpty();
        redirect.addFlashAttribute(
                "done", Say.of(changed ? "services.changed" : "services.unchanged"));
        return "redirect:/services/{id}";
    }

    private List<FieldTrouble> change(
            Service service, ObjectNode patch, boolean untried, Visitor visitor, Model model) {
        try {
            if (untried) {
                services.update(service.id(), patch, visitor.name());
                return List.of();
            }
            return switch (trial.change(service.id(), patch, visitor.name())) {
                case Outcome.Changed _ -> List.of();
                case Outcome.Refused(var field, var diagnostic, var advice) ->
                        refused(field, "services.secret-refused", diagnostic.text(), advice, model);
                case Outcome.Untried(var field, var diagnostic, var advice) ->
                        refused(field, "services.secret-untried", diagnostic.text(), advice, model);
                case Outcome.Overtaken() ->
                        List.of(
                                new FieldTrouble(
                                        "name",
                                        "the service was changed by somebody else meanwhile; look"
                                                + " at it, and make the change again"));
            };
        } catch (InvalidService invalid) {
            return invalid.troubles();
        }
    }

    private static List<FieldTrouble> refused(
            String field, String key, String said, Advice advice, Model model) {
        model.addAttribute("tried", Say.of(key));
        model.addAttribute("said", said);
        model.addAttribute("advice", advice.isUnknown() ? null : advice);
        return List.of(new FieldTrouble(field, "was tried and not taken; see above"));
    }

    /// What is wrong with the values so far: by field, a sentence.
    @PostMapping("/services/{id}/edit/shapes")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    ResponseEntity<String> shapes(
            @PathVariable("id") String id, @RequestParam MultiValueMap<String, String> form) {
        var service = service(id);
        var patch = ServiceForm.changes(ServiceForm.json(form), services.shown(service));
        var troubles = new ArrayList<>(Shapes.ofObjectId(form));
        try {
            var after = services.plan(service.id(), patch).after();
            troubles.addAll(Shapes.doubts(services.warnings(after)));
        } catch (InvalidService invalid) {
            troubles.addAll(invalid.troubles());
        }
        return Shapes.answer(troubles);
    }

    /// The same once more, as a draft: without secrets, which nobody can read.
    @PostMapping("/services/{id}/duplicate")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String duplicate(Visitor visitor, @PathVariable("id") String id) {
        var service = service(id);
        if (!(services.exported(service) instanceof ObjectNode settings))
            throw Problem.notFound("There is no such service.");
        for (var secret : ServiceForm.SECRETS) without(settings, secret);
        settings.put("name", service.name() + " 2");
        Drafts drafts = services.drafts();
        var draft = drafts.begin(settings, WizardPages.AT_PROVIDER, visitor.name());
        var values = services.guideValues();
        values.objectId(service.id()).ifPresent(it -> values.draftObjectId(draft.id(), it));
        return "redirect:/services/" + draft.id() + "/setup/" + WizardPages.AT_PROVIDER;
    }

    private static void without(ObjectNode settings, String path) {
        var parent = settings;
        var parts = path.split("\\.");
        for (int i = 0; i < parts.length - 1; i++) {
            if (!(parent.get(parts[i]) instanceof ObjectNode inner)) return;
            parent = inner;
        }
        parent.remove(parts[parts.length - 1]);
    }

    private Service service(String id) {
        return services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }
}
