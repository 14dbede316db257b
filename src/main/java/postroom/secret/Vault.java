package postroom.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;

/// Seals secrets and opens them again (AES-256-GCM, a Tink keyset). Safe for use by many threads.
///
/// A secret opens only in the context it was sealed for, such as `service/123/client_secret`, so
/// that nobody who can write to the database can move one to where they may read it.
///
/// A master key is 32 octets in base64. Where several are given, separated by white space, the
/// first one seals and all of them open: that is how a master key is changed.
public final class Vault {

    private static final int KEY_LENGTH = 32;
    private static final String CANARY = "canary";

    private final Aead aead;

    private Vault(Aead aead) {
        this.aead = aead;
    }

    /// With a key that the owner gave.
    ///
    /// @throws MasterKeyException when it is no key
    public static Vault withKey(Secret masterKey) {
        return of(masterKey.value(), "master-key");
    }

    /// With the key in that file, which is made, with mode 0600, where there is none.
    ///
    /// @throws MasterKeyException when the file cannot be read or made, or holds no key
    public static Vault withKeyFile(Path file) {
        return of(KeyFile.readOrMake(file), file.toString());
    }

    /// With the key in that file, which has to be there: another one would open nothing of what is
    /// sealed already.
    ///
    /// @throws MasterKeyException when the file is not there, cannot be read, or holds no key
    public static Vault withFormerKeyFile(Path file) {
        return of(KeyFile.read(file), file.toString());
    }

    /// Seals it for that context.
    public Sealed seal(Secret secret, String context) {
        try {
            var ciphertext = aead.encrypt(secret.value().getBytes(UTF_8), context.getBytes(UTF_8));
            return new Sealed(Base64.getEncoder().encodeToString(ciphertext), secret.endsWith());
        } catch (GeneralSecurityException cannotHappen) {
            throw new IllegalStateException("the platform lacks AES-GCM", cannotHappen);
        }
    }

    /// Opens what was sealed for that context.
    ///
    /// @throws MasterKeyException when it was sealed with another key, for another context, or was
    ///   changed since
    public Secret open(Sealed sealed, String context) {
        try {
            var ciphertext = Base64.getDecoder().decode(sealed.ciphertext());
            return new Secret(new String(aead.decrypt(ciphertext, context.getBytes(UTF_8)), UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException doesNotOpen) {
            throw new MasterKeyException(
                    "the secret "
                            + context
                            + " does not open: it was sealed with another master key, or changed;"
                            + " enter it anew, or bring the right master key back",
                    doesNotOpen);
        }
    }

    /// A word sealed with this key, to be kept beside the secrets; see [#check].
    public String canary() {
        return seal(new Secret(CANARY), CANARY).ciphertext();
    }

    /// Makes sure that the canary kept beside the secrets was sealed with this key.
    ///
    /// @throws MasterKeyException with a sentence for the owner
    public void check(String canary) {
        try {
            open(new Sealed(canary, ""), CANARY);
        } catch (MasterKeyException otherKey) {
            throw new MasterKeyException(
                    "the secrets in the database were sealed with another master key; bring that"
                            + " key back (master-key, master-key-file, or the file from the backup)"
                            + " and start again",
                    otherKey);
        }
    }

    @AccessesPartialKey
    private static Vault of(String text, String where) {
        try {
            var keyset = KeysetHandle.newBuilder();
            var seen = new HashSet<Integer>();
            for (var line : List.of(text.strip().split("\\s+"))) {
                var octets = octets(line, where);
                int id = ByteBuffer.wrap(sha256(octets)).getInt();
                if (!seen.add(id)) continue;
                var entry = KeysetHandle.importKey(key(octets, id));
                if (seen.size() == 1) entry.makePrimary();
                keyset.addEntry(entry);
            }
            return new Vault(keyset.build().getPrimitive(AeadConfig2026.get(), Aead.class));
        } catch (GeneralSecurityException refused) {
            throw new MasterKeyException(where + " holds no usable key", refused);
        }
    }

    @AccessesPartialKey
    private static AesGcmKey key(byte[] octets, int id) throws GeneralSecurityException {
        var parameters =
                AesGcmParameters.builder()
                        .setKeySizeBytes(KEY_LENGTH)
                        .setIvSizeBytes(12)
                        .setTagSizeBytes(16)
                        .setVariant(AesGcmParameters.Variant.TINK)
                        .build();
        return AesGcmKey.builder()
                .setParameters(parameters)
                .setKeyBytes(SecretBytes.copyFrom(octets, InsecureSecretKeyAccess.get()))
                .setIdRequirement(id)
                .build();
    }

    private static byte[] octets(String base64, String where) {
        try {
            var octets = Base64.getDecoder().decode(base64);
            if (octets.length == KEY_LENGTH) return octets;
        } catch (IllegalArgumentException notBase64) {
            // said below
        }
        throw new MasterKeyException(
                where
                        + " is not a master key: it has to be 32 octets in base64;"
                        + " `openssl rand -base64 32` makes one");
    }

    private static byte[] sha256(byte[] octets) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(octets);
    }
}
