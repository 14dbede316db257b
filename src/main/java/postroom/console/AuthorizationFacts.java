package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.oauth.Authorization;
import postroom.oauth.Authorizations;
import postroom.oauth.Authorizer;
import postroom.oauth.Review;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Who let a service send, as its page shows it; never a token.
final class AuthorizationFacts {

    private final Authorizations authorizations;
    private final InstantSource clock;
    private final URI redirectUri;

    AuthorizationFacts(Authorizations authorizations, InstantSource clock, URI baseUrl) {
        this.authorizations = authorizations;
        this.clock = clock;
        this.redirectUri = Authorizer.redirectUri(baseUrl);
    }

    /// @param unneeded of the scopes, what sending does not need
    /// @param ends when the provider said it would, where it said so
    record View(
            boolean isAuthorized,
            String account,
            List<String> scopes,
            List<String> unneeded,
            @Nullable Moment since,
            @Nullable Moment renewed,
            @Nullable Moment ends,
            String redirectUri) {}

    /// Empty where nobody is asked.
    Optional<View> of(Service service) {
        if (!(service.authentication() instanceof OAuth2 oauth2)
                || !Authorizer.asksAPerson(service)) return Optional.empty();
        return Optional.of(
                authorizations
                        .find(service.id())
                        .filter(it -> it.refreshToken().isPresent())
                        .map(it -> view(it, oauth2))
                        .orElseGet(this::nobody));
    }

    private View view(Authorization it, OAuth2 oauth2) {
        return new View(
                true,
                it.account().orElse(""),
                it.scopes(),
                Review.unneeded(it.scopes(), oauth2),
                moment(it.authorizedAt()),
                it.renewedAt().map(this::moment).orElse(null),
                it.refreshTokenExpires().map(this::moment).orElse(null),
                redirectUri.toString());
    }

    private View nobody() {
        return new View(false, "", List.of(), List.of(), null, null, null, redirectUri.toString());
    }

    private Moment moment(Instant at) {
        return Moment.of(at, clock.instant());
    }
}
