package postroom.emulator;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.Web.Question;

import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;

/// Checks a certificate credential (`private_key_jwt`, RFC 7523) as Entra does.
final class ClientAssertion {
    private static final String TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private ClientAssertion() {}

    static Optional<EntraError> objection(
            String assertion, Client client, Question question, Instant now) {
        if (!question.form().text("client_assertion_type").equals(TYPE))
            return wrong(7000216, "'client_assertion', 'client_secret' or 'request' is required.");
        X509Certificate certificate = X509CertUtils.parse(client.certificate().orElse(""));
        if (certificate == null || !(certificate.getPublicKey() instanceof RSAPublicKey key))
            return wrong(
                    700027,
                    "The certificate with identifier used to sign the client assertion is not"
                            + " registered on application.");
        try {
            SignedJWT jwt = SignedJWT.parse(assertion);
            if (!thumbprintFits(jwt, certificate) || !jwt.verify(new RSASSAVerifier(key)))
                return wrong(700027, "Client assertion failed signature validation.");
            return objection(jwt.getJWTClaimsSet(), client, question, now);
        } catch (ParseException e) {
            return wrong(50027, "JWT token is invalid or malformed.");
        } catch (JOSEException e) {
            return wrong(700027, "Client assertion failed signature validation.");
        }
    }

    @SuppressWarnings("deprecation") // older clients send x5t, the SHA-1 one
    private static boolean thumbprintFits(SignedJWT jwt, X509Certificate certificate) {
        var sha256 = jwt.getHeader().getX509CertSHA256Thumbprint();
        if (sha256 != null)
            return sha256.equals(X509CertUtils.computeSHA256Thumbprint(certificate));
        return jwt.getHeader().getX509CertThumbprint() != null;
    }

    private static Optional<EntraError> objection(
            JWTClaimsSet claims, Client client, Question question, Instant now) {
        if (!client.id().equals(claims.getIssuer()))
            return wrong(700023, "Client assertion audience claim or issuer does not match.");
        if (!client.id().equals(claims.getSubject()))
            return wrong(50048, "Subject does not match issuer claim in the client assertion.");
        String here = question.base() + question.path();
        if (!claims.getAudience().contains(here))
            return wrong(700023, "Client assertion audience claim does not match Realm issuer.");
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        if (expires == null
                || !expires.toInstant().isAfter(now)
                || (notBefore != null && notBefore.toInstant().isAfter(now)))
            return wrong(700024, "Client assertion is not within its valid time range.");
        return Optional.empty();
    }

    private static Optional<EntraError> wrong(int code, String text) {
        return Optional.of(EntraError.of("invalid_client", code, text));
    }
}
