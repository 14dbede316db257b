package postroom.console;

import postroom.service.Authentication;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

import java.util.List;

/// What a service proves itself with and can be replaced on its page, by its field.
///
/// @param kind `client_secret`, `certificate`, `password`, `refresh_token` or `service_account`
record ReplaceableSecret(String kind, String field) {

    static List<ReplaceableSecret> of(Service service) {
        return switch (service.authentication()) {
            case Authentication.None() -> List.of();
            case Authentication.Basic _ -> List.of(secret("password"));
            case OAuth2 oauth2 -> of(oauth2);
        };
    }

    private static List<ReplaceableSecret> of(OAuth2 oauth2) {
        if (oauth2.serviceAccount().isPresent()) return List.of(secret("service_account"));
        var client =
                oauth2.client().clientCertificate().isPresent()
                        ? new ReplaceableSecret("certificate", "authentication.client_certificate")
                        : secret("client_secret");
        return oauth2.refreshToken().isPresent()
                ? List.of(client, secret("refresh_token"))
                : List.of(client);
    }

    private static ReplaceableSecret secret(String member) {
        return new ReplaceableSecret(member, "authentication." + member);
    }
}
