package postroom.oauth;

import postroom.catalog.Advice;
import postroom.mail.Diagnostic;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What came of an authorization request. Only the first case changes anything.
public sealed interface AuthorizationOutcome {

    /// Somebody let us send; tokens are kept and the gate is open.
    ///
    /// @param account who signed in, where the provider tells
    /// @param scopes the OAuth2 scopes granted
    /// @param unneeded those among them that nobody asked for
    /// @param expires of this access token; it is renewed by itself
    record Authorized(
            Optional<String> account,
            List<String> scopes,
            List<String> unneeded,
            Optional<String> audience,
            Optional<String> tenant,
            Instant expires)
            implements AuthorizationOutcome {
        public Authorized {
            scopes = List.copyOf(scopes);
            unneeded = List.copyOf(unneeded);
        }
    }

    /// The person said no.
    record Declined(Diagnostic diagnostic) implements AuthorizationOutcome {}

    /// Somebody signed in, and not who was expected. The tokens were dropped.
    ///
    /// @param expected the service's login
    record WrongAccount(String account, String expected) implements AuthorizationOutcome {}

    /// The person, or the provider, did not grant what sending needs. The tokens were dropped.
    record MissingScopes(List<String> missing, List<String> granted)
            implements AuthorizationOutcome {
        public MissingScopes {
            missing = List.copyOf(missing);
            granted = List.copyOf(granted);
        }
    }

    /// The provider gave an access token and nothing to renew it with.
    record NoRefreshToken(Optional<String> account) implements AuthorizationOutcome {}

    /// The answer fits no request that still waits for one.
    record StaleRequest(Why why) implements AuthorizationOutcome {}

    /// The provider did not answer, or asked us to come back later.
    record Unreachable(Diagnostic diagnostic) implements AuthorizationOutcome {}

    /// The provider said no.
    record Refused(Diagnostic diagnostic, Advice advice) implements AuthorizationOutcome {}

    /// Why a request is stale.
    enum Why {
        UNKNOWN,
        /// The answer is being redeemed, or has not come.
        UNDER_WAY,
        /// Postroom was ended while it redeemed the answer.
        INTERRUPTED,
        TOO_OLD,
        OTHER_BROWSER,
        OTHER_SERVICE,
        SETTINGS_CHANGED
    }

    /// As API, events and commands spell it, such as `wrong_account`.
    default String word() {
        return switch (this) {
            case Authorized authorized -> "authorized";
            case Declined declined -> "declined";
            case WrongAccount wrong -> "wrong_account";
            case MissingScopes missing -> "missing_scopes";
            case NoRefreshToken none -> "no_refresh_token";
            case StaleRequest stale -> "stale_request";
            case Unreachable unreachable -> "unreachable";
            case Refused refused -> "refused";
        };
    }
}
