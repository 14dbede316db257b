package postroom.deliver;

import org.jspecify.annotations.Nullable;

import postroom.mail.Diagnostic;
import postroom.oauth.Authorization.Outline;
import postroom.oauth.Authorizations;
import postroom.oauth.Authorizer;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Renews the authorizations that no mail has used for a day, paused services included: a sign-in
/// that lapsed is noticed within a day, and no refresh token dies of not being used. A refusal is
/// heeded as it is when real mail meets it, and noted where the service is paused; a provider that
/// does not answer changes nothing. Then it signs in at the mail server, where that is of use.
public final class IdleRenewal {

    private static final Duration IDLE = Duration.ofDays(1);
    private static final Duration TRY_AGAIN = Duration.ofHours(1);
    private static final int MOST_AT_ONCE = 5;

    private final Services services;
    private final Authorizations authorizations;
    private final SignIns signIns;
    private final MailServerSignIn mailServer;
    private final Judge judge;
    private final Heed heed;
    private final InstantSource clock;
    private final Map<Long, Instant> tried = new HashMap<>();
    private final Map<Long, Instant> closed = new HashMap<>();

    public IdleRenewal(
            Services services,
            Authorizations authorizations,
            SignIns signIns,
            MailServerSignIn mailServer,
            Judge judge,
            InstantSource clock) {
        this.services = services;
        this.authorizations = authorizations;
        this.signIns = signIns;
        this.mailServer = mailServer;
        this.judge = judge;
        this.heed = new Heed(services, clock);
        this.clock = clock;
    }

    /// A service that is due.
    ///
    /// @param since it has been idle since then
    /// @param lastUse of its tokens; empty where it has a refresh token nobody has used yet
    private record Due(Service service, Instant since, Optional<Instant> lastUse) {}

    /// One round: a few of them, the longest idle first. Says how many were tried.
    public synchronized int renew() {
        var outlines = authorizations.outlines();
        var due =
                services.all().stream()
                        .flatMap(service -> due(service, outlines).stream())
                        .sorted(Comparator.comparing(Due::since))
                        .limit(MOST_AT_ONCE)
                        .toList();
        for (var one : due) {
            tried.put(one.service().id(), clock.instant());
            renew(one);
        }
        return due.size();
    }

    private Optional<Due> due(Service service, Map<Long, Outline> outlines) {
        if (!(service.authentication() instanceof OAuth2 oauth2)) return Optional.empty();
        var lastUse = lastUse(service, outlines);
        if (lastUse.isEmpty() && oauth2.grant() != Grant.REFRESH_TOKEN) return Optional.empty();
        var now = clock.instant();
        @Nullable Instant last = tried.get(service.id());
        if (last != null && last.isAfter(now.minus(TRY_AGAIN))) return Optional.empty();
        var status = services.status(service.id());
        var since = lastUse.orElse(status.since());
        boolean canHelp =
                switch (status.state()) {
                    case DRAFT, NEEDS_AUTHORIZATION -> false;
                    case PAUSED -> status.reason().isEmpty() || !Authorizer.asksAPerson(service);
                    case READY, LIMITED, FAILING -> true;
                };
        return canHelp && !since.isAfter(now.minus(IDLE))
                ? Optional.of(new Due(service, since, lastUse))
                : Optional.empty();
    }

    private void renew(Due due) {
        var service = due.service();
        switch (fresh(due)) {
            case SignIn.Bearer _ -> signInThere(service);
            case SignIn.NotAuthorized(var diagnostic) -> {
                if (isStillThere(due)) close(service, diagnostic);
            }
            case SignIn.NotNow _ -> {} // later
            case SignIn.Anonymous _, SignIn.Password _ -> {} // changed a moment ago
        }
    }

    private void signInThere(Service service) {
        boolean goesAtMail =
                switch (services.status(service.id()).state()) {
                    case READY, FAILING -> true;
                    case DRAFT, NEEDS_AUTHORIZATION, LIMITED, PAUSED -> false;
                };
        var refusal = goesAtMail ? mailServer.refusal(service) : Optional.<Diagnostic>empty();
        if (refusal.isEmpty()) well(service);
        else if (services.byId(service.id()).filter(service::equals).isPresent())
            close(service, refusal.get());
    }

    private void close(Service service, Diagnostic diagnostic) {
        var advice = judge.adviceFor(service.provider(), diagnostic);
        heed.trouble(service, advice, diagnostic, Optional.empty());
        services.note(service.id(), Optional.of(advice.id()), Optional.of(diagnostic.text()));
        closed.put(service.id(), services.status(service.id()).since());
    }

    /// An access token that lives for days is renewed all the same.
    private SignIn fresh(Due due) {
        var signIn = signIns.signInFor(due.service());
        return signIn instanceof SignIn.Bearer bearer && isUnused(due)
                ? signIns.renewedFor(due.service(), bearer)
                : signIn;
    }

    // Somebody may have authorized it anew, changed or deleted it while we asked.
    private boolean isStillThere(Due due) {
        return isUnused(due)
                && services.byId(due.service().id()).filter(due.service()::equals).isPresent();
    }

    private boolean isUnused(Due due) {
        return lastUse(due.service(), authorizations.outlines()).equals(due.lastUse());
    }

    private static Optional<Instant> lastUse(Service service, Map<Long, Outline> outlines) {
        return Optional.ofNullable(outlines.get(service.id()))
                .filter(Outline::hasTokens)
                .map(Outline::lastUse);
    }

    /// What failed for want of a token, and for nothing else, is well again.
    private void well(Service service) {
        @Nullable Instant since = closed.remove(service.id());
        var status = services.status(service.id());
        if (since != null && status.state() == ServiceState.FAILING && status.since().equals(since))
            heed.well(service, clock.instant());
        if (status.state() == ServiceState.PAUSED && status.reason().isPresent())
            services.note(service.id(), Optional.empty(), Optional.empty());
    }
}
