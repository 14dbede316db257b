package postroom.event.webhook;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// One event on its way to one webhook, and what came of the last try.
///
/// @param lane what the event is about; events of one lane keep their order
/// @param nextTryAt only where it waits
/// @param status of the HTTP answer, if there was one
/// @param answer its beginning, or why there was none
public record Delivery(
        long id,
        long webhook,
        long event,
        String type,
        long lane,
        State state,
        int attempts,
        Optional<Instant> triedAt,
        Optional<Long> millis,
        Optional<Long> status,
        Optional<String> answer,
        Optional<Instant> nextTryAt) {

    public enum State {
        WAITING,
        DONE,
        FAILED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
