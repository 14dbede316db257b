package postroom.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import postroom.secret.Pem;
import postroom.secret.Vault;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.UUID;

/// Speaks for a mailbox with the key of a service account that an administrator let act for it
/// (Google's domain-wide delegation, RFC 7523).
final class ServiceAccounts {

    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final Vault vault;
    private final InstantSource clock;

    ServiceAccounts(Vault vault, InstantSource clock) {
        this.vault = vault;
        this.clock = clock;
    }

    /// @param audience the token endpoint of the service; the key file's own is not believed
    SignedJWT assertion(Service service, OAuth2 oauth2, URI audience) {
        var sealed =
                oauth2.serviceAccount()
                        .orElseThrow(() -> new IllegalStateException("no service account"));
        var opened = vault.open(sealed, service.secretContext("service_account"));
        var keyFile = JsonMapper.shared().readTree(opened.value());
        var now = clock.instant();
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT);
        var keyId = keyFile.path("private_key_id").asString("");
        if (!keyId.isEmpty()) header.keyID(keyId);
        var claims =
                new JWTClaimsSet.Builder()
                        .issuer(keyFile.path("client_email").asString(""))
                        .subject(oauth2.login())
                        .audience(audience.toString())
                        .claim("scope", String.join(" ", oauth2.endpoints().scopes()))
                        .jwtID(UUID.randomUUID().toString())
                        .issueTime(Date.from(now.minus(SKEW)))
                        .expirationTime(Date.from(now.plus(LIFETIME)))
                        .build();
        var jwt = new SignedJWT(header.build(), claims);
        try {
            jwt.sign(new RSASSASigner(Pem.privateKey(keyFile.path("private_key").asString(""))));
            return jwt;
        } catch (JOSEException unusable) {
            throw new IllegalStateException(
                    "the key of the service account cannot sign: it has to be an RSA key of 2048"
                            + " bits or more",
                    unusable);
        }
    }
}
