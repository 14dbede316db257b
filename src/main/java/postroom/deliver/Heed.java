package postroom.deliver;

import postroom.catalog.Advice;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.oauth.Authorizer;
import postroom.queue.Claimed.LimitReached;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.ServiceStatus;
import postroom.service.Services;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Closes the gate of a service when the trouble is the service's, and opens it when mail went
/// through.
final class Heed {
    private static final Duration SLOW_DOWN = Duration.ofMinutes(5);

    /// A 5yz that means "not today": Gmail's 550 5.4.5, Exchange's submission quota.
    private static final Duration QUOTA = Duration.ofHours(1);

    private final Services services;
    private final InstantSource clock;

    Heed(Services services, InstantSource clock) {
        this.services = services;
        this.clock = clock;
    }

    /// Closes the gate as the advice says.
    void trouble(
            Service service, Advice advice, Diagnostic diagnostic, Optional<Duration> askedToWait) {
        var state = closed(service, advice);
        var until =
                state == ServiceState.LIMITED
                        ? Optional.of(
                                clock.instant()
                                        .plus(askedToWait.orElseGet(() -> pause(diagnostic))))
                        : Optional.<Instant>empty();
        services.moveTo(
                service.id(),
                state,
                Optional.of(advice.id()),
                Optional.of(diagnostic.text()),
                until);
    }

    /// How the gate of that service closes.
    static ServiceState closed(Service service, Advice advice) {
        return switch (advice.retry()) {
            case SLOW_DOWN -> ServiceState.LIMITED;
            case NEEDS_REAUTHORIZATION ->
                    Authorizer.asksAPerson(service)
                            ? ServiceState.NEEDS_AUTHORIZATION
                            : ServiceState.FAILING;
            case NEEDS_ADMIN, PERMANENT, TRANSIENT -> ServiceState.FAILING;
        };
    }

    /// The owner's own limit is reached: closes the gate until there is room again.
    void reached(Service service, LimitReached limit) {
        services.moveTo(
                service.id(),
                ServiceState.LIMITED,
                Optional.of(ServiceStatus.DAY_IS_FULL),
                Optional.of(
                        limit.limit()
                                + " recipients went through "
                                + service.name()
                                + " within 24 hours: all that its limit allows"),
                Optional.of(limit.until()));
    }

    /// A message went through that was begun at that time: a service that failed before is well
    /// again.
    void well(Service service, Instant begun) {
        var status = services.status(service.id());
        if (status.state() == ServiceState.FAILING && !begun.isBefore(status.since()))
            services.moveTo(
                    service.id(),
                    ServiceState.READY,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
    }

    private static Duration pause(Diagnostic diagnostic) {
        return diagnostic instanceof SmtpReply(_, var reply) && reply.isPermanent()
                ? QUOTA
                : SLOW_DOWN;
    }
}
