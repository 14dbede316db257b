package postroom.deliver.smtp;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A certificate for a host that nobody but a test trusts, and the server's side of TLS with it.
public record TestCertificates(
        X509Certificate certificate, KeyPair keys, SSLContext serverContext) {

    private static final Map<String, TestCertificates> MADE = new ConcurrentHashMap<>();
    private static final char[] NO_PASSWORD = new char[0];

    public static TestCertificates forHost(String host) {
        return MADE.computeIfAbsent(host, TestCertificates::make);
    }

    public String pem() {
        try {
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (java.security.GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public String keyPem() {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(keys.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static TestCertificates make(String host) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            var keys = generator.generateKeyPair();
            var name = new X500Name("CN=" + host);
            var now = Instant.now();
            var holder =
                    new JcaX509v3CertificateBuilder(
                                    name,
                                    BigInteger.valueOf(now.toEpochMilli()),
                                    Date.from(now.minus(Duration.ofDays(1))),
                                    Date.from(now.plus(Duration.ofDays(30))),
                                    name,
                                    keys.getPublic())
                            .addExtension(
                                    Extension.subjectAlternativeName,
                                    false,
                                    new GeneralNames(new GeneralName(GeneralName.dNSName, host)))
                            .addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(true))
                            .build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(keys.getPrivate()));
            var certificate = new JcaX509CertificateConverter().getCertificate(holder);
            return new TestCertificates(certificate, keys, context(certificate, keys));
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static SSLContext context(X509Certificate certificate, KeyPair keys) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        var chain = new X509Certificate[] {certificate};
        store.setKeyEntry("server", keys.getPrivate(), NO_PASSWORD, chain);
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, NO_PASSWORD);
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        var trust = KeyStore.getInstance("PKCS12");
        trust.load(null, NO_PASSWORD);
        trust.setCertificateEntry("self", certificate);
        trusted.init(trust);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
