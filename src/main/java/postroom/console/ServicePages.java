package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.check.ChecksUnderWay;
import postroom.check.LastChecks;
import postroom.deliver.Resumption;
import postroom.event.EventLog;
import postroom.oauth.Authorizations;
import postroom.oauth.Revocation;
import postroom.queue.Queue;
import postroom.route.Routes;
import postroom.service.Authentication.OAuth2;
import postroom.service.Drafts.Draft;
import postroom.service.Guides;
import postroom.service.MailWaits;
import postroom.service.OutgoingAddresses;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// Which ways out are there, and are they well?
@Controller
class ServicePages {

    private final Services services;
    private final Routes routes;
    private final Resumption resumption;
    private final Revocation revocation;
    private final InstantSource clock;
    private final ServiceViews views;
    private final CheckViews checks;
    private final AuthorizationFacts authorization;
    private final ServiceHistory history;
    private final Guides guides;
    private final OutgoingAddresses addresses;

    ServicePages(
            Services services,
            Routes routes,
            Resumption resumption,
            Catalog catalog,
            Queue queue,
            LastChecks last,
            ChecksUnderWay underWay,
            Authorizations authorizations,
            Revocation revocation,
            EventLog events,
            Presets presets,
            OutgoingAddresses addresses,
            InstantSource clock,
            WebSettings settings) {
        this.services = services;
        this.routes = routes;
        this.resumption = resumption;
        this.revocation = revocation;
        this.clock = clock;
        this.checks = new CheckViews(last, underWay, clock);
        this.authorization = new AuthorizationFacts(authorizations, clock, settings.baseUrl());
        this.views = new ServiceViews(services, catalog, queue, clock, settings.baseUrl());
        this.history = new ServiceHistory(events, catalog, clock);
        this.guides = new Guides(presets, addresses, services.guideValues());
        this.addresses = addresses;
    }

    @GetMapping("/services")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String list(Model model) {
        model.addAttribute("services", views.all());
        model.addAttribute("drafts", services.drafts().all().stream().map(this::view).toList());
        model.addAttribute("verified", verified());
        return "services";
    }

    /// @param step from 1 to 5
    record DraftView(String id, String name, Say way, int step, Moment changed, String by) {}

    private DraftView view(Draft draft) {
        return new DraftView(
                Long.toString(draft.id()),
                draft.name(),
                Say.of("wizard.step." + draft.step()),
                draft.step().equals(WizardPages.WAY) ? 2 : 3,
                Moment.of(draft.changedAt(), clock.instant()),
                draft.changedBy());
    }

    private Map<String, Moment> verified() {
        var verified = new HashMap<String, Moment>();
        for (var service : services.all())
            checks.verified(service).ifPresent(at -> verified.put(Long.toString(service.id()), at));
        return verified;
    }

    @GetMapping("/services/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String show(
            Visitor visitor,
            @PathVariable("id") String id,
            @ModelAttribute("words") Words words,
            Model model) {
        if (services.find(id).isEmpty() && services.drafts().find(id).isPresent())
            return visitor.manages() ? "redirect:/services/{id}/setup" : "redirect:/services";
        var service = service(id);
        model.addAttribute("service", views.view(service));
        model.addAttribute("authorization", authorization.of(service).orElse(null));
        model.addAttribute("settings", SettingsTable.of(services.shown(service), words));
        model.addAttribute("secrets", ReplaceableSecret.of(service));
        model.addAttribute("f", ServiceFields.of(services.shown(service)));
        model.addAttribute("report", checks.view(service).orElse(null));
        model.addAttribute("verified", checks.verified(service).orElse(null));
        model.addAttribute("history", history.of(service));
        model.addAttribute("addresses", guides.tellsAddresses(service) ? addresses : null);
        model.addAttribute("canRevoke", authorization.of(service).isPresent());
        model.addAttribute("route", routes.leadingTo(service.id()).map(it -> it.name()).orElse(""));
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

    @PostMapping("/services/{id}/revoke")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String revoke(Visitor visitor, @PathVariable("id") String id, RedirectAttributes redirect) {
        var service = service(id);
        if (service.authentication() instanceof OAuth2) {
            var revoked = revocation.run(service, visitor.name());
            redirect.addFlashAttribute("done", Say.of("services.revoked", revoked.detail()));
        }
        return "redirect:/services/{id}";
    }

    @PostMapping("/services/{id}/delete")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String delete(Visitor visitor, @PathVariable("id") String id, RedirectAttributes redirect) {
        var service = service(id);
        var route = routes.leadingTo(service.id());
        if (route.isPresent()) {
            redirect.addFlashAttribute("trouble", Say.of("services.ruled", route.get().name()));
            return "redirect:/services/{id}";
        }
        try {
            services.delete(service.id(), visitor.name());
        } catch (MailWaits mail) {
            redirect.addFlashAttribute("trouble", Say.of("services.mail-waits", mail.recipients()));
            return "redirect:/services/{id}";
        }
        redirect.addFlashAttribute("done", Say.of("services.deleted", service.name()));
        return "redirect:/services";
    }

    private Service service(String id) {
        return services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }
}
