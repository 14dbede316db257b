package postroom.access;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;

import java.security.InvalidKeyException;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

import javax.crypto.spec.SecretKeySpec;

/// Codes of an app (RFC 6238): six digits, SHA-1, thirty seconds, as every app has them.
final class Totp {

    static final int OCTETS = 20; // RFC 4226 §4, R6

    private static final Duration STEP = Duration.ofSeconds(30);
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648 §6

    private final TimeBasedOneTimePasswordGenerator codes =
            new TimeBasedOneTimePasswordGenerator(STEP);

    /// The step that the code is of: this one, the one before or the next, since clocks differ (RFC
    /// 6238 §5.2). Steps up to `used` are over: a code works once.
    OptionalLong step(byte[] secret, String code, Instant now, long used) {
        var key = new SecretKeySpec(secret, "HmacSHA1");
        for (long ahead = -1; ahead <= 1; ahead++) {
            var time = now.plus(STEP.multipliedBy(ahead));
            long step = time.getEpochSecond() / STEP.toSeconds();
            if (Proofs.same(code(key, time), code) && step > used) return OptionalLong.of(step);
        }
        return OptionalLong.empty();
    }

    String code(Key key, Instant time) {
        try {
            return codes.generateOneTimePasswordString(key, time);
        } catch (InvalidKeyException notForHmac) {
            throw new IllegalStateException(notForHmac);
        }
    }

    static String base32(byte[] octets) {
        var text = new StringBuilder();
        long bits = 0;
        int count = 0;
        for (byte octet : octets) {
            bits = bits << 8 | (octet & 0xff);
            for (count += 8; count >= 5; count -= 5)
                text.append(ALPHABET.charAt((int) (bits >> (count - 5) & 31)));
        }
        if (count > 0) text.append(ALPHABET.charAt((int) (bits << (5 - count) & 31)));
        return text.toString();
    }

    /// Empty octets where it is none.
    static byte[] octets(String base32) {
        var text = base32.replace(" ", "").toUpperCase(java.util.Locale.ROOT);
        if (text.length() > 64 || !text.matches("[A-Z2-7]*")) return new byte[0];
        var octets = new byte[text.length() * 5 / 8];
        long bits = 0;
        int count = 0;
        int at = 0;
        for (char letter : text.toCharArray()) {
            bits = bits << 5 | ALPHABET.indexOf(letter);
            count += 5;
            if (count < 8) continue;
            count -= 8;
            octets[at++] = (byte) (bits >> count);
        }
        return octets;
    }
}
