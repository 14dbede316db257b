package postroom.alert;

import org.jspecify.annotations.Nullable;

import postroom.alert.Trouble.AuthorizationEnds;
import postroom.alert.Trouble.CannotResume;
import postroom.alert.Trouble.Failing;
import postroom.alert.Trouble.MailWaits;
import postroom.alert.Trouble.NeedsAuthorization;
import postroom.alert.Trouble.ReviewIsDue;
import postroom.alert.Trouble.SecretEnds;
import postroom.alert.Trouble.WayEnds;
import postroom.oauth.Authorization.Outline;
import postroom.oauth.Authorizations;
import postroom.oauth.Review;
import postroom.queue.Queue;
import postroom.service.Authentication.OAuth2;
import postroom.service.CutOff;
import postroom.service.Presets;
import postroom.service.SecretEnd;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.ServiceStatus;
import postroom.service.Services;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Sees what is wrong, or will be. Changes nothing.
final class Lookout {

    /// The first probes of a service that fails for a moment are over by then.
    private static final Duration A_MOMENT = Duration.ofMinutes(5);

    /// What has been due that long is not just on its way.
    private static final Duration DUE = Duration.ofMinutes(2);

    private static final int[] DAYS_AHEAD = {1, 7, 14, 30, 60};
    private static final Duration REVIEW_EVERY = Duration.ofDays(180);
    private static final Duration REVIEW_STANDS = Duration.ofDays(14);

    private final Services services;
    private final Queue queue;
    private final Authorizations authorizations;
    private final Presets presets;
    private final Duration waiting;
    private final InstantSource clock;

    /// @param waiting mail that waits longer is trouble
    Lookout(
            Services services,
            Queue queue,
            Authorizations authorizations,
            Presets presets,
            Duration waiting,
            InstantSource clock) {
        this.services = services;
        this.queue = queue;
        this.authorizations = authorizations;
        this.presets = presets;
        this.waiting = waiting;
        this.clock = clock;
    }

    List<Trouble> all() {
        var now = clock.instant();
        var outlines = authorizations.outlines();
        var found = new ArrayList<Trouble>();
        for (var service : services.all()) {
            var status = services.status(service.id());
            @Nullable Outline outline = outlines.get(service.id());
            closed(service, status, now).ifPresent(found::add);
            stuck(service, status, now).ifPresent(found::add);
            secretEnds(service, now).ifPresent(found::add);
            wayEnds(service, now).ifPresent(found::add);
            if (outline == null) continue;
            authorizationEnds(service, outline, now).ifPresent(found::add);
            reviewIsDue(service, outline, now).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<Trouble> closed(Service service, ServiceStatus status, Instant now) {
        return switch (status.state()) {
            // A new service that nobody has authorized yet was never open and has no reason.
            case NEEDS_AUTHORIZATION ->
                    status.reason().isPresent() || !status.closedTotal().isZero()
                            ? Optional.of(new NeedsAuthorization(service, status))
                            : Optional.empty();
            case FAILING ->
                    status.since().isAfter(now.minus(A_MOMENT))
                            ? Optional.empty()
                            : Optional.of(new Failing(service, status));
            case PAUSED ->
                    status.reason().isPresent()
                            ? Optional.of(new CannotResume(service, status))
                            : Optional.empty();
            case DRAFT, READY, LIMITED -> Optional.empty();
        };
    }

    // Where a gate has just opened, what waited behind it is on its way. A service that is asked to
    // slow down again and again opens each time for a moment.
    private Optional<Trouble> stuck(Service service, ServiceStatus status, Instant now) {
        var latest = now.minus(waiting);
        if (status.state() != ServiceState.LIMITED && status.since().isAfter(latest))
            return Optional.empty();
        return queue.stuckSince(service.id(), latest, now.minus(DUE))
                .map(since -> new MailWaits(service, since, waiting));
    }

    private static Optional<Trouble> secretEnds(Service service, Instant now) {
        return SecretEnd.of(service)
                .flatMap(end ->
                        ahead(end.daysLeft(now))
                                .map(ahead -> new SecretEnds(service, end, ahead, now)));
    }

    /// The next one only; one that is past counts until the service signs in another way.
    private Optional<Trouble> wayEnds(Service service, Instant now) {
        return presets.cutOffs(service).stream()
                .min(
                        Comparator.<CutOff, Boolean>comparing(it -> it.daysLeft(now) < 0)
                                .thenComparing(it -> Math.abs(it.daysLeft(now))))
                .flatMap(it ->
                        ahead(it.daysLeft(now)).map(ahead -> new WayEnds(service, it, ahead, now)));
    }

    private static Optional<Integer> ahead(long daysLeft) {
        for (int days : DAYS_AHEAD) if (daysLeft <= days) return Optional.of(days);
        return Optional.empty();
    }

    /// A week ahead where it lives for more than two, and a day ahead; half of its life where that
    /// is shorter.
    private static Optional<Trouble> authorizationEnds(
            Service service, Outline outline, Instant now) {
        return outline.refreshTokenExpires()
                .flatMap(end -> {
                    var life = Duration.between(outline.authorizedAt(), end);
                    var last = shorter(Duration.ofDays(1), life.dividedBy(2));
                    var left = Duration.between(now, end);
                    if (left.compareTo(last) <= 0)
                        return Optional.of(new AuthorizationEnds(service, end, 1, now));
                    return life.toDays() > 14 && left.compareTo(Duration.ofDays(7)) <= 0
                            ? Optional.of(new AuthorizationEnds(service, end, 7, now))
                            : Optional.empty();
                });
    }

    private static Optional<Trouble> reviewIsDue(Service service, Outline outline, Instant now) {
        if (!outline.hasTokens() || !(service.authentication() instanceof OAuth2 oauth2))
            return Optional.empty();
        boolean byAPerson =
                switch (oauth2.grant()) {
                    case AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN -> true;
                    case CLIENT_CREDENTIALS, JWT_BEARER -> false;
                };
        if (!byAPerson) return Optional.empty();
        var age = Duration.between(outline.authorizedAt(), now);
        var times = age.isNegative() ? 0 : age.dividedBy(REVIEW_EVERY);
        if (times == 0) return Optional.empty();
        var due = outline.authorizedAt().plus(REVIEW_EVERY.multipliedBy(times));
        if (now.isAfter(due.plus(REVIEW_STANDS))) return Optional.empty();
        return Optional.of(
                new ReviewIsDue(
                        service,
                        outline.authorizedAt(),
                        outline.scopes(),
                        Review.unneeded(outline.scopes(), oauth2),
                        due));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
