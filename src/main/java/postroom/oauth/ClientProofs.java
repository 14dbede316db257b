package postroom.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.id.ClientID;

import postroom.secret.Pem;
import postroom.secret.Sealed;
import postroom.secret.Vault;
import postroom.service.Authentication.ClientRegistration;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;

/// How a client registration proves itself at the token endpoint: a secret, a certificate, or (a
/// public client) nothing.
final class ClientProofs {

    private static final Duration LIFETIME = Duration.ofMinutes(5);
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final Vault vault;
    private final InstantSource clock;

    ClientProofs(Vault vault, InstantSource clock) {
        this.vault = vault;
        this.clock = clock;
    }

    /// @param endpoint the one that is really called, which is what an assertion is made out to
    Optional<ClientAuthentication> of(Service service, OAuth2 oauth2, URI endpoint) {
        var client = oauth2.client();
        if (client.clientKey().isPresent() && client.clientCertificate().isPresent())
            return Optional.of(
                    assertion(
                            client,
                            endpoint,
                            Pem.certificates(client.clientCertificate().get()).getFirst(),
                            opened(service, client.clientKey().get(), "client_key")));
        return client.clientSecret()
                .map(sealed -> secret(client, opened(service, sealed, "client_secret")));
    }

    private static ClientAuthentication secret(ClientRegistration client, String secret) {
        var id = new ClientID(client.clientId());
        var value = new com.nimbusds.oauth2.sdk.auth.Secret(secret);
        return switch (client.clientAuthentication()) {
            case CLIENT_SECRET_POST -> new ClientSecretPost(id, value);
            case CLIENT_SECRET_BASIC -> new ClientSecretBasic(id, value);
        };
    }

    // Microsoft: PS256 and the SHA-256 thumbprint of the certificate; RFC 7523 §3 for the rest.
    private ClientAuthentication assertion(
            ClientRegistration client, URI audience, X509Certificate certificate, String key) {
        var now = clock.instant();
        var header =
                new JWSHeader.Builder(JWSAlgorithm.PS256)
                        .type(JOSEObjectType.JWT)
                        .x509CertSHA256Thumbprint(thumbprint(certificate))
                        .build();
        var claims =
                new JWTClaimsSet.Builder()
                        .issuer(client.clientId())
                        .subject(client.clientId())
                        .audience(audience.toString())
                        .jwtID(UUID.randomUUID().toString())
                        .issueTime(Date.from(now.minus(SKEW)))
                        .notBeforeTime(Date.from(now.minus(SKEW)))
                        .expirationTime(Date.from(now.plus(LIFETIME)))
                        .build();
        var jwt = new SignedJWT(header, claims);
        try {
            jwt.sign(new RSASSASigner(Pem.privateKey(key)));
            return new PrivateKeyJWT(jwt);
        } catch (JOSEException unusable) {
            throw new IllegalStateException(
                    "the client key cannot sign: it has to be an RSA key of 2048 bits or more",
                    unusable);
        }
    }

    private static Base64URL thumbprint(X509Certificate certificate) {
        try {
            return Base64URL.encode(
                    MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalStateException("the certificate cannot be encoded", unreadable);
        }
    }

    private String opened(Service service, Sealed sealed, String member) {
        return vault.open(sealed, service.secretContext(member)).value();
    }
}
