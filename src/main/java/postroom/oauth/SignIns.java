package postroom.oauth;

import postroom.service.Service;

/// Gives out what a service signs in with. May block for a token request; safe for use by many
/// threads, of which only one renews.
public interface SignIns {

    /// A password, nothing, or an access token with some life left.
    SignIn signInFor(Service service);

    /// The server refused `refused`: renews once, unless somebody else already did. Gives the same
    /// refused token back when it is as young as can be, so that nobody renews in a loop.
    SignIn renewedFor(Service service, SignIn.Bearer refused);

    /// As the settings are now: asks the provider even where an access token is still good, so that
    /// a secret that is none shows. Not again within a few seconds.
    default SignIn askedAnew(Service service) {
        return signInFor(service);
    }

    /// Forgets what is remembered of a service, refusals included: the next sign-in asks anew.
    default void forget(long service) {}
}
