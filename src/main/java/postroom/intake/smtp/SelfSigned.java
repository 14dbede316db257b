package postroom.intake.smtp;

import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;

/// A certificate for where the owner has none: good for encryption, and for who looks at it once.
/// By itself, because Bouncy Castle takes long to load, and mostly the certificate is there.
final class SelfSigned {

    private static final Logger log = LoggerFactory.getLogger(Certificates.class);

    private SelfSigned() {}

    static void make(Path certificate, Path key, String hostname, Instant now) throws IOException {
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
            log.info("- certificate made file={} for={} (self-signed)", certificate, hostname);
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
}
