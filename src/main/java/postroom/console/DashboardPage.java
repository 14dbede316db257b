package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

import postroom.access.Role;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.queue.Queue;
import postroom.web.Allowed;
import postroom.web.WebSettings;

import java.time.Duration;
import java.time.InstantSource;

/// Is mail flowing? Trouble stands on top; without trouble the page is calm.
@Controller
class DashboardPage {

    private static final int NEWEST_EVENTS = 50_000;

    private final ServiceViews services;
    private final Queue queue;
    private final EventLog events;
    private final InstantSource clock;

    DashboardPage(
            postroom.service.Services services,
            postroom.catalog.Catalog catalog,
            Queue queue,
            EventLog events,
            InstantSource clock,
            WebSettings settings) {
        this.services = new ServiceViews(services, catalog, queue, clock, settings.baseUrl());
        this.queue = queue;
        this.events = events;
        this.clock = clock;
    }

    @GetMapping("/")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String dashboard(Model model) {
        var all = services.all();
        var unsent = queue.unsent();
        var lastDay = events.countSince(clock.instant().minus(Duration.ofDays(1)), NEWEST_EVENTS);
        model.addAttribute("troubles", all.stream().filter(ServiceViews.View::isTrouble).toList());
        model.addAttribute("services", all);
        model.addAttribute("ending", all.stream().filter(ServiceViews.View::endsSoon).toList());
        model.addAttribute(
                "waiting", unsent.getOrDefault("queued", 0L) + unsent.getOrDefault("deferred", 0L));
        model.addAttribute("held", unsent.getOrDefault("held", 0L));
        model.addAttribute("accepted", lastDay.getOrDefault(EventType.MESSAGE_ACCEPTED, 0L));
        model.addAttribute("sent", lastDay.getOrDefault(EventType.MESSAGE_SENT, 0L));
        model.addAttribute("failed", lastDay.getOrDefault(EventType.MESSAGE_FAILED, 0L));
        return "dashboard";
    }
}
