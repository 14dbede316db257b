package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Store;
import postroom.web.Allowed;
import postroom.web.Problem;

import java.time.Instant;
import java.util.List;

/// What a service was authorized for. Never a token.
@RestController
@Tag(name = "Services")
class AuthorizationCalls {

    private final Services services;
    private final Store store;

    AuthorizationCalls(Services services, Store store) {
        this.services = services;
        this.store = store;
    }

    /// @param scopes OAuth2 scopes that were granted
    record AuthorizationJson(
            @Nullable String account,
            List<String> scopes,
            @Nullable String audience,
            @Nullable String tenant,
            @Nullable Instant accessTokenExpires,
            boolean hasRefreshToken,
            Instant authorizedAt,
            @Nullable Instant renewedAt) {}

    @GetMapping("/v1/services/{id}/authorization")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "Account, OAuth2 scopes, expiry and last renewal; never a token")
    AuthorizationJson show(@PathVariable("id") String id) {
        var service = oauth2(id);
        return store.read(tx ->
                        tx.first(
                                """
                                select account, scopes, audience, tenant, access_expires,
                                  refresh_token is not null as renewable, authorized_at, renewed_at
                                from authorization_ where service_id = ?
                                """,
                                row ->
                                        new AuthorizationJson(
                                                row.maybeString("account").orElse(null),
                                                words(row.string("scopes")),
                                                row.maybeString("audience").orElse(null),
                                                row.maybeString("tenant").orElse(null),
                                                row.maybeTime("access_expires").orElse(null),
                                                row.flag("renewable"),
                                                row.time("authorized_at"),
                                                row.maybeTime("renewed_at").orElse(null)),
                                service.id()))
                .orElseThrow(() ->
                        Problem.notFound("Nobody has authorized " + service.name() + " yet."));
    }

    @PostMapping("/v1/services/{id}/authorize")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(summary = "Begin an authorization; not built yet")
    void authorize(@PathVariable("id") String id) {
        var service = oauth2(id);
        var grant = ((OAuth2) service.authentication()).grant();
        if (grant != Grant.AUTHORIZATION_CODE && grant != Grant.DEVICE_CODE)
            throw new Problem(
                    409,
                    "Nobody has to authorize this service",
                    service.name()
                            + " gets its access tokens by itself; run a check to see whether it"
                            + " does.");
        throw new Problem(
                501,
                "Not built yet",
                service.name()
                        + " needs a person to sign in at the provider, and this version of Postroom"
                        + " cannot begin that yet. Services with the grants client_credentials,"
                        + " refresh_token work without it.");
    }

    private Service oauth2(String id) {
        var service = Asked.service(services, id);
        if (service.authentication() instanceof OAuth2) return service;
        throw new Problem(
                409,
                "Nothing to authorize",
                service.name() + " does not sign in with OAuth2; there is nothing to authorize.");
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
