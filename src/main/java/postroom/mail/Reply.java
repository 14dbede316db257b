package postroom.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an SMTP server answered: reply code, enhanced status where it gave one, and its text line
/// by line (RFC 5321 §4.2, RFC 2034). The lines hold the text as it came, without code, separator
/// and enhanced status.
public record Reply(int code, Optional<EnhancedStatus> status, List<String> lines) {

    public Reply {
        if (code < 200 || code > 599)
            throw new IllegalArgumentException("not a reply code: " + code);
        if (lines.isEmpty()) throw new IllegalArgumentException("a reply has at least one line");
        lines = List.copyOf(lines);
    }

    /// One line, the way we write our own: `Reply.of(451, "4.7.1", "Try again later")`.
    public static Reply of(int code, String status, String text) {
        return new Reply(code, EnhancedStatus.parse(status), List.of(text));
    }

    /// Builds a reply from the texts behind the code, each perhaps beginning with an enhanced
    /// status.
    public static Reply read(int code, List<String> texts) {
        if (texts.size() == 1) return ofOneLine(code, texts.getFirst());
        Optional<EnhancedStatus> status = Optional.empty();
        var lines = new ArrayList<String>(texts.size());
        for (var text : texts) {
            var here = EnhancedStatus.parse(text);
            if (status.isEmpty()) status = here;
            lines.add(withoutStatus(text, here));
        }
        return new Reply(code, status, lines);
    }

    public boolean isPositive() {
        return code < 400;
    }

    public boolean worthRetrying() {
        return code >= 400 && code < 500;
    }

    public boolean isPermanent() {
        return code >= 500;
    }

    /// One line for people and logs: `535 5.7.139 Authentication unsuccessful, …`.
    public String text() {
        var head = status.isEmpty() ? Integer.toString(code) : code + " " + status.get();
        var rest = lines.size() == 1 ? lines.getFirst() : String.join(" ", lines);
        return rest.isEmpty() ? head : (head + " " + rest).stripTrailing();
    }

    @Override
    public String toString() {
        return text();
    }

    private static Reply ofOneLine(int code, String text) {
        var status = EnhancedStatus.parse(text);
        return new Reply(code, status, List.of(withoutStatus(text, status)));
    }

    private static String withoutStatus(String text, Optional<EnhancedStatus> status) {
        if (status.isEmpty()) return text;
        int end = 0;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) end++;
        return text.substring(Math.min(text.length(), end + 1));
    }
}
