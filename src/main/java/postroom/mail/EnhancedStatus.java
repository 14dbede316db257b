package postroom.mail;

import java.util.Optional;
import java.util.regex.Pattern;

/// class.subject.detail of RFC 3463; the class is 2, 4 or 5.
public record EnhancedStatus(int statusClass, int subject, int detail) {

    private static final Pattern AT_START =
            Pattern.compile("^([245])\\.(\\d{1,3})\\.(\\d{1,3})(?=\\s|$)");

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
        var found = AT_START.matcher(text);
        if (!found.find()) return Optional.empty();
        return Optional.of(
                new EnhancedStatus(
                        Integer.parseInt(found.group(1)),
                        Integer.parseInt(found.group(2)),
                        Integer.parseInt(found.group(3))));
    }

    @Override
    public String toString() {
        return statusClass + "." + subject + "." + detail;
    }
}
