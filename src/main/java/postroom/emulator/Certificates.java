package postroom.emulator;

import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.security.auth.x500.X500Principal;

/// The emulator's own certification authority and the certificate of its servers. Made once for the
/// life of the process, because a test suite starts the emulator a hundred times.
final class Certificates {
    private static final List<String> NAMES =
            List.of(
                    "localhost",
                    "smtp.office365.com",
                    "smtp-mail.outlook.com",
                    "login.microsoftonline.com",
                    "smtp.gmail.com",
                    "accounts.google.com",
                    "oauth2.googleapis.com",
                    "smarthost.emulator.example");

    private static final class Holder {
        static final Certificates INSTANCE = make();
    }

    private final String authority;
    private final SSLContext context;

    private Certificates(String authority, SSLContext context) {
        this.authority = authority;
        this.context = context;
    }

    static Certificates ofThisProcess() {
        return Holder.INSTANCE;
    }

    String authority() {
        return authority;
    }

    SSLContext serverContext() {
        return context;
    }

    private static Certificates make() {
        try {
            KeyPair authorityKeys = keys();
            X500Principal authorityName = new X500Principal("CN=Postroom emulator CA");
            JcaX509v3CertificateBuilder root =
                    builder(authorityName, authorityKeys, authorityName, authorityKeys, 1);
            root.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            root.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            X509Certificate authority = signed(root, authorityKeys.getPrivate());

            KeyPair serverKeys = keys();
            JcaX509v3CertificateBuilder leaf =
                    builder(
                            new X500Principal("CN=localhost"),
                            serverKeys,
                            authorityName,
                            authorityKeys,
                            2);
            leaf.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            leaf.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            leaf.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            leaf.addExtension(Extension.subjectAlternativeName, false, names());
            X509Certificate server = signed(leaf, authorityKeys.getPrivate());
            return new Certificates(
                    pem(authority), context(serverKeys.getPrivate(), server, authority));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("The emulator cannot make its certificates.", e);
        }
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Principal subject,
            KeyPair subjectKeys,
            X500Principal issuer,
            KeyPair issuerKeys,
            int serial)
            throws GeneralSecurityException, IOException {
        // The system's clock, not the emulator's: the client across the wire judges validity by it.
        Instant now = InstantSource.system().instant();
        Instant from = now.minus(Duration.ofDays(1));
        Instant until = now.plus(Duration.ofDays(820));
        var extensions = new JcaX509ExtensionUtils();
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(now.toEpochMilli() * 10 + serial),
                        Date.from(from),
                        Date.from(until),
                        subject,
                        subjectKeys.getPublic());
        // RFC 5280 §4.2.1: OpenSSL's strict mode, the default of Python 3.13, wants both key
        // identifiers.
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                extensions.createSubjectKeyIdentifier(subjectKeys.getPublic()));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                extensions.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
        return builder;
    }

    private static GeneralNames names() {
        List<GeneralName> all = new ArrayList<>();
        for (String name : NAMES) all.add(new GeneralName(GeneralName.dNSName, name));
        all.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        all.add(new GeneralName(GeneralName.iPAddress, "::1"));
        return new GeneralNames(all.toArray(GeneralName[]::new));
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey by)
            throws OperatorCreationException, GeneralSecurityException {
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by)));
    }

    private static SSLContext context(
            PrivateKey key, X509Certificate server, X509Certificate authority)
            throws GeneralSecurityException, IOException {
        char[] password = "emulator".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setKeyEntry("server", key, password, new Certificate[] {server, authority});
        // SunX509 and not the default "PKIX" manager: that one asks the PKCS12 store for the key at
        // each handshake,
        // which is slow enough to be the bottleneck of a benchmark.
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static String pem(X509Certificate certificate) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(certificate);
        }
        return text.toString();
    }
}
