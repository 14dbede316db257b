package postroom.oauth;

import postroom.mail.Diagnostic;
import postroom.secret.Secret;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a token endpoint said.
sealed interface TokenAnswer {

    /// @param refreshToken a new one, where the provider rotates them
    /// @param refreshTokenLifetime of the newest refresh token, where it is limited and the
    ///   provider tells (Google does for projects in testing and for time-based access)
    /// @param scopes the OAuth2 scopes granted; empty: those asked for
    /// @param idToken who signed in, where the provider tells (OpenID Connect)
    record Granted(
            Secret accessToken,
            Duration lifetime,
            Optional<Secret> refreshToken,
            Optional<Duration> refreshTokenLifetime,
            List<String> scopes,
            Optional<Secret> idToken)
            implements TokenAnswer {}

    /// An answer in the protocol (RFC 6749 §5.2).
    record Refused(Diagnostic.OAuthError error) implements TokenAnswer {}

    /// No answer, none in the protocol, or the wish to be left alone.
    record NotNow(Diagnostic diagnostic, Optional<Duration> askedToWait) implements TokenAnswer {}
}
