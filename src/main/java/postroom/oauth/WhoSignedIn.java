package postroom.oauth;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;

import postroom.oauth.TokenAnswer.Granted;

import java.text.ParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Who signed in, by all the names the provider has for them: from the ID token, which came over
/// TLS straight from the token endpoint (OpenID Connect Core §3.1.3.7), else from the access token.
///
/// @param names in the order of their worth
/// @param isForUs false when the ID token was made for another client or another request
record WhoSignedIn(List<String> names, Optional<String> tenant, boolean isForUs) {

    private static final List<String> CLAIMS =
            List.of("email", "preferred_username", "upn", "unique_name");
    private static final Set<String> GMAIL = Set.of("gmail.com", "googlemail.com");

    /// @param nonce empty where none was sent
    static WhoSignedIn of(Granted granted, String clientId, String nonce) {
        var names = new LinkedHashSet<String>();
        var tenant = Optional.<String>empty();
        boolean isForUs = true;
        if (granted.idToken().isPresent()) {
            try {
                var claims = JWTParser.parse(granted.idToken().get().value()).getJWTClaimsSet();
                for (var claim : CLAIMS) text(claims, claim).ifPresent(names::add);
                tenant = text(claims, "tid");
                var answered = text(claims, "nonce").orElse("");
                isForUs =
                        claims.getAudience().contains(clientId)
                                && (nonce.isEmpty() || nonce.equals(answered));
            } catch (ParseException unreadable) {
                // tells nothing, as if it were not there
            }
        }
        var access = Claims.of(granted.accessToken());
        access.account().ifPresent(names::add);
        return new WhoSignedIn(List.copyOf(names), tenant.or(access::tenant), isForUs);
    }

    Optional<String> account() {
        return names.stream().findFirst();
    }

    /// True when one of the names is that address, or when the provider told none.
    boolean maybe(String login) {
        return names.isEmpty() || names.stream().anyMatch(name -> plain(name).equals(plain(login)));
    }

    // Gmail reads over dots, and has two names for itself.
    private static String plain(String address) {
        var small = address.toLowerCase(Locale.ROOT);
        int at = small.lastIndexOf('@');
        if (at < 0 || !GMAIL.contains(small.substring(at + 1))) return small;
        return small.substring(0, at).replace(".", "") + "@gmail.com";
    }

    private static Optional<String> text(JWTClaimsSet claims, String name) {
        return claims.getClaim(name) instanceof String text && text.length() < 500
                ? Optional.of(text)
                : Optional.empty();
    }
}
