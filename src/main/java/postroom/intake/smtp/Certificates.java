package postroom.intake.smtp;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.secret.OneKey;
import postroom.secret.Pem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.net.ssl.KeyManager;
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
            SelfSigned.make(ownCertificate, ownKey, hostname, clock.instant());
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
            var chain = read(certificate, "no certificate in ", Pem::certificates);
            var privateKey = read(key, "no private key without a pass phrase in ", Pem::privateKey);
            if (!belongTogether(chain.getFirst().getPublicKey(), privateKey))
                throw new IOException(key + " is not the key of " + certificate);
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneKey(privateKey, chain)}, null, null);
            return new Loaded(context.getSocketFactory(), stamp);
        } catch (GeneralSecurityException | RuntimeException unusable) {
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

    private static <T> T read(Path file, String trouble, Function<String, T> reading)
            throws IOException {
        try {
            return reading.apply(Files.readString(file));
        } catch (IllegalArgumentException unusable) {
            throw new IOException(trouble + file, unusable);
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

    /// Where the certificate is, for people.
    public List<Path> files() {
        return List.of(certificate, key);
    }
}
