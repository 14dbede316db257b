package postroom.emulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// A client ID with its secret, as HTTP Basic carries them.
record ClientSecret(String id, String secret) {
    static Optional<ClientSecret> basic(Web.Question question) {
        return question.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Basic ", 0, 6))
                .map(value ->
                        new String(
                                Base64.getDecoder().decode(value.substring(6).strip()),
                                StandardCharsets.UTF_8))
                .map(pair -> pair.split(":", 2))
                .filter(parts -> parts.length == 2)
                // RFC 6749 §2.3.1: both parts are form-encoded before they are joined
                .map(parts -> new ClientSecret(decoded(parts[0]), decoded(parts[1])));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
