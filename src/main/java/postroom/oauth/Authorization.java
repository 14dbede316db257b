package postroom.oauth;

import postroom.secret.Secret;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The stored fact that somebody let us send. Its tokens print as `‹sealed›`.
///
/// @param accessToken with its end; absent before the first one came
/// @param refreshToken the newest one
/// @param scopes the OAuth2 scopes granted
/// @param account who signed in, `audience` what for, `tenant` where: read from the access token,
///   where it tells
/// @param renewedAt when the access token came
public record Authorization(
        long service,
        Optional<AccessToken> accessToken,
        Optional<Secret> refreshToken,
        List<String> scopes,
        Optional<String> account,
        Optional<String> audience,
        Optional<String> tenant,
        Instant authorizedAt,
        Optional<Instant> renewedAt) {

    public Authorization {
        scopes = List.copyOf(scopes);
    }

    /// @param since when it came
    public record AccessToken(Secret value, Instant since, Instant expires) {}
}
