package postroom.mail;

import java.util.Locale;
import java.util.Optional;

/// How a parameter of RFC 3461 carries text that has blanks or signs in it: `+HH` stands for one
/// ASCII character (§4), `\x{HHHH}` for any character of an international address (RFC 6533 §3).
public final class Xtext {

    private Xtext() {}

    /// Empty where it is no xtext, or holds something else than printable ASCII and blanks.
    public static Optional<String> decode(String xtext) {
        var text = new StringBuilder(xtext.length());
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c == '+') {
                int value = i + 2 < xtext.length() ? hex(xtext.charAt(i + 1)) * 16 : -1;
                int low = value < 0 ? -1 : hex(xtext.charAt(i + 2));
                if (low < 0 || !isPrintable((char) (value + low))) return Optional.empty();
                text.append((char) (value + low));
                i += 2;
            } else if (c <= ' ' || !isPrintable(c) || c == '=') return Optional.empty();
            else text.append(c);
        }
        return Optional.of(text.toString());
    }

    /// @param text printable ASCII and blanks
    public static String encode(String text) {
        var xtext = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > ' ' && c != '+' && c != '=' && isPrintable(c)) xtext.append(c);
            else xtext.append('+').append("%02X".formatted((int) c));
        }
        return xtext.toString();
    }

    /// The address of an `ORCPT=utf-8;…`, as it stands there or with `\x{…}` in it.
    public static Optional<String> decodeInternational(String xtext) {
        var text = new StringBuilder(xtext.length());
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c == '\\') {
                int end = xtext.indexOf('}', i);
                if (!xtext.startsWith("\\x{", i) || end < 0) return Optional.empty();
                var character = codePoint(xtext.substring(i + 3, end));
                if (character.isEmpty()) return Optional.empty();
                text.appendCodePoint(character.get());
                i = end;
            } else if (c <= ' ' || c == '+' || c == '=' || Character.isISOControl(c))
                return Optional.empty();
            else text.append(c);
        }
        return Optional.of(text.toString());
    }

    /// In ASCII, which fits every server and every report.
    public static String encodeInternational(String text) {
        var xtext = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> {
                    if (c > ' ' && c < 0x7f && c != '+' && c != '=' && c != '\\')
                        xtext.append((char) c);
                    else
                        xtext.append("\\x{")
                                .append(Integer.toHexString(c).toUpperCase(Locale.ROOT))
                                .append('}');
                });
        return xtext.toString();
    }

    private static Optional<Integer> codePoint(String digits) {
        if (digits.length() < 2 || digits.length() > 6) return Optional.empty();
        int value = 0;
        for (char c : digits.toCharArray()) {
            int digit = hex(c);
            if (digit < 0) return Optional.empty();
            value = value * 16 + digit;
        }
        boolean isText =
                Character.isValidCodePoint(value)
                        && !Character.isISOControl(value)
                        && (value > 0xffff || !Character.isSurrogate((char) value));
        return isText ? Optional.of(value) : Optional.empty();
    }

    private static boolean isPrintable(char c) {
        return c >= ' ' && c <= '~';
    }

    // RFC 3461 §4 wants capitals.
    private static int hex(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }
}
