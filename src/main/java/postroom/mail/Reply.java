package postroom.mail;

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
        var status =
                texts.stream().map(EnhancedStatus::parse).flatMap(Optional::stream).findFirst();
        var lines = texts.stream().map(Reply::withoutStatus).toList();
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
        var head = code + status.map(s -> " " + s).orElse("");
        return (head + " " + String.join(" ", lines)).stripTrailing();
    }

    @Override
    public String toString() {
        return text();
    }

    private static String withoutStatus(String text) {
        return EnhancedStatus.parse(text)
                .map(s -> text.substring(Math.min(text.length(), s.toString().length() + 1)))
                .orElse(text);
    }
}
