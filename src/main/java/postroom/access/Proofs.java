package postroom.access;

import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

import postroom.secret.Secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// Secrets that others show us: made, hashed and compared.
///
/// What we issue has 160 random bits. Nobody finds such a secret by trying, with or without the
/// hash, so SHA-256 is enough and an AUTH per message costs nothing. What a person chose may be
/// weak: it is kept with Argon2, and a right answer is remembered so that it is worked out once.
final class Proofs {

    private static final int ISSUED_OCTETS = 20;
    private static final int REMEMBERED = 1_000;
    private static final String FAST = "sha256:";

    private final SecureRandom random;
    private final Argon2PasswordEncoder argon2 =
            Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8();
    private final Semaphore argon2AtOnce = new Semaphore(2); // 16 MB and 40 ms each
    private final byte[] memoryKey = new byte[32];
    private volatile String nobodysHash = "";
    private final Map<String, Boolean> rightBefore =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > REMEMBERED;
                }
            };

    Proofs(SecureRandom random) {
        this.random = random;
        random.nextBytes(memoryKey);
    }

    Secret issue(String prefix) {
        var octets = new byte[ISSUED_OCTETS];
        String text;
        do {
            random.nextBytes(octets);
            text = prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
        } while (text.startsWith("-")); // which a command line takes for an option
        return new Secret(text);
    }

    /// For secrets with at least 128 random bits.
    String fastHash(Secret secret) {
        return FAST + HexFormat.of().formatHex(sha256(secret.value()));
    }

    /// For secrets that a person chose.
    String slowHash(Secret secret) {
        argon2AtOnce.acquireUninterruptibly();
        try {
            return argon2.encode(secret.value());
        } finally {
            argon2AtOnce.release();
        }
    }

    boolean proves(Secret shown, String hash) {
        if (hash.startsWith(FAST)) return same(fastHash(shown), hash);
        var memory = memoryOf(shown, hash);
        synchronized (rightBefore) {
            if (rightBefore.containsKey(memory)) return true;
        }
        argon2AtOnce.acquireUninterruptibly();
        try {
            if (!argon2.matches(shown.value(), hash)) return false;
        } finally {
            argon2AtOnce.release();
        }
        synchronized (rightBefore) {
            rightBefore.put(memory, true);
        }
        return true;
    }

    /// Takes as long as a wrong password that a person chose.
    void provesNothing(Secret shown) {
        if (nobodysHash.isEmpty()) nobodysHash = slowHash(issue(""));
        boolean right = proves(shown, nobodysHash);
        if (right) throw new IllegalStateException("nobody's password was guessed");
    }

    static boolean isFast(String hash) {
        return hash.startsWith(FAST);
    }

    private String memoryOf(Secret shown, String hash) {
        var digest = digest();
        digest.update(memoryKey);
        digest.update(hash.getBytes(StandardCharsets.UTF_8));
        digest.update(shown.value().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha256(String text) {
        return digest().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
