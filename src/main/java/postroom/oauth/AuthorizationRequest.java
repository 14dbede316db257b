package postroom.oauth;

import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.secret.Secret;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A pending click, or one that came to its end.
///
/// @param account may sign in although it is not the service's login
/// @param ticket names the page that shows what came of it; nobody can guess it
/// @param used the answer has come; it is taken once
public record AuthorizationRequest(
        long id,
        long service,
        Way way,
        Optional<String> account,
        String by,
        Instant begunAt,
        Instant expires,
        String ticket,
        boolean used,
        Optional<AuthorizationOutcome> outcome) {

    /// How the provider asks a person.
    public sealed interface Way {}

    /// @param browserHash of the cookie that has to come back, where the console began it
    public record Browser(Secret verifier, String nonce, Optional<String> browserHash)
            implements Way {}

    /// @param interval between two questions whether the person is done
    public record Device(Secret deviceCode, String userCode, URI verificationUri, Duration interval)
            implements Way {}

    /// How long ago it ended does not matter: nothing will come of it any more.
    public boolean isPending(Instant now) {
        return outcome.isEmpty() && now.isBefore(expires);
    }

    /// What came of it, or where it stands.
    public AuthorizationOutcome standing(Instant now) {
        return outcome.orElseGet(() ->
                new StaleRequest(used || now.isBefore(expires) ? Why.UNDER_WAY : Why.TOO_OLD));
    }
}
