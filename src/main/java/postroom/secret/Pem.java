package postroom.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/// Certificates and keys in PEM, as owners paste them.
public final class Pem {

    private Pem() {}

    /// All certificates in the text, at least one.
    ///
    /// @throws IllegalArgumentException with what is wrong and what to do
    public static List<X509Certificate> certificates(String text) {
        if (!text.contains("-----BEGIN CERTIFICATE-----"))
            throw new IllegalArgumentException(
                    "is not a certificate in PEM; paste it from -----BEGIN CERTIFICATE----- on");
        try (var in = new ByteArrayInputStream(text.getBytes(UTF_8))) {
            var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (!found.isEmpty()) return found.stream().map(X509Certificate.class::cast).toList();
        } catch (CertificateException | IOException unreadable) {
            // said below
        }
        throw new IllegalArgumentException(
                "holds a certificate that cannot be read; paste it whole, with its last line");
    }

    /// The private key in the text, which must not be encrypted.
    ///
    /// @throws IllegalArgumentException with what is wrong and what to do, without the key
    public static PrivateKey privateKey(String text) {
        if (text.contains("ENCRYPTED"))
            throw new IllegalArgumentException(
                    "is encrypted; give it without a passphrase, Postroom seals it itself");
        try (var parser = new PEMParser(new StringReader(text))) {
            var converter = new JcaPEMKeyConverter();
            for (var found = parser.readObject(); found != null; found = parser.readObject()) {
                if (found instanceof PrivateKeyInfo key) return converter.getPrivateKey(key);
                if (found instanceof PEMKeyPair pair)
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
            }
        } catch (IOException | RuntimeException unreadable) {
            // said below, and without the text, which is a secret
        }
        throw new IllegalArgumentException(
                "is not a private key in PEM; paste it from -----BEGIN PRIVATE KEY----- on");
    }
}
