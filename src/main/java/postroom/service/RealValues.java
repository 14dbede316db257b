package postroom.service;

import postroom.catalog.Values;
import postroom.service.Authentication.Basic;
import postroom.service.Authentication.None;
import postroom.service.Authentication.OAuth2;

import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// What stands in the places of advice and guides for one service. There is no secret among it.
public final class RealValues {
    private RealValues() {}

    /// With the redirect URI of this Postroom.
    ///
    /// @param baseUrl how browsers reach it
    public static Values of(Service service, URI baseUrl) {
        var base = baseUrl.toString().replaceFirst("/+$", "");
        return of(service).with("redirect_uri", base + "/oauth2/callback");
    }

    public static Values of(Service service) {
        var known = new HashMap<String, String>();
        known.put("service", service.name());
        var from = service.from().address();
        known.put("from", from.toString());
        known.put("from_domain", from.domain());
        known.put("host", service.smtp().host());
        known.put("ehlo_name", service.smtp().ehloName());
        known.put("port", Integer.toString(service.smtp().port()));
        known.put("tls", service.smtp().tls().name().toLowerCase(Locale.ROOT));
        switch (service.authentication()) {
            case None() -> known.put("user", from.toString());
            case Basic basic -> {
                known.put("login", basic.username());
                known.put("user", basic.username());
            }
            case OAuth2 oauth2 -> put(oauth2, known);
        }
        SecretEnd.of(service).ifPresent(end -> known.put("secret_ends", end.day().toString()));
        known.values().removeIf(value -> value.isBlank() || !Values.isUsable(value));
        known.values().removeIf(value -> value.endsWith("nobody@invalid")); // of a draft
        return new Values(known);
    }

    private static void put(OAuth2 oauth2, Map<String, String> known) {
        known.put("login", oauth2.login());
        known.put("user", oauth2.saslUser());
        known.put("client_id", oauth2.client().clientId());
        var server = oauth2.endpoints().issuer().orElse(oauth2.endpoints().token());
        if (server.getAuthority() != null) known.put("sign_in_server", server.getAuthority());
        oauth2.client().tenant().ifPresent(tenant -> known.put("tenant", tenant));
        if (!oauth2.endpoints().scopes().isEmpty())
            known.put("scopes", String.join(" ", oauth2.endpoints().scopes()));
    }
}
