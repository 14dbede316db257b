package postroom.event.webhook;

import postroom.event.EventType;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Which events are wanted: `message.sent`, `message.*`, `*`; none means all.
public record EventPatterns(List<String> patterns) {

    static final int MOST = 50;

    public EventPatterns {
        patterns = List.copyOf(patterns);
    }

    static EventPatterns read(String text) {
        return new EventPatterns(
                Arrays.stream(text.split(" ")).filter(pattern -> !pattern.isEmpty()).toList());
    }

    String written() {
        return String.join(" ", patterns);
    }

    boolean matches(EventType type) {
        return patterns.isEmpty()
                || patterns.stream().anyMatch(pattern -> matches(pattern, type.word()));
    }

    /// What is wrong with a pattern.
    static Optional<String> trouble(String pattern) {
        for (var type : EventType.values())
            if (matches(pattern, type.word())) return Optional.empty();
        return Optional.of(
                "names no event; write one such as message.failed, a family such as message.*, or"
                        + " *");
    }

    private static boolean matches(String pattern, String word) {
        if (pattern.equals("*")) return true;
        return pattern.endsWith(".*")
                ? word.startsWith(pattern.substring(0, pattern.length() - 1))
                : word.equals(pattern);
    }
}
