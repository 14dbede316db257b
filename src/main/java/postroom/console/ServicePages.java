package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;

import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.check.ChecksUnderWay;
import postroom.check.LastChecks;
import postroom.deliver.Resumption;
import postroom.oauth.Authorizations;
import postroom.queue.Queue;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import tools.jackson.databind.JsonNode;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which ways out are there, and are they well?
@Controller
class ServicePages {

    private final Services services;
    private final Resumption resumption;
    private final ServiceViews views;
    private final CheckViews checks;
    private final AuthorizationFacts authorization;

    ServicePages(
            Services services,
            Resumption resumption,
            Catalog catalog,
            Queue queue,
            LastChecks last,
            ChecksUnderWay underWay,
            Authorizations authorizations,
            InstantSource clock,
            WebSettings settings) {
        this.services = services;
        this.resumption = resumption;
        this.checks = new CheckViews(last, underWay, clock);
        this.authorization = new AuthorizationFacts(authorizations, clock, settings.baseUrl());
        this.views = new ServiceViews(services, catalog, queue, clock, settings.baseUrl());
    }

    @GetMapping("/services")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String list(Model model) {
        model.addAttribute("services", views.all());
        model.addAttribute("verified", verified());
        return "services";
    }

    private Map<String, Moment> verified() {
        var verified = new HashMap<String, Moment>();
        for (var service : services.all())
            checks.verified(service).ifPresent(at -> verified.put(Long.toString(service.id()), at));
        return verified;
    }

    @GetMapping("/services/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String show(@PathVariable("id") String id, Model model) {
        var service = service(id);
        model.addAttribute("service", views.view(service));
        model.addAttribute("authorization", authorization.of(service).orElse(null));
        model.addAttribute("settings", settings(service));
        model.addAttribute("check", checks.view(service).orElse(null));
        model.addAttribute("verified", checks.verified(service).orElse(null));
        return "service";
    }

    @PostMapping("/services/{id}/pause")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String pause(Visitor visitor, @PathVariable("id") String id) {
        services.pause(service(id).id(), visitor.name());
        return "redirect:/services/{id}";
    }

    @PostMapping("/services/{id}/resume")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String resume(Visitor visitor, @PathVariable("id") String id) {
        return switch (resumption.run(service(id), visitor.name())) {
            case Resumption.Outcome.Moved _ -> "redirect:/services/{id}";
            case Resumption.Outcome.Unchanged(var title, var detail) ->
                    throw new Problem(409, title, detail);
        };
    }

    private Service service(String id) {
        return services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }

    /// As the API shows them, flat: `smtp.host` and its value.
    private Map<String, String> settings(Service service) {
        var flat = new LinkedHashMap<String, String>();
        flatten("", services.shown(service), flat);
        flat.keySet().removeIf(name -> name.equals("id") || name.startsWith("state"));
        return flat;
    }

    private static void flatten(String name, JsonNode node, Map<String, String> into) {
        if (node.has("set") && node.has("ends_with"))
            into.put(name, "set, ends with " + node.path("ends_with").asString(""));
        else if (node.isObject())
            for (var member : node.properties())
                flatten(
                        name.isEmpty() ? member.getKey() : name + "." + member.getKey(),
                        member.getValue(),
                        into);
        else if (node.isArray())
            for (int i = 0; i < node.size(); i++) flatten(name + " " + (i + 1), node.get(i), into);
        else if (node.asString("").startsWith("-----BEGIN CERTIFICATE"))
            into.put(name, "set"); // long, and of use to programs alone
        else if (!node.isNull()) into.put(name, node.asString(""));
    }
}
