package postroom.intake.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A body that is hashed while it is read, so that a repeated call can be told from another one.
final class HashedBody extends FilterInputStream {

    private final MessageDigest digest = sha256();

    /// @param about what else makes the call what it is: its path and parameters
    HashedBody(InputStream in, String about) {
        super(in);
        digest.update(about.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    /// Reads what is left and gives the hash.
    String hash() throws IOException {
        transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public int read() throws IOException {
        int octet = in.read();
        if (octet >= 0) digest.update((byte) octet);
        return octet;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int octets = in.read(into, offset, length);
        if (octets > 0) digest.update(into, offset, octets);
        return octets;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
