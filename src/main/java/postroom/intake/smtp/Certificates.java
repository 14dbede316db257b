package postroom.intake.smtp;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/// The certificate this door shows, from PEM files: a chain, and a key in PKCS#8, PKCS#1 or SEC 1
/// form. Where the owner names none, a self-signed one is made at the first start.
///
/// A changed file is picked up without restart, looked for once a second at most. If it cannot be
/// read (half of it is written, say), the certificate before stays in use and the log says why.
public final class Certificates {

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final long LOOK_EVERY = TimeUnit.SECONDS.toNanos(1);
    private static final char[] IN_MEMORY_ONLY = "in memory only".toCharArray();

    private final Path certificate;
    private final Path key;
    private Loaded loaded;
    private long lookedAt = System.nanoTime();

    private record Loaded(SSLSocketFactory factory, Stamp stamp) {}

    private record Stamp(FileTime certificate, long certificateSize, FileTime key, long keySize) {}

    private Certificates(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.loaded = load();
    }

    /// @throws IOException with a sentence that names the file
    public static Certificates of(Path certificate, Path key) throws IOException {
        return new Certificates(certificate, key);
    }

    /// The ones of the owner, or else `submission.crt` and `submission.key` in the data directory,
    /// made if they are not there.
    public static Certificates of(
            Optional<Path> certificate,
            Optional<Path> key,
            Path data,
            String hostname,
            InstantSource clock)
            throws IOException {
        if (certificate.isPresent())
            return of(certificate.get(), key.orElse(certificate.get())); // one file may hold both
        var ownCertificate = data.resolve("submission.crt");
        var ownKey = data.resolve("submission.key");
        if (Files.notExists(ownCertificate) || Files.notExists(ownKey))
            makeSelfSigned(ownCertificate, ownKey, hostname, clock.instant());
        return of(ownCertificate, ownKey);
    }

    /// For the next handshake.
    public synchronized SSLSocketFactory socketFactory() {
        long now = System.nanoTime();
        if (now - lookedAt >= LOOK_EVERY) {
            lookedAt = now;
            reloadIfChanged();
        }
        return loaded.factory();
    }

    private void reloadIfChanged() {
        try {
            if (stamp().equals(loaded.stamp())) return;
            loaded = load();
            LOG.info("- certificate loaded file={}", certificate);
        } catch (IOException unusable) {
            LOG.warn("- certificate kept reason=\"{}\"", unusable.getMessage());
        }
    }

    private Stamp stamp() throws IOException {
        return new Stamp(
                Files.getLastModifiedTime(certificate),
                Files.size(certificate),
                Files.getLastModifiedTime(key),
                Files.size(key));
    }

    private Loaded load() throws IOException {
        var stamp = stamp();
        try {
            var chain = chain(Files.readString(certificate));
            var privateKey = privateKey(Files.readString(key));
            if (!belongTogether(chain[0].getPublicKey(), privateKey))
                throw new IOException(key + " is not the key of " + certificate);
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, IN_MEMORY_ONLY);
            store.setKeyEntry("submission", privateKey, IN_MEMORY_ONLY, chain);
            // SunX509 opens the store once; PKIX would decrypt the key at every handshake
            var keys = KeyManagerFactory.getInstance("SunX509");
            keys.init(store, IN_MEMORY_ONLY);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return new Loaded(context.getSocketFactory(), stamp);
        } catch (GeneralSecurityException | PEMException | RuntimeException unusable) {
            throw new IOException(
                    "no usable certificate and key in "
                            + certificate
                            + " and "
                            + key
                            + ": "
                            + unusable.getMessage(),
                    unusable);
        }
    }

    private static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey)
            throws GeneralSecurityException {
        if (!publicKey.getAlgorithm().equals(privateKey.getAlgorithm())) return false;
        var algorithm =
                switch (privateKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> privateKey.getAlgorithm();
                };
        var signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey);
        signature.update((byte) 1);
        var signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update((byte) 1);
        return signature.verify(signed);
    }

    private Certificate[] chain(String pem) throws IOException, GeneralSecurityException {
        var factory = CertificateFactory.getInstance("X.509");
        var chain = new ArrayList<X509Certificate>();
        try (var parser = new PEMParser(new StringReader(pem))) {
            for (var read = parser.readObject(); read != null; read = parser.readObject())
                if (read instanceof X509CertificateHolder holder)
                    chain.add(
                            (X509Certificate)
                                    factory.generateCertificate(
                                            new ByteArrayInputStream(holder.getEncoded())));
        }
        if (chain.isEmpty()) throw new IOException("no certificate in " + certificate);
        return chain.toArray(new Certificate[0]);
    }

    private PrivateKey privateKey(String pem) throws IOException {
        var converter = new JcaPEMKeyConverter();
        try (var parser = new PEMParser(new StringReader(pem))) {
            for (var read = parser.readObject(); read != null; read = parser.readObject()) {
                if (read instanceof PEMKeyPair pair)
                    return converter.getPrivateKey(pair.getPrivateKeyInfo());
                if (read instanceof PrivateKeyInfo info) return converter.getPrivateKey(info);
            }
        }
        throw new IOException("no private key without a pass phrase in " + key);
    }

    private static void makeSelfSigned(Path certificate, Path key, String hostname, Instant now)
            throws IOException {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var pair = generator.generateKeyPair();
            var name = new X500NameBuilder().addRDN(BCStyle.CN, hostname).build();
            var names = new ArrayList<GeneralName>();
            if (!hostname.equals("localhost"))
                names.add(new GeneralName(GeneralName.dNSName, hostname));
            names.add(new GeneralName(GeneralName.dNSName, "localhost"));
            names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
            names.add(new GeneralName(GeneralName.iPAddress, "::1"));
            var builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(120, new SecureRandom()),
                            Date.from(now.minus(Duration.ofDays(1))),
                            Date.from(now.plus(Duration.ofDays(3650))),
                            name,
                            pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(names.toArray(new GeneralName[0])));
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
            writeAtomically(
                    key, pem(new PemObject("PRIVATE KEY", pair.getPrivate().getEncoded())), true);
            writeAtomically(certificate, pem(builder.build(signer)), false);
            LOG.info("- certificate made file={} for={} (self-signed)", certificate, hostname);
        } catch (GeneralSecurityException | OperatorCreationException impossible) {
            throw new IOException(
                    "no certificate could be made: " + impossible.getMessage(), impossible);
        }
    }

    private static String pem(Object value) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(value);
        }
        return text.toString();
    }

    private static void writeAtomically(Path file, String text, boolean secret) throws IOException {
        var directory = file.toAbsolutePath().getParent();
        if (directory != null) Files.createDirectories(directory);
        var posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        var mode = PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--");
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        if (posix) Files.createFile(fresh, PosixFilePermissions.asFileAttribute(mode));
        Files.writeString(fresh, text);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Where the certificate is, for people.
    public List<Path> files() {
        return List.of(certificate, key);
    }
}
