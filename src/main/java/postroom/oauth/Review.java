package postroom.oauth;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.OAuthError;
import postroom.oauth.AuthorizationOutcome.Authorized;
import postroom.oauth.AuthorizationOutcome.Declined;
import postroom.oauth.AuthorizationOutcome.MissingScopes;
import postroom.oauth.AuthorizationOutcome.NoRefreshToken;
import postroom.oauth.AuthorizationOutcome.Refused;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Unreachable;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationOutcome.WrongAccount;
import postroom.oauth.TokenAnswer.Granted;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Service;
import postroom.service.Service.TransportKind;
import postroom.service.Services;

import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Looks at what a provider granted before anything of it is kept: the person we expected, all
/// OAuth2 scopes, something to renew with. Then keeps it and opens the gate.
public final class Review {

    /// They tell who signed in and let us renew; no mail depends on their being listed.
    private static final Set<String> NOT_ABOUT_MAIL =
            Set.of(
                    "openid",
                    "profile",
                    "email",
                    "offline_access",
                    "https://www.googleapis.com/auth/userinfo.email",
                    "https://www.googleapis.com/auth/userinfo.profile");

    private final Services services;
    private final AuthorizationRequests requests;
    private final Authorizations authorizations;
    private final Catalog catalog;
    private final InstantSource clock;

    public Review(
            Services services,
            AuthorizationRequests requests,
            Authorizations authorizations,
            Catalog catalog,
            InstantSource clock) {
        this.services = services;
        this.requests = requests;
        this.authorizations = authorizations;
        this.catalog = catalog;
        this.clock = clock;
    }

    /// @param nonce empty where none was sent
    AuthorizationOutcome of(
            Service service, AuthorizationRequest request, TokenAnswer answer, String nonce) {
        return switch (answer) {
            case Granted granted -> granted(service, request, granted, nonce);
            case TokenAnswer.Refused refused -> refused(service, refused.error());
            case TokenAnswer.NotNow notNow -> new Unreachable(notNow.diagnostic());
        };
    }

    /// A provider said no: the person, a moment's trouble, or for good.
    AuthorizationOutcome refused(Service service, Diagnostic diagnostic) {
        if (diagnostic instanceof OAuthError error && isThePersonsNo(error))
            return new Declined(diagnostic);
        var advice = adviceFor(service, diagnostic);
        boolean passes =
                advice.retry() == Advice.Retry.TRANSIENT
                        || advice.retry() == Advice.Retry.SLOW_DOWN;
        return passes && !advice.isUnknown()
                ? new Unreachable(diagnostic)
                : new Refused(diagnostic, advice);
    }

    Advice adviceFor(Service service, Diagnostic diagnostic) {
        return catalog.adviceFor(service.provider(), diagnostic);
    }

    // Microsoft says access_denied for its own no, too, with another number.
    private static boolean isThePersonsNo(OAuthError error) {
        return switch (error.error()) {
            case "authorization_declined" -> true;
            case "access_denied" ->
                    error.providerCodes().isEmpty()
                            || error.providerCodes().contains("AADSTS65004");
            default -> false;
        };
    }

    private AuthorizationOutcome granted(
            Service service, AuthorizationRequest request, Granted granted, String nonce) {
        if (!(service.authentication() instanceof OAuth2 oauth2))
            return new StaleRequest(Why.SETTINGS_CHANGED);
        var who = WhoSignedIn.of(granted, oauth2.client().clientId(), nonce);
        if (!who.isForUs())
            return refused(
                    service,
                    new Condition(
                            "state-mismatch", "the ID token belongs to another request or client"));
        if (!who.maybe(oauth2.login()) && request.account().filter(who::maybe).isEmpty())
            return new WrongAccount(who.account().orElse(""), oauth2.login());
        var scopes = granted.scopes().isEmpty() ? oauth2.endpoints().scopes() : granted.scopes();
        var missing = without(oauth2.endpoints().scopes(), scopes);
        if (!missing.isEmpty()) return new MissingScopes(missing, scopes);
        // Its access tokens tell nobody's name; `openid email` was asked for nothing else.
        if (oauth2.provider() == Provider.GOOGLE && who.account().isEmpty())
            return new MissingScopes(List.of("openid", "email"), scopes);
        if (granted.refreshToken().isEmpty()) return new NoRefreshToken(who.account());
        var audience = Claims.of(granted.accessToken()).audience();
        if (service.transport() == TransportKind.SMTP
                && audience.filter(Audience::isGraph).isPresent())
            return refused(
                    service,
                    new Condition("audience-wrong", "the access token is for " + audience.get()));
        var unneeded = unneeded(scopes, oauth2);
        var outcome =
                new Authorized(
                        who.account(),
                        scopes,
                        unneeded,
                        audience,
                        who.tenant(),
                        clock.instant().plus(granted.lifetime()));
        return kept(service, request, granted, outcome);
    }

    private AuthorizationOutcome kept(
            Service service, AuthorizationRequest request, Granted granted, Authorized outcome) {
        boolean kept =
                services.authorized(
                        service,
                        request.by(),
                        tx -> {
                            authorizations.authorize(
                                    tx, service.id(), granted, outcome, request.by());
                            return requests.finish(tx, request.id(), outcome);
                        });
        return kept ? outcome : new StaleRequest(Why.SETTINGS_CHANGED);
    }

    /// Those OAuth2 scopes that were granted and that sending does not need.
    public static List<String> unneeded(List<String> granted, OAuth2 oauth2) {
        return without(granted, oauth2.endpoints().scopes());
    }

    /// Those of `some` that `others` does not hold, as far as they are about mail.
    private static List<String> without(List<String> some, List<String> others) {
        var known = others.stream().map(Review::plain).toList();
        return some.stream()
                .filter(scope -> !NOT_ABOUT_MAIL.contains(plain(scope)))
                .filter(scope -> !plain(scope).endsWith("/.default"))
                .filter(scope -> !known.contains(plain(scope)))
                .toList();
    }

    // Microsoft answers in the letters it likes, with either name of its mail servers.
    private static String plain(String scope) {
        return scope.toLowerCase(Locale.ROOT)
                .replace("https://outlook.office365.com/", "https://outlook.office.com/");
    }

    /// The service, if it is still there and signs in with OAuth2.
    Optional<Service> service(long id) {
        return services.byId(id).filter(it -> it.authentication() instanceof OAuth2);
    }
}
