package postroom.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Certificates and keys in PEM (RFC 7468), as owners paste them or keep them in files.
public final class Pem {

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private Pem() {}

    /// All certificates in the text, at least one, whatever else is in it.
    ///
    /// @throws IllegalArgumentException with what is wrong and what to do
    public static List<X509Certificate> certificates(String text) {
        if (!text.contains("-----BEGIN CERTIFICATE-----"))
            throw new IllegalArgumentException(
                    "is not a certificate in PEM; paste it from -----BEGIN CERTIFICATE----- on");
        var blocks =
                CERTIFICATE
                        .matcher(text)
                        .results()
                        .map(MatchResult::group)
                        .collect(Collectors.joining("\n"));
        try (var in = new ByteArrayInputStream(blocks.getBytes(US_ASCII))) {
            var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (!found.isEmpty()) return found.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException | IOException unreadable) {
            // said below
        }
        throw new IllegalArgumentException(
                "holds a certificate that cannot be read; paste it whole, with its last line");
    }

    /// The first private key in the text, in PKCS#8, PKCS#1 or SEC 1 form, which must not be
    /// encrypted.
    ///
    /// @throws IllegalArgumentException with what is wrong and what to do, without the key
    public static PrivateKey privateKey(String text) {
        if (text.contains("ENCRYPTED"))
            throw new IllegalArgumentException(
                    "is encrypted; give it without a passphrase, Postroom seals it itself");
        try {
            var key = pkcs8(text);
            if (key.isEmpty()) key = OldKeys.read(text);
            if (key.isPresent()) return key.get();
        } catch (IOException | RuntimeException unreadable) {
            // said below, and without the text, which is a secret
        }
        throw new IllegalArgumentException(
                "is not a private key in PEM; paste it from -----BEGIN PRIVATE KEY----- on");
    }

    private static Optional<PrivateKey> pkcs8(String text) {
        var found = PKCS8.matcher(text);
        if (!found.find()) return Optional.empty();
        var key = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
        for (var algorithm : ALGORITHMS)
            try {
                return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(key));
            } catch (GeneralSecurityException itIsOfAnother) {
                // the next one
            }
        return Optional.empty();
    }
}
