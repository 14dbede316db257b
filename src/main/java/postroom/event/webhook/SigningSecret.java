package postroom.event.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.secret.Secret;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Secrets and signatures of Standard Webhooks: `whsec_` and base64; `v1,` and the HMAC-SHA256 of
/// id, time and body.
final class SigningSecret {

    private static final String PREFIX = "whsec_";
    private static final int LENGTH = 32;
    private static final int SHORTEST = 24;
    private static final int LONGEST = 64;

    private SigningSecret() {}

    /// @param random one that nobody can guess
    static Secret fresh(RandomGenerator random) {
        var octets = new byte[LENGTH];
        random.nextBytes(octets);
        return new Secret(PREFIX + Base64.getEncoder().encodeToString(octets));
    }

    /// What is wrong with a secret that somebody brought.
    static Optional<String> trouble(Secret secret) {
        var what =
                "is whsec_ and " + SHORTEST + " to " + LONGEST + " octets in base64, or left out";
        if (!secret.value().startsWith(PREFIX)) return Optional.of(what);
        try {
            int length = octets(secret).length;
            return length < SHORTEST || length > LONGEST ? Optional.of(what) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.of(what);
        }
    }

    static String signature(Secret secret, String id, long seconds, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(octets(secret), "HmacSHA256"));
            mac.update((id + "." + seconds + ".").getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException cannotHappen) {
            throw new IllegalStateException("the platform lacks HMAC-SHA256", cannotHappen);
        }
    }

    private static byte[] octets(Secret secret) {
        return Base64.getDecoder().decode(secret.value().substring(PREFIX.length()));
    }
}
