package postroom.service;

import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;

import java.util.List;

/// What a service is authorized as, and what that means when its settings change.
final class Registration {

    private Registration() {}

    /// The state a service is in that nothing is wrong with.
    ///
    /// @param authorized somebody let it send
    static ServiceState stateOf(Service service, boolean authorized) {
        return service.authentication() instanceof OAuth2 oauth2
                        && (oauth2.grant() == Grant.AUTHORIZATION_CODE
                                || oauth2.grant() == Grant.DEVICE_CODE)
                        && !authorized
                ? ServiceState.NEEDS_AUTHORIZATION
                : ServiceState.READY;
    }

    /// Then whoever gave it once more knows what the authorization began with.
    static boolean isByRefreshToken(Service service) {
        return service.authentication() instanceof OAuth2 oauth2
                && oauth2.grant() == Grant.REFRESH_TOKEN;
    }

    /// True when tokens got with the one are none for the other.
    static boolean isAnother(Service before, Service after) {
        return !registration(before.authentication()).equals(registration(after.authentication()));
    }

    private static List<Object> registration(Authentication authentication) {
        return authentication instanceof OAuth2 oauth2
                ? List.of(
                        oauth2.provider(),
                        oauth2.grant(),
                        oauth2.login(),
                        oauth2.client().clientId(),
                        oauth2.endpoints(),
                        oauth2.refreshToken())
                : List.of();
    }
}
