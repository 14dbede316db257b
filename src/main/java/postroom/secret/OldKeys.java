package postroom.secret;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import java.util.Optional;

/// What openssl wrote before PKCS#8: PKCS#1 and SEC 1. By itself, because Bouncy Castle comes in a
/// signed jar, which takes a third of a second to verify when the first of its classes is used.
final class OldKeys {
    private OldKeys() {}

    static Optional<PrivateKey> read(String pem) throws IOException {
        try (var parser = new PEMParser(new StringReader(pem))) {
            var converter = new JcaPEMKeyConverter();
            for (var found = parser.readObject(); found != null; found = parser.readObject()) {
                if (found instanceof PrivateKeyInfo key)
                    return Optional.of(converter.getPrivateKey(key));
                if (found instanceof PEMKeyPair pair)
                    return Optional.of(converter.getPrivateKey(pair.getPrivateKeyInfo()));
            }
        }
        return Optional.empty();
    }
}
