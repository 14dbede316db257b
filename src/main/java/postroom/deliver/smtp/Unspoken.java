package postroom.deliver.smtp;

import static java.util.regex.Pattern.CASE_INSENSITIVE;
import static java.util.regex.Pattern.LITERAL;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What was shown in a sign-in: a server that quotes it, as it is or as it was sent, whole or in
/// part, in capitals even, does not get it into a record.
final class Unspoken {

    static final String MASKED = "‹masked›";

    // Shorter ones would mask half the alphabet.
    private static final int SHORTEST_SECRET = 4;

    /// Where a part of what was encoded is recognized. Shorter ones may be words.
    private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9+/]{8,}");

    private final List<Pattern> secrets = new ArrayList<>();
    private final List<String> encoded = new ArrayList<>();

    /// As a person knows it.
    void add(String secret) {
        if (secret.length() >= SHORTEST_SECRET)
            secrets.add(Pattern.compile(secret, LITERAL | CASE_INSENSITIVE));
    }

    /// As it went over the wire.
    void addEncoded(String response) {
        add(response);
        encoded.add(response.toLowerCase(Locale.ROOT));
    }

    String masked(String text) {
        var masked = text;
        for (var secret : secrets) masked = secret.matcher(masked).replaceAll(MASKED);
        return ENCODED.matcher(masked).replaceAll(run -> isPart(run.group()) ? MASKED : "$0");
    }

    private boolean isPart(String run) {
        var part = run.toLowerCase(Locale.ROOT);
        return encoded.stream().anyMatch(whole -> whole.contains(part));
    }
}
