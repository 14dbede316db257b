package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

import postroom.access.Role;
import postroom.alert.Alert;
import postroom.alert.Alerts;
import postroom.alert.Kind;
import postroom.catalog.Advice;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.queue.Queue;
import postroom.web.Allowed;
import postroom.web.WebSettings;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Is mail flowing? Trouble stands on top; without trouble the page is calm.
@Controller
class DashboardPage {

    private static final int NEWEST_EVENTS = 50_000;

    private final ServiceViews services;
    private final Queue queue;
    private final EventLog events;
    private final Alerts alerts;
    private final InstantSource clock;

    DashboardPage(
            postroom.service.Services services,
            postroom.catalog.Catalog catalog,
            Queue queue,
            EventLog events,
            Alerts alerts,
            InstantSource clock,
            WebSettings settings) {
        this.services = new ServiceViews(services, catalog, queue, clock, settings.baseUrl());
        this.queue = queue;
        this.events = events;
        this.alerts = alerts;
        this.clock = clock;
    }

    @GetMapping("/")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String dashboard(Model model) {
        var all = services.all();
        var unsent = queue.unsent();
        var lastDay = events.countSince(clock.instant().minus(Duration.ofDays(1)), NEWEST_EVENTS);
        var open = alerts.open();
        model.addAttribute("alerts", open.stream().map(it -> view(it, all)).toList());
        model.addAttribute(
                "troubles",
                all.stream()
                        .filter(ServiceViews.View::isTrouble)
                        .filter(it -> !isTold(it, open, Kind.NEEDS_AUTHORIZATION, Kind.FAILING))
                        .toList());
        model.addAttribute("services", all);
        model.addAttribute(
                "ending",
                all.stream()
                        .filter(ServiceViews.View::endsSoon)
                        .filter(it -> !isTold(it, open, Kind.SECRET_ENDING))
                        .toList());
        model.addAttribute(
                "waiting", unsent.getOrDefault("queued", 0L) + unsent.getOrDefault("deferred", 0L));
        model.addAttribute("held", unsent.getOrDefault("held", 0L));
        model.addAttribute("accepted", lastDay.getOrDefault(EventType.MESSAGE_ACCEPTED, 0L));
        model.addAttribute("sent", lastDay.getOrDefault(EventType.MESSAGE_SENT, 0L));
        model.addAttribute("failed", lastDay.getOrDefault(EventType.MESSAGE_FAILED, 0L));
        return "dashboard";
    }

    /// @param reason what the trouble of the service means, where there is any
    /// @param told when a mail about it was queued
    record AlertView(
            String service,
            String title,
            @Nullable String reason,
            Moment since,
            long waiting,
            @Nullable Moment told) {}

    private AlertView view(Alert alert, List<ServiceViews.View> all) {
        var now = clock.instant();
        var id = Long.toString(alert.service());
        var service = all.stream().filter(it -> it.id().equals(id)).findFirst();
        return new AlertView(
                id,
                alert.title(),
                service.flatMap(it -> Optional.ofNullable(it.reason()))
                        .map(Advice::title)
                        .orElse(null),
                Moment.of(alert.since(), now),
                service.map(ServiceViews.View::waiting).orElse(0L),
                alert.toldAt().map(at -> Moment.of(at, now)).orElse(null));
    }

    private static boolean isTold(ServiceViews.View view, List<Alert> open, Kind... kinds) {
        return open.stream()
                .anyMatch(it ->
                        Long.toString(it.service()).equals(view.id())
                                && List.of(kinds).contains(it.kind()));
    }
}
