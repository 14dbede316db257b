package postroom.mail;

import java.util.Optional;

/// class.subject.detail of RFC 3463; the class is 2, 4 or 5.
public record EnhancedStatus(int statusClass, int subject, int detail) {

    public EnhancedStatus {
        if (statusClass != 2 && statusClass != 4 && statusClass != 5)
            throw new IllegalArgumentException(
                    "class of an enhanced status is 2, 4 or 5, not " + statusClass);
        if (subject < 0 || subject > 999 || detail < 0 || detail > 999)
            throw new IllegalArgumentException(
                    "not an enhanced status: " + statusClass + "." + subject + "." + detail);
    }

    /// Reads "5.7.139", or a text that begins with it.
    public static Optional<EnhancedStatus> parse(String text) {
        if (text.length() < 5) return Optional.empty();
        int statusClass = number(text, 0, 1);
        if (statusClass != 2 && statusClass != 4 && statusClass != 5) return Optional.empty();
        int subjectEnds = afterNumber(text, 2);
        if (text.charAt(1) != '.' || subjectEnds >= text.length()) return Optional.empty();
        int subject = number(text, 2, subjectEnds);
        int detailEnds = afterNumber(text, subjectEnds + 1);
        int detail = number(text, subjectEnds + 1, detailEnds);
        boolean ends =
                detailEnds == text.length() || Character.isWhitespace(text.charAt(detailEnds));
        return subject < 0 || detail < 0 || text.charAt(subjectEnds) != '.' || !ends
                ? Optional.empty()
                : Optional.of(new EnhancedStatus(statusClass, subject, detail));
    }

    @Override
    public String toString() {
        return statusClass + "." + subject + "." + detail;
    }

    // By hand and not by Pattern: every reply of every message passes here.
    private static int afterNumber(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') i++;
        return i;
    }

    private static int number(String text, int from, int to) {
        if (to <= from || to - from > 3 || to > text.length()) return -1;
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            number = number * 10 + digit;
        }
        return number;
    }
}
