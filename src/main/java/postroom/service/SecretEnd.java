package postroom.service;

import postroom.secret.Pem;
import postroom.service.Authentication.ClientRegistration;
import postroom.service.Authentication.OAuth2;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The last day of what a service shows its provider: of the client secret as its owner told, of a
/// client certificate as it says itself.
///
/// @param what its name in the settings
public record SecretEnd(String what, LocalDate day) {

    /// The certificate's where there is one; the secret is not used then.
    public static Optional<SecretEnd> of(Service service) {
        if (!(service.authentication() instanceof OAuth2 oauth2)) return Optional.empty();
        var client = oauth2.client();
        return client.clientCertificate().isPresent()
                ? certificate(client)
                : client.clientSecretExpires().map(day -> new SecretEnd("client_secret", day));
    }

    /// Zero on the last day, negative after it.
    public long daysLeft(Instant now) {
        return ChronoUnit.DAYS.between(LocalDate.ofInstant(now, ZoneOffset.UTC), day);
    }

    private static Optional<SecretEnd> certificate(ClientRegistration client) {
        try {
            return client.clientCertificate()
                    .map(Pem::certificates)
                    .flatMap(chain -> chain.stream().findFirst())
                    .map(certificate -> certificate.getNotAfter().toInstant())
                    .map(end -> LocalDate.ofInstant(end, ZoneOffset.UTC))
                    .map(day -> new SecretEnd("client_certificate", day));
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }
}
