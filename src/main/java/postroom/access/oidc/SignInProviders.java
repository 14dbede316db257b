package postroom.access.oidc;

import java.util.Optional;

/// The provider at which people sign in besides here, if there is one.
public record SignInProviders(Optional<SignInProvider> one) {}
