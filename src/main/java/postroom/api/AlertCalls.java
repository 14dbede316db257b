package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.alert.Alert;
import postroom.alert.Alerts;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;

import java.time.Instant;
import java.util.List;

/// What is wrong at this moment, or will be.
@RestController
@Tag(name = "Events")
class AlertCalls {

    private final Alerts alerts;
    private final Services services;

    AlertCalls(Alerts alerts, Services services) {
        this.alerts = alerts;
        this.services = services;
    }

    /// @param service its ID
    /// @param kind `needs_authorization`, `failing`, `waiting`, `secret_ending`,
    ///   `authorization_ending`, `cut_off` or `permission_review`
    /// @param toldAt when a mail about it was queued; absent where nobody could be told by mail
    record AlertJson(
            String service,
            @Nullable String serviceName,
            String kind,
            String title,
            Instant since,
            Instant raisedAt,
            @Nullable Instant toldAt) {}

    record AlertList(List<AlertJson> alerts) {}

    @GetMapping("/v1/alerts")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(
            summary = "Open alerts, oldest first",
            description = "What is over is told by the events alert.raised and alert.cleared.")
    AlertList list() {
        return new AlertList(alerts.open().stream().map(this::shown).toList());
    }

    private AlertJson shown(Alert alert) {
        return new AlertJson(
                Long.toString(alert.service()),
                services.byId(alert.service()).map(Service::name).orElse(null),
                alert.kind().word(),
                alert.title(),
                alert.since(),
                alert.raisedAt(),
                alert.toldAt().orElse(null));
    }
}
