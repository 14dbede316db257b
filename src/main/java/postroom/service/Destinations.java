package postroom.service;

import postroom.secret.Pem;
import postroom.service.Authentication.Basic;
import postroom.service.Authentication.Endpoints;
import postroom.service.Authentication.None;
import postroom.service.Authentication.OAuth2;
import postroom.service.InvalidService.FieldTrouble;
import postroom.service.SmtpSettings.Tls;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where a service's secrets, and the tokens got with them, go. Whoever may change settings must
/// not be able to send a secret they do not know to a server of their own, so a change that leads
/// somewhere else needs the secrets again.
final class Destinations {

    private final Presets presets;

    Destinations(Presets presets) {
        this.presets = presets;
    }

    /// What has to be given again, with the reason.
    ///
    /// @param given paths of the secrets that the change itself brings
    List<FieldTrouble> neededAgain(Service before, Service after, Set<String> given) {
        return elsewhere(before, after).stream()
                .flatMap(where ->
                        secretsOf(after)
                                .filter(path -> !given.contains(path))
                                .map(path ->
                                        new FieldTrouble(
                                                path,
                                                "is needed again: after this change it, or what it"
                                                        + " gets, would go to "
                                                        + where
                                                        + "; give it in the same change")))
                .toList();
    }

    /// Where they would go that they did not go before; empty when nowhere.
    Optional<String> elsewhere(Service before, Service after) {
        var found = new ArrayList<String>();
        var from = before.smtp();
        var to = after.smtp();
        // Where TLS is verified, the certificate proves the host, whatever the port.
        boolean otherHost = !isSameServer(from.host(), to.host());
        boolean toPlainText = to.tls() == Tls.NONE && from.tls() != Tls.NONE;
        boolean otherPort = to.tls() == Tls.NONE && from.port() != to.port();
        if (otherHost || toPlainText || otherPort)
            found.add(to.host() + ":" + to.port() + (to.tls() == Tls.NONE ? " in plain text" : ""));
        if (trustsSomebodyElse(from.trustedCa(), to.trustedCa()))
            found.add("whoever the new trusted_ca vouches for");
        if (before.authentication() instanceof OAuth2 was
                && after.authentication() instanceof OAuth2 is) {
            var known = authorities(was.endpoints());
            authorities(is.endpoints()).stream()
                    .filter(a -> !known.contains(a))
                    .forEach(found::add);
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join(" and ", found));
    }

    // Names written out in one preset, such as a provider's regions. A pattern there says whose
    // replies they are; anybody may rent a name that fits *.amazonaws.com.
    private boolean isSameServer(String before, String after) {
        return before.equalsIgnoreCase(after)
                || presets.all().stream().anyMatch(p -> p.names(before) && p.names(after));
    }

    // Back to the platform's authorities is no danger: nobody here chooses them.
    private static boolean trustsSomebodyElse(Optional<String> before, Optional<String> after) {
        if (after.isEmpty() || after.equals(before)) return false;
        return before.isEmpty()
                || !Pem.certificates(before.get()).containsAll(Pem.certificates(after.get()));
    }

    private static Set<String> authorities(Endpoints endpoints) {
        return Stream.of(
                        endpoints.issuer(),
                        endpoints.authorization(),
                        Optional.of(endpoints.token())
                                .filter(uri -> !uri.equals(Endpoints.TO_BE_DISCOVERED)),
                        endpoints.deviceAuthorization(),
                        endpoints.revocation())
                .flatMap(Optional::stream)
                .map(Destinations::authority)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String authority(URI uri) {
        int port = uri.getPort();
        if (port < 0) port = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return (uri.getScheme() + "://" + uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
    }

    private static Stream<String> secretsOf(Service service) {
        return switch (service.authentication()) {
            case None none -> Stream.empty();
            case Basic basic -> Stream.of("authentication.password");
            case OAuth2 oauth2 -> {
                var held = new ArrayList<String>();
                var client = oauth2.client();
                if (client.clientSecret().isPresent()) held.add("authentication.client_secret");
                if (client.clientKey().isPresent()) held.add("authentication.client_key");
                if (oauth2.refreshToken().isPresent()) held.add("authentication.refresh_token");
                if (oauth2.serviceAccount().isPresent()) held.add("authentication.service_account");
                yield held.stream();
            }
        };
    }
}
