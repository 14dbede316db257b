package postroom.oauth;

import org.jspecify.annotations.Nullable;

import postroom.oauth.TokenAnswer.Granted;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.Endpoints;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What a provider gives for settings that are not stored yet and share no authorization with those
/// that are. Nothing of it is kept until the settings are; a refresh token that was rotated
/// meanwhile is remembered for the next try with the one it came from.
public final class FirstGrant {

    private final Authorizations authorizations;
    private final TokenEndpoint endpoint;
    private final Vault vault;
    private final InstantSource clock;
    private final Map<Long, Rotated> rotated = new ConcurrentHashMap<>();

    public FirstGrant(
            Authorizations authorizations,
            TokenEndpoint endpoint,
            Vault vault,
            InstantSource clock) {
        this.authorizations = authorizations;
        this.endpoint = endpoint;
        this.vault = vault;
        this.clock = clock;
    }

    /// @param from the refresh token in the settings, and the provider it was shown to
    private record Rotated(Endpoints endpoints, Secret from, Secret to) {}

    /// @param at when it was asked for
    /// @param shown the refresh token that was shown for it
    record Tried(TokenAnswer answer, Instant at, Optional<Secret> shown) {}

    /// Empty where a person has to be asked.
    Optional<Tried> ask(Service service, OAuth2 oauth2) {
        var refreshToken = oauth2.refreshToken().map(sealed -> opened(service, sealed));
        var shown = refreshToken.map(given -> newest(service, oauth2, given));
        var answer =
                switch (oauth2.grant()) {
                    case CLIENT_CREDENTIALS ->
                            Optional.of(endpoint.grantedToClient(service, oauth2));
                    case JWT_BEARER -> Optional.of(endpoint.delegated(service, oauth2));
                    case REFRESH_TOKEN ->
                            shown.map(token -> endpoint.renewed(service, oauth2, token));
                    case AUTHORIZATION_CODE, DEVICE_CODE -> Optional.<TokenAnswer>empty();
                };
        if (refreshToken.isPresent()
                && answer.isPresent()
                && answer.get() instanceof Granted granted
                && granted.refreshToken().isPresent())
            rotated.put(
                    service.id(),
                    new Rotated(
                            oauth2.endpoints(), refreshToken.get(), granted.refreshToken().get()));
        return answer.map(it -> new Tried(it, clock.instant(), shown));
    }

    /// As part of the caller's transaction.
    void keep(Tx tx, long service, Granted granted, Tried tried) throws SQLException {
        authorizations.begin(
                tx, service, granted, tried.at().plus(granted.lifetime()), tried.shown());
    }

    /// It is written down now.
    void forget(long service) {
        rotated.remove(service);
    }

    private Secret newest(Service service, OAuth2 oauth2, Secret given) {
        @Nullable Rotated last = rotated.get(service.id());
        return last != null
                        && last.from().equals(given)
                        && last.endpoints().equals(oauth2.endpoints())
                ? last.to()
                : given;
    }

    private Secret opened(Service service, Sealed sealed) {
        return vault.open(sealed, service.secretContext("refresh_token"));
    }
}
