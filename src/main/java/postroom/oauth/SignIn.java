package postroom.oauth;

import postroom.mail.Diagnostic;
import postroom.secret.Secret;
import postroom.service.Authentication.Mechanism;

import java.time.Instant;
import java.util.Optional;

/// What to show a smarthost, or why there is nothing to show.
public sealed interface SignIn {

    record Anonymous() implements SignIn {}

    record Password(String user, Secret password) implements SignIn {}

    record Bearer(String user, Secret accessToken, Instant expires, Mechanism mechanism)
            implements SignIn {}

    /// A person or an administrator has to act first.
    record NotAuthorized(Diagnostic diagnostic) implements SignIn {}

    /// The provider did not answer, or asked us to come back later; worth another try.
    record NotNow(Diagnostic diagnostic, Optional<Instant> notBefore) implements SignIn {}
}
