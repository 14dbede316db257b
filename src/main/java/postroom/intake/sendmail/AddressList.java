package postroom.intake.sendmail;

import java.util.ArrayList;
import java.util.List;

/// The addresses of a `To`, `Cc`, `Bcc` or `From` field (RFC 5322 §3.4): display names, comments,
/// quoted strings, groups, source routes and what people write instead.
final class AddressList {

    private final String text;
    private int at;
    private final List<String> found = new ArrayList<>();

    private final StringBuilder plain = new StringBuilder();
    private String bracketed = "";
    private boolean hasBrackets;

    private AddressList(String text) {
        this.text = text;
    }

    /// The mailboxes in the order given, as `local-part@domain` or just `local-part`; nothing is
    /// checked.
    static List<String> read(String unfolded) {
        var list = new AddressList(unfolded);
        list.readAll();
        return list.found;
    }

    private void readAll() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            switch (c) {
                case '(' -> skipComment();
                case '"' -> quoted();
                case '<' -> brackets();
                case '[' -> literal();
                case ':' -> endOfGroupName();
                case ',', ';' -> endOfMailbox();
                default -> plain.append(c);
            }
        }
        endOfMailbox();
    }

    private void skipComment() {
        int depth = 1;
        while (at < text.length() && depth > 0) {
            char c = text.charAt(at++);
            if (c == '\\') at++;
            else if (c == '(') depth++;
            else if (c == ')') depth--;
        }
        plain.append(' ');
    }

    private void quoted() {
        plain.append('"');
        while (at < text.length()) {
            char c = text.charAt(at++);
            plain.append(c);
            if (c == '\\' && at < text.length()) plain.append(text.charAt(at++));
            else if (c == '"') return;
        }
    }

    private void brackets() {
        var inside = new StringBuilder();
        boolean quoted = false;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '\\' && quoted && at < text.length()) {
                inside.append(c).append(text.charAt(at++));
                continue;
            }
            if (c == '"') quoted = !quoted;
            if (c == '>' && !quoted) break;
            inside.append(c);
        }
        bracketed = withoutRoute(inside.toString().strip());
        hasBrackets = true;
    }

    // RFC 5322 §4.4: <@a.example,@b.example:user@c.example>
    private static String withoutRoute(String address) {
        if (!address.startsWith("@")) return address;
        int colon = address.indexOf(':');
        return colon < 0 ? address : address.substring(colon + 1);
    }

    private void literal() {
        plain.append('[');
        while (at < text.length()) {
            char c = text.charAt(at++);
            plain.append(c);
            if (c == ']') return;
        }
    }

    private void endOfGroupName() {
        plain.setLength(0);
        hasBrackets = false;
    }

    private void endOfMailbox() {
        var mailbox = hasBrackets ? bracketed : withoutSpaceAroundDots(plain.toString());
        if (!mailbox.isEmpty()) found.add(mailbox);
        plain.setLength(0);
        hasBrackets = false;
    }

    // A comment or blank may stand around the @ and the dots: ada @ example . com
    private static String withoutSpaceAroundDots(String text) {
        var kept = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && (i == 0 || text.charAt(i - 1) != '\\')) quoted = !quoted;
            boolean blank = c == ' ' || c == '\t';
            if (!blank || quoted || joins(kept, text, i)) kept.append(c);
        }
        return kept.toString().strip();
    }

    /// A blank between two words stays: what is left is no address then, and says so later.
    private static boolean joins(StringBuilder before, String text, int at) {
        char last = before.isEmpty() ? '.' : before.charAt(before.length() - 1);
        int after = at;
        while (after < text.length() && (text.charAt(after) == ' ' || text.charAt(after) == '\t'))
            after++;
        char next = after < text.length() ? text.charAt(after) : '.';
        return last != '.' && last != '@' && last != ' ' && next != '.' && next != '@';
    }
}
