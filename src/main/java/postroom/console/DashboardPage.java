package postroom.console;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.Role;
import postroom.alert.Alerts;
import postroom.catalog.Catalog;
import postroom.event.HourlyCounts;
import postroom.event.webhook.Webhooks;
import postroom.oauth.Authorizations;
import postroom.queue.Queue;
import postroom.service.Services;
import postroom.web.Allowed;

import java.time.InstantSource;

/// Is mail flowing? Trouble stands on top with its button; without trouble the page is calm. It
/// asks for its changes every few seconds while somebody looks at it.
@Controller
class DashboardPage {

    private final DashboardViews views;
    private final FirstSteps firstSteps;
    private final Access access;

    DashboardPage(
            Services services,
            Catalog catalog,
            Queue queue,
            HourlyCounts counts,
            Alerts alerts,
            Authorizations authorizations,
            Webhooks webhooks,
            FirstSteps firstSteps,
            Access access,
            InstantSource clock) {
        this.views =
                new DashboardViews(
                        new DashboardViews.Rooms(
                                services, catalog, queue, counts, alerts, authorizations, webhooks),
                        clock);
        this.firstSteps = firstSteps;
        this.access = access;
    }

    @GetMapping("/")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String dashboard(Model model) {
        show(views.view(), model);
        return "dashboard";
    }

    /// What changes of it; nothing where nothing did.
    ///
    /// @param mark of what the page shows
    @GetMapping("/dashboard/live")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    Object live(
            @RequestParam(name = "mark", defaultValue = "") String mark,
            Model model,
            HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        var view = views.view();
        if (view.mark().equals(mark)) return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
        show(view, model);
        model.addAttribute("told", view.tellsMoreThan(mark) ? view.told() : null);
        return "dashboard :: live";
    }

    /// The chart in numbers.
    @GetMapping("/dashboard/hours")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String hours(Model model) {
        model.addAttribute("chart", views.view().chart());
        return "dashboard-hours";
    }

    private void show(DashboardViews.View view, Model model) {
        model.addAttribute("view", view);
        model.addAttribute("first", firstSteps);
        model.addAttribute("username", username(access));
    }

    /// Of an application that is there, or of the one to be made.
    static String username(Access access) {
        return access.credentials().stream()
                .filter(it -> !it.name().equals("sendmail"))
                .map(Credential::smtpUsername)
                .findFirst()
                .orElse("USER");
    }
}
