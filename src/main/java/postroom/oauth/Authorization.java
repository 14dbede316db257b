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
/// @param refreshTokenExpires where the provider told so
public record Authorization(
        long service,
        Optional<AccessToken> accessToken,
        Optional<Secret> refreshToken,
        List<String> scopes,
        Optional<String> account,
        Optional<String> audience,
        Optional<String> tenant,
        Instant authorizedAt,
        Optional<Instant> renewedAt,
        Optional<Instant> refreshTokenExpires) {

    public Authorization {
        scopes = List.copyOf(scopes);
    }

    /// What is known without opening a token.
    ///
    /// @param hasTokens somebody authorized it, or it was renewed once
    public record Outline(
            long service,
            boolean hasTokens,
            List<String> scopes,
            Instant authorizedAt,
            Optional<Instant> renewedAt,
            Optional<Instant> refreshTokenExpires) {
        public Outline {
            scopes = List.copyOf(scopes);
        }

        /// When it was last of use, as far as we know.
        public Instant lastUse() {
            return renewedAt.orElse(authorizedAt);
        }
    }

    /// @param since when it came
    public record AccessToken(Secret value, Instant since, Instant expires) {}
}
