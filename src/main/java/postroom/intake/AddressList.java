package postroom.intake;

import postroom.mail.Address;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the addresses of an address-list (RFC 5322 §3.4): display names, quoted strings, comments
/// and groups. It is strict, because whoever reads the same field behind us must find the same
/// addresses.
final class AddressList {

    private final String text;
    private int at;

    private AddressList(String text) {
        this.text = text;
    }

    /// In the order written; empty when the text is not an address-list.
    static Optional<List<Address>> read(String text) {
        return new AddressList(text).list();
    }

    private Optional<List<Address>> list() {
        var found = new ArrayList<Address>(1);
        var word = new StringBuilder(); // what was read since the last comma
        boolean done = false; // a mailbox in angle brackets was read; a comma has to follow
        boolean inGroup = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case ' ', '\t' -> {
                    at++;
                    if (!word.isEmpty() && !endsWithBlank(word)) word.append(' ');
                }
                case '(' -> {
                    if (!skipComment()) return Optional.empty();
                }
                case '"' -> {
                    if (done || !copyQuoted(word)) return Optional.empty();
                }
                case '<' -> {
                    if (done) return Optional.empty();
                    var inside = insideBrackets();
                    if (inside.isEmpty()) return Optional.empty();
                    found.add(inside.get());
                    word.setLength(0);
                    done = true;
                }
                case ':' -> {
                    if (done || inGroup || word.isEmpty()) return Optional.empty();
                    inGroup = true;
                    word.setLength(0);
                    at++;
                }
                case ',', ';' -> {
                    if (c == ';' && !inGroup) return Optional.empty();
                    if (!done && !takeBare(word, found)) return Optional.empty();
                    if (c == ';') inGroup = false;
                    word.setLength(0);
                    done = c == ';';
                    at++;
                }
                case '>', ')' -> {
                    return Optional.empty();
                }
                default -> {
                    if (done) return Optional.empty();
                    word.append(c);
                    at++;
                }
            }
        }
        if (inGroup || (!done && !takeBare(word, found))) return Optional.empty();
        return Optional.of(found);
    }

    // a@example.com without angle brackets; nothing at all between two commas is allowed (§4.4)
    private static boolean takeBare(StringBuilder word, List<Address> found) {
        var text = word.toString().strip();
        if (text.isEmpty()) return true;
        var address = Address.parse(text);
        address.ifPresent(found::add);
        return address.isPresent();
    }

    private Optional<Address> insideBrackets() {
        var inside = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '>' -> {
                    at++;
                    return Address.parse(inside.toString().strip());
                }
                case '(' -> {
                    if (!skipComment()) return Optional.empty();
                }
                case '"' -> {
                    if (!copyQuoted(inside)) return Optional.empty();
                }
                default -> {
                    inside.append(c);
                    at++;
                }
            }
        }
        return Optional.empty();
    }

    private boolean copyQuoted(StringBuilder into) {
        int start = at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') at++;
            else if (c == '"') {
                into.append(text, start, at);
                return true;
            }
        }
        return false;
    }

    private boolean skipComment() {
        int depth = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\') at++;
            else if (c == '(') depth++;
            else if (c == ')' && --depth == 0) return true;
        }
        return false;
    }

    private static boolean endsWithBlank(StringBuilder word) {
        return word.charAt(word.length() - 1) == ' ';
    }
}
