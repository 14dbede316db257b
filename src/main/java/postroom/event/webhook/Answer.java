package postroom.event.webhook;

import java.time.Duration;
import java.util.Optional;

/// What came of posting one event.
///
/// @see WebhookPost
public sealed interface Answer {

    /// At most a kilobyte, fit to be shown.
    String text();

    Duration took();

    /// @param askedToWait what `Retry-After` said
    record Answered(int status, String text, Optional<Duration> askedToWait, Duration took)
            implements Answer {}

    /// Nobody answered, or nobody was asked.
    record Silent(String text, Duration took) implements Answer {}

    /// True when the receiver has it.
    default boolean taken() {
        return this instanceof Answered(int status, _, _, _) && status >= 200 && status < 300;
    }

    /// True when the receiver never wants another one.
    default boolean gone() {
        return this instanceof Answered(int status, _, _, _) && status == 410;
    }

    default Optional<Long> httpStatus() {
        return this instanceof Answered answered
                ? Optional.of((long) answered.status())
                : Optional.empty();
    }

    default Optional<Duration> pauseAsked() {
        return this instanceof Answered answered ? answered.askedToWait() : Optional.empty();
    }
}
