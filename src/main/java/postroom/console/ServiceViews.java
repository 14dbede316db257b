package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.oauth.Authorizer;
import postroom.queue.Queue;
import postroom.service.Authentication;
import postroom.service.RealValues;
import postroom.service.SecretEnd;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.service.SmtpSettings.Tls;

import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/// Services as pages show them.
final class ServiceViews {

    private static final int SOON = 60;

    private final Services services;
    private final Catalog catalog;
    private final Queue queue;
    private final InstantSource clock;
    private final URI baseUrl;

    ServiceViews(
            Services services, Catalog catalog, Queue queue, InstantSource clock, URI baseUrl) {
        this.services = services;
        this.catalog = catalog;
        this.queue = queue;
        this.clock = clock;
        this.baseUrl = baseUrl;
    }

    /// @param reason what the trouble means, where there is any
    /// @param detail what the far side said, verbatim
    /// @param canTryAgain its mail may leave if somebody opens the gate; where it needs
    ///   authorization nothing would
    /// @param warnings what will not work, or not for long
    /// @param secretEnd of the client secret or certificate, in words
    /// @param asksAPerson somebody signs in at the provider for it
    record View(
            String id,
            String name,
            Mark mark,
            Moment since,
            @Nullable Moment until,
            String way,
            String from,
            boolean isPlainText,
            long waiting,
            @Nullable Moment waitingSince,
            @Nullable Advice reason,
            @Nullable String detail,
            boolean isPaused,
            boolean isTrouble,
            boolean canTryAgain,
            List<Advice> warnings,
            @Nullable String secretEnd,
            boolean endsSoon,
            boolean asksAPerson) {}

    List<View> all() {
        return services.all().stream().map(this::view).toList();
    }

    View view(Service service) {
        var now = clock.instant();
        var status = services.status(service.id());
        var waiting = queue.waiting(service.id());
        var state = status.state();
        var end = SecretEnd.of(service);
        return new View(
                Long.toString(service.id()),
                service.name(),
                Mark.of(state),
                Moment.of(status.since(), now),
                status.until().map(until -> Moment.of(until, now)).orElse(null),
                way(service),
                service.from().address().toString(),
                service.smtp().tls() == Tls.NONE,
                waiting.recipients(),
                waiting.oldest().map(oldest -> Moment.of(oldest, now)).orElse(null),
                status.reason()
                        .flatMap(catalog::byId)
                        .map(advice -> advice.with(RealValues.of(service, baseUrl)))
                        .orElse(null),
                status.detail().orElse(null),
                state == ServiceState.PAUSED,
                state == ServiceState.NEEDS_AUTHORIZATION || state == ServiceState.FAILING,
                state == ServiceState.FAILING,
                services.warnings(service),
                end.map(it -> words(it, it.daysLeft(now))).orElse(null),
                end.filter(it -> it.daysLeft(now) <= SOON).isPresent(),
                Authorizer.asksAPerson(service));
    }

    private static String words(SecretEnd end, long days) {
        var what = end.what().replace('_', ' ');
        if (days < 0) return "The " + what + " ended on " + end.day();
        if (days == 0) return "The " + what + " ends today";
        return "The "
                + what
                + " ends in "
                + days
                + (days == 1 ? " day" : " days")
                + ", on "
                + end.day();
    }

    private static String way(Service service) {
        var host = service.smtp().host() + ":" + service.smtp().port();
        var signIn =
                switch (service.authentication()) {
                    case Authentication.None() -> "no authentication";
                    case Authentication.Basic basic -> "basic as " + basic.username();
                    case Authentication.OAuth2 oauth2 -> "OAuth2 as " + oauth2.login();
                };
        return switch (service.transport()) {
            case SMTP -> "SMTP " + host + " · " + signIn;
            case GRAPH, GMAIL ->
                    service.transport().name().toLowerCase(Locale.ROOT) + " API · " + signIn;
        };
    }
}
