package postroom.queue;

import postroom.service.Limits;

import java.time.Duration;
import java.util.OptionalInt;

/// Limits that count over a window of time, as providers do: never more than so many in any sixty
/// seconds, in any twenty-four hours.
public enum Quota {
    /// Two seconds more than a minute: so long a claim may wait for its line before it is counted
    /// anew, and the provider counts what arrives.
    MESSAGES_PER_MINUTE("messages_per_minute", Duration.ofSeconds(62), Duration.ofSeconds(1)),
    RECIPIENTS_PER_DAY("recipients_per_day", Duration.ofHours(24), Duration.ofMinutes(10));

    private final String word;
    private final Duration window;
    private final Duration slot;

    Quota(String word, Duration window, Duration slot) {
        this.word = word;
        this.window = window;
        this.slot = slot;
    }

    /// As settings and events spell it.
    public String word() {
        return word;
    }

    OptionalInt of(Limits limits) {
        return switch (this) {
            case MESSAGES_PER_MINUTE -> limits.messagesPerMinute();
            case RECIPIENTS_PER_DAY -> limits.recipientsPerDay();
        };
    }

    Duration window() {
        return window;
    }

    Duration slot() {
        return slot;
    }

    /// What makes it worth opening again: single recipients all day long would be a gate that never
    /// rests.
    int worthwhile(int limit) {
        return switch (this) {
            case MESSAGES_PER_MINUTE -> 1;
            case RECIPIENTS_PER_DAY -> Math.max(1, limit / 50);
        };
    }
}
