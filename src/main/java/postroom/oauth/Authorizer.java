package postroom.oauth;

import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.URLUtils;

import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.OAuthError;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationRequest.Browser;
import postroom.oauth.AuthorizationRequest.Device;
import postroom.oauth.AuthorizationRequests.Taken;
import postroom.secret.Redactor;
import postroom.secret.Secret;
import postroom.service.Authentication.Endpoints;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Service;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Sends a person to the provider and hears what came of it: authorization code with PKCE (RFC
/// 6749, 7636, 9207, 9700), or a code to enter on any device (RFC 8628). Safe for use by many
/// threads.
public final class Authorizer {

    /// Where providers send the browser back, below the base address.
    public static final String CALLBACK = "/oauth2/callback";

    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final Pattern AADSTS = Pattern.compile("AADSTS(\\d{5,8})");
    private static final int LONGEST_ACCOUNT = 320;
    private static final int LONGEST_TEXT = 2_000;

    private final AuthorizationRequests requests;
    private final Review review;
    private final TokenEndpoint endpoint;
    private final DevicePolling devices;
    private final URI redirectUri;

    /// @param baseUrl how browsers reach the console
    public Authorizer(
            AuthorizationRequests requests,
            Review review,
            TokenEndpoint endpoint,
            DevicePolling devices,
            URI baseUrl) {
        this.requests = requests;
        this.review = review;
        this.endpoint = endpoint;
        this.devices = devices;
        this.redirectUri = redirectUri(baseUrl);
    }

    /// Where providers send the browser back to, for that base address.
    public static URI redirectUri(URI baseUrl) {
        return URI.create(baseUrl.toString().replaceFirst("/+$", "") + CALLBACK);
    }

    /// What an owner registers at the provider.
    public URI redirectUri() {
        return redirectUri;
    }

    /// A cookie for a browser that has none yet.
    public static Secret newCookie() {
        return new Secret(AuthorizationRequests.unguessable());
    }

    /// True where a person can sign in for this service. A refresh token that came from elsewhere
    /// was a person's, too, and when it ends this is the way back.
    public static boolean asksAPerson(Service service) {
        return service.authentication() instanceof OAuth2 oauth2
                && switch (oauth2.grant()) {
                    case AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN -> true;
                    case CLIENT_CREDENTIALS, JWT_BEARER -> false;
                };
    }

    /// True where the provider is known to hand out codes for other devices, or may turn out to.
    public static boolean canAskOnDevices(Service service) {
        return asksAPerson(service)
                && service.authentication() instanceof OAuth2 oauth2
                && oauth2.provider() != Provider.GOOGLE
                && (oauth2.endpoints().deviceAuthorization().isPresent()
                        || oauth2.endpoints().issuer().isPresent());
    }

    /// True for what can be the name of an account; it becomes part of an address.
    public static boolean isAccount(String text) {
        return text.length() <= LONGEST_ACCOUNT
                && !text.isBlank()
                && text.chars().noneMatch(Character::isISOControl);
    }

    /// Begins a request that a browser carries to the provider.
    ///
    /// @param account may sign in although it is not the service's login
    /// @param cookie of the browser it is bound to; without, the callback's `state` alone decides
    public Beginning begin(
            Service service, String by, Optional<String> account, Optional<Secret> cookie) {
        if (!(service.authentication() instanceof OAuth2 oauth2) || !asksAPerson(service))
            return new Beginning.NotThisWay(nobodyIsAsked(service));
        return switch (endpoint.endpoints(service, oauth2)) {
            case Discovery.Unknown unknown -> notNow(service, unknown);
            case Discovery.Found(var found) ->
                    found.authorization().isEmpty()
                            ? new Beginning.NotThisWay(
                                    service.name()
                                            + " has no authorization_endpoint; set it, or the"
                                            + " issuer to discover it from.")
                            : begin(service, oauth2, found, by, account, cookie);
        };
    }

    private Beginning begin(
            Service service,
            OAuth2 oauth2,
            Endpoints endpoints,
            String by,
            Optional<String> account,
            Optional<Secret> cookie) {
        var state = new State(32);
        var verifier = new CodeVerifier();
        var nonce = AuthorizationRequests.unguessable();
        var way =
                new Browser(
                        new Secret(verifier.getValue()),
                        nonce,
                        cookie.map(it -> AuthorizationRequests.hash(it.value())));
        var request = request(service, way, account, by, now().plus(LIFETIME));
        var address =
                new com.nimbusds.oauth2.sdk.AuthorizationRequest.Builder(
                                ResponseType.CODE, new ClientID(oauth2.client().clientId()))
                        .endpointURI(endpoints.authorization().orElseThrow())
                        .redirectionURI(redirectUri)
                        .scope(new Scope(scopes(oauth2).toArray(String[]::new)))
                        .state(state)
                        .codeChallenge(verifier, CodeChallengeMethod.S256)
                        .customParameter("nonce", nonce)
                        .customParameter("login_hint", account.orElse(oauth2.login()));
        switch (oauth2.provider()) {
            case MICROSOFT -> address.customParameter("prompt", "select_account");
            // Without both, Google gives a refresh token at the first consent only.
            case GOOGLE ->
                    address.customParameter("access_type", "offline")
                            .customParameter("prompt", "consent");
            case CUSTOM -> {}
        }
        requests.put(request, Optional.of(state.getValue()));
        return new Beginning.InBrowser(address.build().toURI(), request.expires());
    }

    /// Begins a request that a person answers on any device, and asks from then on whether they
    /// did.
    public Beginning beginOnDevice(Service service, String by, Optional<String> account) {
        if (!(service.authentication() instanceof OAuth2 oauth2) || !asksAPerson(service))
            return new Beginning.NotThisWay(nobodyIsAsked(service));
        if (oauth2.provider() == Provider.GOOGLE)
            return new Beginning.NotThisWay(
                    "Google lets nobody grant mail on another device; authorize "
                            + service.name()
                            + " in a browser.");
        return switch (endpoint.endpoints(service, oauth2)) {
            case Discovery.Unknown unknown -> notNow(service, unknown);
            case Discovery.Found(var found) ->
                    found.deviceAuthorization()
                            .map(address -> beginOnDevice(service, oauth2, address, by, account))
                            .orElseGet(() ->
                                    new Beginning.NotThisWay(
                                            service.name()
                                                    + " has no device_authorization_endpoint;"
                                                    + " authorize it in a browser."));
        };
    }

    private Beginning beginOnDevice(
            Service service, OAuth2 oauth2, URI address, String by, Optional<String> account) {
        return switch (endpoint.deviceCode(service, oauth2, address, scopes(oauth2))) {
            case DeviceAnswer.Refused refused ->
                    new Beginning.NotNow(
                            refused.diagnostic(), review.adviceFor(service, refused.diagnostic()));
            case DeviceAnswer.Given given -> {
                var way =
                        new Device(
                                given.deviceCode(),
                                given.userCode(),
                                given.verificationUri(),
                                given.interval());
                var expires = now().plus(given.lifetime());
                var request = request(service, way, account, by, expires);
                requests.put(request, Optional.empty());
                devices.watch(request);
                yield new Beginning.OnDevice(
                        given.userCode(), given.verificationUri(), request.expires());
            }
        };
    }

    /// What came of it, and the ticket of the page that shows it; none where nothing was ours.
    public record Finished(AuthorizationOutcome outcome, Optional<AuthorizationRequest> request) {}

    /// Hears what the provider sent the browser back with.
    ///
    /// @param parameters of the callback's query, decoded once
    /// @param cookie that the browser showed
    /// @param service that it has to be for, where the caller says so
    public Finished finish(
            Map<String, List<String>> parameters, Optional<Secret> cookie, OptionalLong service) {
        for (var name : List.of("state", "code", "error", "iss"))
            if (parameters.getOrDefault(name, List.of()).size() > 1)
                return new Finished(new StaleRequest(Why.UNKNOWN), Optional.empty());
        var state = one(parameters, "state");
        if (state.isEmpty()) return new Finished(new StaleRequest(Why.UNKNOWN), Optional.empty());
        return switch (requests.take(state.get(), cookie, service)) {
            case Taken.Stale(var why) -> new Finished(new StaleRequest(why), Optional.empty());
            // A page that is loaded once more tells the same as the first time.
            case Taken.Over(var request) ->
                    new Finished(request.standing(now()), Optional.of(request));
            case Taken.Ours(var request) -> {
                var outcome = outcome(request, parameters);
                requests.finish(request.id(), outcome);
                yield new Finished(outcome, Optional.of(request));
            }
        };
    }

    /// As [#finish], for the address a browser ended up at, pasted.
    public Finished finishPasted(String address, Optional<Secret> cookie, OptionalLong service) {
        var query = address.strip();
        int mark = query.indexOf('?');
        int fragment = query.indexOf('#', mark + 1);
        query = query.substring(mark + 1, fragment < 0 ? query.length() : fragment);
        return finish(URLUtils.parseParameters(query), cookie, service);
    }

    private AuthorizationOutcome outcome(
            AuthorizationRequest request, Map<String, List<String>> parameters) {
        var service = review.service(request.service());
        if (service.isEmpty()
                || !(service.get().authentication() instanceof OAuth2 oauth2)
                || !(request.way() instanceof Browser browser))
            return new StaleRequest(Why.SETTINGS_CHANGED);
        var issuer = one(parameters, "iss");
        if (issuer.isPresent() && !isExpected(issuer.get(), oauth2))
            return review.refused(
                    service.get(),
                    new Condition(
                            "iss-mismatch", "the answer came from " + forPeople(issuer.get())));
        var error = one(parameters, "error");
        if (error.isPresent()) return review.refused(service.get(), error(error.get(), parameters));
        var code = one(parameters, "code");
        if (code.isEmpty())
            return review.refused(
                    service.get(),
                    new Condition("code-missing", "the answer held neither code nor error"));
        var answer =
                endpoint.redeemed(
                        service.get(), oauth2, code.get(), redirectUri, browser.verifier());
        return review.of(service.get(), request, answer, browser.nonce());
    }

    // RFC 9207. Google names the place its pages are at; Microsoft a place below it, if any.
    private static boolean isExpected(String issuer, OAuth2 oauth2) {
        var endpoints = oauth2.endpoints();
        if (endpoints.issuer().isPresent())
            return endpoints.issuer().get().toString().equals(issuer);
        if (oauth2.provider() == Provider.CUSTOM || endpoints.authorization().isEmpty())
            return true; // nobody told us what to expect
        var origin = endpoints.authorization().get().resolve("/").toString();
        return oauth2.provider() == Provider.GOOGLE
                ? (issuer + "/").equals(origin)
                : issuer.startsWith(origin);
    }

    private static OAuthError error(String error, Map<String, List<String>> parameters) {
        var description = forPeople(one(parameters, "error_description").orElse(""));
        var found = AADSTS.matcher(description);
        return new OAuthError(
                400,
                forPeople(error),
                description,
                found.find() ? List.of(found.group()) : List.of());
    }

    /// The newest request of a service.
    public Optional<AuthorizationRequest> latest(long service) {
        return requests.latest(service);
    }

    public Optional<AuthorizationRequest> byTicket(String ticket) {
        return requests.byTicket(ticket);
    }

    /// What to ask for: the service's OAuth2 scopes, and who signs in, where the provider is known
    /// to tell.
    private static List<String> scopes(OAuth2 oauth2) {
        var scopes = new ArrayList<>(oauth2.endpoints().scopes());
        var identity =
                switch (oauth2.provider()) {
                    case MICROSOFT -> List.of("openid", "email", "profile");
                    case GOOGLE -> List.of("openid", "email");
                    case CUSTOM -> List.<String>of();
                };
        for (var scope : identity) if (!scopes.contains(scope)) scopes.add(scope);
        return scopes;
    }

    private AuthorizationRequest request(
            Service service,
            AuthorizationRequest.Way way,
            Optional<String> account,
            String by,
            Instant expires) {
        return new AuthorizationRequest(
                requests.store().nextId(),
                service.id(),
                way,
                account,
                by,
                now(),
                expires,
                AuthorizationRequests.unguessable(),
                false,
                Optional.empty());
    }

    private Beginning notNow(Service service, Discovery.Unknown unknown) {
        return new Beginning.NotNow(
                unknown.diagnostic(), review.adviceFor(service, unknown.diagnostic()));
    }

    private static String nobodyIsAsked(Service service) {
        return service.name()
                + " gets its access tokens by itself; run a check to see whether it does.";
    }

    /// As the database keeps it.
    private Instant now() {
        return requests.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Optional<String> one(Map<String, List<String>> parameters, String name) {
        return parameters.getOrDefault(name, List.of()).stream()
                .findFirst()
                .filter(text -> !text.isEmpty());
    }

    private static String forPeople(String text) {
        var line = Redactor.masked(text).replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT) + "…";
    }
}
