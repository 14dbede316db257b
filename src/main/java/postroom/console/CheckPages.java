package postroom.console;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.check.ChecksUnderWay;
import postroom.check.LastChecks;
import postroom.mail.Address;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.time.InstantSource;

/// Does it send, step by step? The page works without script: while a test is under way it asks to
/// be loaded again each second.
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

    @GetMapping("/services/{id}/test")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String show(
            Visitor visitor,
            @PathVariable("id") String id,
            HttpServletResponse response,
            Model model) {
        var service = service(id);
        var check = views.view(service);
        if (check.filter(CheckViews.View::isUnderWay).isPresent())
            response.setHeader("Refresh", "1");
        model.addAttribute("id", Long.toString(service.id()));
        model.addAttribute("name", service.name());
        model.addAttribute("inside", service.from().address().domain());
        model.addAttribute(
                "recipient", check.map(CheckViews.View::recipient).orElse(visitor.name()));
        model.addAttribute("check", check.orElse(null));
        model.addAttribute("verified", views.verified(service).orElse(null));
        return "test";
    }

    @PostMapping("/services/{id}/test")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String begin(@PathVariable("id") String id, @RequestParam("recipient") String recipient) {
        var to =
                Address.parse(recipient.strip())
                        .orElseThrow(() ->
                                Problem.unusable(
                                        "recipient",
                                        "Give the e-mail address that gets the test message."));
        underWay.begin(service(id), to);
        return "redirect:/services/{id}/test";
    }

    private Service service(String id) {
        return services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }
}
