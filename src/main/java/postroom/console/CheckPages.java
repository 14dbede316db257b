package postroom.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.check.ChecksUnderWay;
import postroom.check.LastChecks;
import postroom.mail.Address;
import postroom.oauth.Authorizer;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.time.InstantSource;

/// Does it send, step by step? Steps appear as they are taken; where no scripts run, the page asks
/// to be loaded again each second.
@Controller
class CheckPages {

    private final Services services;
    private final ChecksUnderWay underWay;
    private final CheckViews views;

    CheckPages(Services services, LastChecks last, ChecksUnderWay underWay, InstantSource clock) {
        this.services = services;
        this.underWay = underWay;
        this.views = new CheckViews(last, underWay, clock);
    }

    @GetMapping({"/services/{id}/test", "/services/{id}/setup/test"})
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String show(
            Visitor visitor,
            @PathVariable("id") String id,
            @CookieValue(name = Scripts.COOKIE, defaultValue = "") String scripts,
            HttpServletRequest request,
            HttpServletResponse response,
            Model model) {
        if (services.drafts().find(id).isPresent()) return "redirect:/services/{id}/setup";
        var service = service(id);
        var check = put(service, model);
        if (check != null && check.isUnderWay() && !Scripts.areOn(scripts))
            response.setHeader("Refresh", "1");
        model.addAttribute("called", service.name());
        model.addAttribute("inside", service.from().address().domain());
        model.addAttribute("recipient", check == null ? visitor.name() : check.recipient());
        model.addAttribute("isNew", request.getRequestURI().contains("/setup/"));
        return "test";
    }

    /// The steps alone, while a test is under way.
    @GetMapping("/services/{id}/test/steps")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String steps(@PathVariable("id") String id, Model model) {
        put(service(id), model);
        return "test :: report";
    }

    private CheckViews.@org.jspecify.annotations.Nullable View put(Service service, Model model) {
        var check = views.view(service).orElse(null);
        model.addAttribute("id", Long.toString(service.id()));
        model.addAttribute("report", check);
        model.addAttribute("verified", views.verified(service).orElse(null));
        model.addAttribute("asksAPerson", Authorizer.asksAPerson(service));
        return check;
    }

    @PostMapping({"/services/{id}/test", "/services/{id}/setup/test"})
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String begin(
            @PathVariable("id") String id,
            @RequestParam("recipient") String recipient,
            HttpServletRequest request) {
        var to =
                Address.parse(recipient.strip())
                        .orElseThrow(() ->
                                Problem.unusable(
                                        "recipient",
                                        "Give the e-mail address that gets the test message."));
        underWay.begin(service(id), to);
        return request.getRequestURI().contains("/setup/")
                ? "redirect:/services/{id}/setup/test"
                : "redirect:/services/{id}/test";
    }

    private Service service(String id) {
        return services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }
}
