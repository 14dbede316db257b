package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.oauth.Authorization;
import postroom.oauth.Authorizations;
import postroom.oauth.Authorizer;
import postroom.oauth.Beginning;
import postroom.oauth.Revocation;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Who let a service send: beginning, finishing, looking and revoking. Never a token.
@RestController
@Tag(name = "Services")
class AuthorizationCalls {

    private static final int LONGEST_ADDRESS = 16_000;

    private final Services services;
    private final Authorizations authorizations;
    private final Authorizer authorizer;
    private final Revocation revocation;
    private final InstantSource clock;

    AuthorizationCalls(
            Services services,
            Authorizations authorizations,
            Authorizer authorizer,
            Revocation revocation,
            InstantSource clock) {
        this.services = services;
        this.authorizations = authorizations;
        this.authorizer = authorizer;
        this.revocation = revocation;
        this.clock = clock;
    }

    /// @param method `browser` or `device`; absent: as the service's grant says
    /// @param account may sign in although it is not the service's login
    record AuthorizeCall(@Nullable String method, @Nullable String account) {}

    /// With `authorization_url` for a browser; with `user_code` and `verification_uri` for a
    /// device.
    record BegunJson(
            @Nullable URI authorizationUrl,
            @Nullable String userCode,
            @Nullable URI verificationUri,
            Instant expiresAt) {}

    record CallbackCall(@Nullable String url) {}

    /// @param told whether the provider forgot, too
    record RevokedJson(boolean told, String detail, @Nullable String diagnostic) {}

    @GetMapping("/v1/services/{id}/authorization")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(
            summary = "Account, OAuth2 scopes, expiry, last renewal, and how the last request went",
            description = "Never a token.")
    AuthorizationJson show(@PathVariable("id") String id) {
        var service = oauth2(id);
        var request =
                authorizer
                        .latest(service.id())
                        .map(it -> AuthorizationJson.Request.of(it, service, clock.instant()))
                        .orElse(null);
        // While it is renewed for the first time there is a row without tokens.
        return authorizations
                .find(service.id())
                .filter(it -> it.accessToken().isPresent() || it.refreshToken().isPresent())
                .map(it -> shown(it, request))
                .orElseGet(() ->
                        new AuthorizationJson(
                                false,
                                null,
                                List.of(),
                                null,
                                null,
                                null,
                                false,
                                null,
                                null,
                                null,
                                authorizer.redirectUri(),
                                request));
    }

    private AuthorizationJson shown(
            Authorization authorization, AuthorizationJson.@Nullable Request request) {
        return new AuthorizationJson(
                true,
                authorization.account().orElse(null),
                authorization.scopes(),
                authorization.audience().orElse(null),
                authorization.tenant().orElse(null),
                authorization.accessToken().map(Authorization.AccessToken::expires).orElse(null),
                authorization.refreshToken().isPresent(),
                authorization.authorizedAt(),
                authorization.renewedAt().orElse(null),
                authorization.refreshTokenExpires().orElse(null),
                authorizer.redirectUri(),
                request);
    }

    @PostMapping("/v1/services/{id}/authorize")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Begin an authorization",
            description =
                    "Gives the address where a person lets Postroom send, or with method device a"
                            + " code to enter on any device.")
    BegunJson authorize(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestBody(required = false) @Nullable AuthorizeCall call) {
        var service = oauth2(id);
        var account = account(Optional.ofNullable(call == null ? null : call.account()));
        var beginning =
                onDevice(service, Optional.ofNullable(call == null ? null : call.method()))
                        ? authorizer.beginOnDevice(service, visitor.name(), account)
                        : authorizer.begin(service, visitor.name(), account, Optional.empty());
        return switch (beginning) {
            case Beginning.InBrowser(var address, var expires) ->
                    new BegunJson(address, null, null, expires);
            case Beginning.OnDevice(var code, var address, var expires) ->
                    new BegunJson(null, code, address, expires);
            case Beginning.NotThisWay(var why) -> throw new Problem(409, "Not this way", why);
            case Beginning.NotNow notNow ->
                    throw new Problem(502, notNow.advice().title(), notNow.words());
        };
    }

    private static Optional<String> account(Optional<String> given) {
        if (given.isPresent() && !Authorizer.isAccount(given.get()))
            throw Problem.unusable(
                    "account",
                    "The account is the address that signs in, such as ada@example.com.");
        return given.map(String::strip);
    }

    private static boolean onDevice(Service service, Optional<String> method) {
        if (method.isEmpty())
            return service.authentication() instanceof OAuth2 oauth2
                    && oauth2.grant() == Grant.DEVICE_CODE;
        return switch (method.get()) {
            case "device" -> true;
            case "browser" -> false;
            default -> throw Problem.unusable("method", "method is browser or device.");
        };
    }

    @PostMapping("/v1/services/{id}/authorize/callback")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Finish an authorization with the address the browser ended up at",
            description = "For machines without an address that browsers can reach.")
    AuthorizationJson.Outcome finish(
            @PathVariable("id") String id, @RequestBody CallbackCall call) {
        var service = oauth2(id);
        var url = call.url() == null ? "" : call.url();
        if (url.length() > LONGEST_ADDRESS || !url.contains("state="))
            throw Problem.unusable(
                    "url",
                    "url is the whole address the browser ended up at; it begins with "
                            + authorizer.redirectUri()
                            + "?");
        var finished =
                authorizer.finishPasted(url, Optional.empty(), OptionalLong.of(service.id()));
        return AuthorizationJson.Outcome.of(finished.outcome(), service);
    }

    @PostMapping("/v1/services/{id}/revoke")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "End the authorization",
            description =
                    "Tells the provider to forget, where it can be told, and forgets the tokens.")
    RevokedJson revoke(Visitor visitor, @PathVariable("id") String id) {
        var service = oauth2(id);
        if (service.authentication() instanceof OAuth2 oauth2 && !isAPersons(oauth2.grant()))
            throw new Problem(
                    409,
                    "Nothing to revoke",
                    service.name()
                            + " gets its access tokens by itself; take its permissions away at the"
                            + " provider, or pause it.");
        var revoked = revocation.run(service, visitor.name());
        return new RevokedJson(
                revoked.told(),
                revoked.detail(),
                revoked.diagnostic().map(postroom.mail.Diagnostic::text).orElse(null));
    }

    private static boolean isAPersons(Grant grant) {
        return switch (grant) {
            case AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN -> true;
            case CLIENT_CREDENTIALS, JWT_BEARER -> false;
        };
    }

    private Service oauth2(String id) {
        var service = Asked.service(services, id);
        if (service.authentication() instanceof OAuth2) return service;
        throw new Problem(
                409,
                "Nothing to authorize",
                service.name() + " does not sign in with OAuth2; there is nothing to authorize.");
    }
}
