package postroom.mail;

import java.net.IDN;
import java.util.Locale;
import java.util.Optional;

/// One mailbox as it stands in an envelope: `local-part@domain` (RFC 5321 §4.1.2), which with
/// SMTPUTF8 may hold any character beyond ASCII (RFC 6531 §3.3). Limits of RFC 5321 §4.5.3.1: 64
/// octets before the at sign, 255 after it.
///
/// Equality ignores the case of the domain and nothing else.
public record Address(String localPart, String domain) implements Comparable<Address> {

    public Address {
        domain = domain.toLowerCase(Locale.ROOT);
        var trouble = trouble(localPart, domain);
        if (trouble.isPresent()) throw new IllegalArgumentException(trouble.get());
    }

    /// Reads `local-part@domain` without angle brackets.
    ///
    /// @throws IllegalArgumentException with a sentence that names what is wrong
    public static Address of(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0)
            throw new IllegalArgumentException("no @ in the address \"" + shown(text) + "\"");
        return new Address(text.substring(0, at), text.substring(at + 1));
    }

    /// As [#of], for callers that treat a bad address as an ordinary answer.
    public static Optional<Address> parse(String text) {
        try {
            return Optional.of(of(text));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    /// True when the address can be sent to a server that does not offer SMTPUTF8.
    public boolean isAscii() {
        return isAscii(localPart) && isAscii(domain);
    }

    /// The same mailbox with its domain in A-label form (RFC 5890), which every server takes where
    /// the local part is ASCII (RFC 6531 §3.2); as it stands where its domain has no such form. The
    /// local part stays as it is.
    public Address withAsciiDomain() {
        if (isAscii(domain)) return this;
        try {
            return new Address(localPart, IDN.toASCII(domain));
        } catch (IllegalArgumentException noSuchLabel) {
            return this;
        }
    }

    /// True when `pattern` covers this address: `*` (any), `*@example.com` (a domain),
    /// `*@*.example.com` (its subdomains), `name@example.com`, or `example.com` and `@example.com`
    /// as short forms of `*@example.com`. The comparison ignores case.
    public boolean matches(String pattern) {
        var wanted = pattern.strip().toLowerCase(Locale.ROOT);
        if (wanted.equals("*")) return true;
        int at = wanted.lastIndexOf('@');
        var wantedLocal = at <= 0 ? "*" : wanted.substring(0, at);
        var wantedDomain = wanted.substring(at + 1);
        return matchesGlob(localPart.toLowerCase(Locale.ROOT), wantedLocal)
                && matchesGlob(domain, wantedDomain);
    }

    /// True when no provider in use tells the two apart: none minds the case of a local part.
    public boolean isSameMailbox(Address other) {
        return domain.equals(other.domain) && localPart.equalsIgnoreCase(other.localPart);
    }

    @Override
    public int compareTo(Address other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return localPart + "@" + domain;
    }

    private static boolean matchesGlob(String text, String glob) {
        int star = glob.indexOf('*');
        if (star < 0) return text.equals(glob);
        var head = glob.substring(0, star);
        var tail = glob.substring(star + 1);
        return text.length() >= head.length() + tail.length()
                && text.startsWith(head)
                && text.endsWith(tail);
    }

    private static Optional<String> trouble(String localPart, String domain) {
        var shown = shown(localPart + "@" + domain);
        if (localPart.isEmpty()) return Optional.of("nothing before the @ in \"" + shown + "\"");
        if (domain.isEmpty()) return Optional.of("nothing after the @ in \"" + shown + "\"");
        if (octets(localPart) > 64)
            return Optional.of("more than 64 octets before the @ in \"" + shown + "\"");
        if (octets(domain) > 255)
            return Optional.of("more than 255 octets after the @ in \"" + shown + "\"");
        if (!isLocalPart(localPart))
            return Optional.of(
                    "a character before the @ that does not belong there in \"" + shown + "\"");
        if (!isDomain(domain))
            return Optional.of("the domain is not a host name in \"" + shown + "\"");
        return Optional.empty();
    }

    private static boolean isLocalPart(String text) {
        return text.startsWith("\"") ? isQuotedString(text) : isDotString(text);
    }

    // RFC 5321 §4.1.2 Dot-string. Two dots in a row or at the end are forbidden there and do occur
    // (some Japanese carriers hand them out), so they are let through; nothing can break on them.
    private static boolean isDotString(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean atext =
                    c > 0x7f
                            ? isVisible(c)
                            : Character.isLetterOrDigit(c)
                                    || "!#$%&'*+-/=?^_`{|}~.".indexOf(c) >= 0;
            if (!atext) return false;
        }
        return true;
    }

    // Two addresses that look the same are the same; RFC 5891 §4.2.2 lets the joiners stand.
    private static boolean isVisible(char c) {
        if (Character.isSurrogate(c) || c == 0x200C || c == 0x200D) return true;
        return !Character.isISOControl(c) && !Character.isSpaceChar(c) && !Legible.isHidden(c);
    }

    private static boolean isQuotedString(String text) {
        if (text.length() < 3 || !text.endsWith("\"")) return false;
        for (int i = 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == 0x7f || c == '"') return false;
            if (c > 0x7f && Legible.isHidden(c) && !Character.isSurrogate(c)) return false;
            if (c == '\\' && ++i >= text.length() - 1) return false;
        }
        return true;
    }

    private static boolean isDomain(String text) {
        if (text.startsWith("[")) return isAddressLiteral(text);
        for (var label : text.split("\\.", -1)) {
            if (label.isEmpty() || octets(label) > 63) return false;
            if (label.startsWith("-") || label.endsWith("-")) return false;
            for (int i = 0; i < label.length(); i++) {
                char c = label.charAt(i);
                boolean fits =
                        c > 0x7f
                                ? isVisible(c)
                                : Character.isLetterOrDigit(c) || c == '-' || c == '_';
                if (!fits) return false;
            }
        }
        return true;
    }

    private static boolean isAddressLiteral(String text) {
        if (text.length() < 3 || !text.endsWith("]")) return false;
        return text.substring(1, text.length() - 1)
                .chars()
                .allMatch(c ->
                        c < 0x7f
                                && (Character.isLetterOrDigit(c)
                                        || c == '.'
                                        || c == ':'
                                        || c == '-'));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static int octets(String text) {
        int octets = 0;
        for (int i = 0; i < text.length(); i++) octets += text.charAt(i) < 0x80 ? 1 : 3;
        return octets;
    }

    private static String shown(String text) {
        var printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 120 ? printable : printable.substring(0, 120) + "…";
    }
}
