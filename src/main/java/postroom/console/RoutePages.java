package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Access;
import postroom.access.Role;
import postroom.route.Explainer;
import postroom.route.InvalidRoutes;
import postroom.route.Router;
import postroom.route.Routes;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import tools.jackson.databind.node.ArrayNode;

import java.util.ArrayList;
import java.util.List;

/// Which service carries which mail? Every change puts all rules in the place of all that were, as
/// `PUT /v1/routes` does, unless somebody else changed them meanwhile.
@Controller
class RoutePages {

    private final Routes routes;
    private final Services services;
    private final Access access;
    private final RouteViews views;
    private final RouteQuestion question;

    RoutePages(Routes routes, Router router, Services services, Access access) {
        this.routes = routes;
        this.services = services;
        this.access = access;
        this.views = new RouteViews(services);
        this.question = new RouteQuestion(access, new Explainer(router, routes));
    }

    @GetMapping("/routes")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String list(@RequestParam MultiValueMap<String, String> asked, Model model) {
        var edition = routes.edition();
        var about = RouteQuestion.Asked.read(asked);
        model.addAttribute("routes", views.all(edition.rules()));
        model.addAttribute("version", edition.version());
        model.addAttribute("asked", about);
        model.addAttribute("answer", null);
        if (about.isAsked())
            switch (question.answer(about)) {
                case RouteQuestion.Answered(var answer) ->
                        model.addAttribute("answer", views.answer(answer));
                case RouteQuestion.Unclear(var field, var what) -> {
                    model.addAttribute("unclear", field);
                    model.addAttribute("unclearWhat", what);
                }
            }
        model.addAttribute("credentials", credentials());
        model.addAttribute("services", choices());
        return "routes";
    }

    @GetMapping("/routes/new")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String add(Model model) {
        return form(RouteForm.empty(routes.edition().version()), model);
    }

    @GetMapping("/routes/{index:\\d{1,4}}/edit")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String edit(@PathVariable("index") int index, Model model) {
        var edition = routes.edition();
        if (index >= edition.rules().size()) throw Problem.notFound("There is no such rule.");
        return form(RouteForm.of(index, edition.rules().get(index), edition.version()), model);
    }

    @PostMapping("/routes")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String save(
            Visitor visitor,
            @RequestParam MultiValueMap<String, String> given,
            Model model,
            RedirectAttributes redirect) {
        var form = RouteForm.read(given);
        var edition = routes.edition();
        var body = routes.shown(edition);
        var rules = (ArrayNode) body.path("routes");
        int at = at(form.index(), rules.size());
        if (form.index().isEmpty()) {
            at = at(form.position(), rules.size());
            rules.insert(at, form.rule());
        } else if (at < rules.size()) rules.set(at, form.rule());
        try {
            if (routes.replaceUnlessChanged(form.version(), body, visitor.name()))
                redirect.addFlashAttribute("done", Say.of("routes.saved", form.name().strip()));
            else {
                model.addAttribute("trouble", Say.of("routes.changed-meanwhile.form"));
                return form(form, model);
            }
        } catch (InvalidRoutes invalid) {
            return form(form.with(invalid.troubles(), at), model);
        }
        return "redirect:/routes";
    }

    @PostMapping("/routes/{index:\\d{1,4}}/{verb:up|down|delete}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String change(
            Visitor visitor,
            @PathVariable("index") int index,
            @PathVariable("verb") String verb,
            @RequestParam(name = "version", defaultValue = "") String version,
            RedirectAttributes redirect) {
        var body = routes.shown(routes.edition());
        var rules = (ArrayNode) body.path("routes");
        int to = verb.equals("up") ? index - 1 : index + 1;
        if (index >= rules.size()) throw Problem.notFound("There is no such rule.");
        var rule = rules.remove(index);
        var name = rule.path("name").asString("");
        if (!verb.equals("delete")) rules.insert(Math.clamp(to, 0, rules.size()), rule);
        boolean done = routes.replaceUnlessChanged(version, body, visitor.name());
        redirect.addFlashAttribute(
                done ? "done" : "trouble",
                !done
                        ? Say.of("routes.changed-meanwhile")
                        : verb.equals("delete")
                                ? Say.of("routes.deleted", name)
                                : Say.of("routes.moved", name));
        return "redirect:/routes";
    }

    private String form(RouteForm form, Model model) {
        model.addAttribute("form", form);
        model.addAttribute("credentials", ticks(form));
        model.addAttribute("services", choices());
        model.addAttribute("states", RouteForm.STATES);
        model.addAttribute("usages", RouteForm.usages());
        model.addAttribute("others", views.all(routes.all()));
        return "route";
    }

    record Choice(String value, String label) {}

    /// Those that there are, and those that the rule names although they are not there any more.
    private List<Choice> ticks(RouteForm form) {
        var ticks = new ArrayList<Choice>();
        for (var one : access.credentials()) {
            var id = Long.toString(one.id());
            var value = form.credentials().contains(id) ? id : one.name();
            ticks.add(new Choice(value, one.name()));
        }
        for (var named : form.credentials())
            if (ticks.stream().noneMatch(it -> it.value().equals(named)))
                ticks.add(new Choice(named, named));
        return ticks;
    }

    private List<Choice> credentials() {
        return access.credentials().stream()
                .map(it -> new Choice(Long.toString(it.id()), it.name()))
                .toList();
    }

    private List<Choice> choices() {
        return services.all().stream()
                .map((Service it) -> new Choice(Long.toString(it.id()), it.name()))
                .toList();
    }

    private static int at(String index, int size) {
        return index.matches("\\d{1,4}") ? Math.min(Integer.parseInt(index), size) : size;
    }
}
