package postroom.mail;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Encoded words of RFC 2047, read for people and written where a header field needs one.
public final class EncodedWords {

    private static final int LONGEST_CHUNK = 42; // octets, so that a word stays below 75 characters

    private EncodedWords() {}

    /// The text with its encoded words decoded; blanks between two of them vanish (§6.2). What
    /// cannot be decoded stays as it is.
    public static String decode(String text) {
        int word = text.indexOf("=?");
        if (word < 0) return text;
        var decoded = new StringBuilder(text.length());
        int at = 0;
        boolean behindWord = false;
        while (word >= 0) {
            int end = endOfWord(text, word);
            var meaning = end < 0 ? Optional.<String>empty() : meaning(text.substring(word, end));
            if (meaning.isEmpty()) {
                decoded.append(text, at, word + 2);
                at = word + 2;
                behindWord = false;
            } else {
                var between = text.substring(at, word);
                if (!behindWord || !between.isBlank()) decoded.append(between);
                decoded.append(meaning.get());
                at = end;
                behindWord = true;
            }
            word = text.indexOf("=?", at);
        }
        return decoded.append(text, at, text.length()).toString();
    }

    /// ASCII text as it is, anything else in encoded words of UTF-8, folded between them.
    public static String encode(String text) {
        if (text.chars().allMatch(c -> c >= 0x20 && c < 0x7f) && !text.contains("=?")) return text;
        var encoded = new StringBuilder();
        var chunk = new StringBuilder();
        int octets = 0;
        for (int character : text.codePoints().toArray()) {
            var one = Character.toString(character);
            int length = one.getBytes(StandardCharsets.UTF_8).length;
            if (octets + length > LONGEST_CHUNK) {
                encoded.append(word(chunk)).append("\r\n ");
                chunk.setLength(0);
                octets = 0;
            }
            chunk.append(one);
            octets += length;
        }
        return encoded.append(word(chunk)).toString();
    }

    private static String word(CharSequence text) {
        var octets = text.toString().getBytes(StandardCharsets.UTF_8);
        return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(octets) + "?=";
    }

    // =?charset?encoding?text?=
    private static int endOfWord(String text, int start) {
        int encoding = text.indexOf('?', start + 2);
        int body = encoding < 0 ? -1 : text.indexOf('?', encoding + 1);
        int end = body < 0 ? -1 : text.indexOf("?=", body + 1);
        return end < 0 || text.substring(start, end).indexOf(' ') >= 0 ? -1 : end + 2;
    }

    private static Optional<String> meaning(String word) {
        int encoding = word.indexOf('?', 2);
        int body = word.indexOf('?', encoding + 1);
        var charset = word.substring(2, encoding);
        int language = charset.indexOf('*'); // RFC 2231 §5
        if (language >= 0) charset = charset.substring(0, language);
        var text = word.substring(body + 1, word.length() - 2);
        try {
            var octets =
                    switch (word.substring(encoding + 1, body)) {
                        case "B", "b" -> Base64.getMimeDecoder().decode(text);
                        case "Q", "q" -> quoted(text);
                        default -> throw new IllegalArgumentException("neither B nor Q");
                    };
            return Optional.of(new String(octets, Charset.forName(charset)));
        } catch (IllegalArgumentException unknownCharsetOrBadCode) {
            return Optional.empty();
        }
    }

    private static byte[] quoted(String text) {
        var octets = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '=' && i + 2 < text.length()) {
                octets.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else octets.write(c == '_' ? ' ' : c);
        }
        return octets.toByteArray();
    }
}
