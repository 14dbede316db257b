package postroom.emulator;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/// Values nobody can guess.
final class Chance {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Chance() {}

    static String token(int octets) {
        byte[] bytes = new byte[octets];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String hex(int digits) {
        byte[] bytes = new byte[(digits + 1) / 2];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes).substring(0, digits);
    }

    static String letters(String alphabet, int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++)
            text.append(alphabet.charAt(RANDOM.nextInt(alphabet.length())));
        return text.toString();
    }
}
