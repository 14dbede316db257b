package postroom.emulator;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// One rule of trouble: at which stage, on which occasions, and what happens then.
///
/// `at` and `until` are offsets on the emulator's clock, counted from its start. Of the occasions
/// that fit, `nth` picks one and `every` picks each n-th; `times` says how often the rule may act
/// (0: without end).
public record Fault(
        Stage stage,
        Optional<Duration> at,
        Optional<Duration> until,
        When when,
        Action action,
        int times) {

    /// Where in a conversation trouble can strike.
    public enum Stage {
        AUTHORIZE,
        TOKEN,
        CONNECT,
        GREETING,
        EHLO,
        STARTTLS,
        AUTH,
        MAIL,
        RCPT,
        DATA,
        FINAL_DOT;

        static Stage of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /// Which occasions are meant; what is absent does not matter. `recipient` and `user` are globs.
    public record When(
            Optional<Provider> provider,
            Optional<Glob> recipient,
            Optional<Glob> user,
            Optional<String> grantType,
            int nth,
            int every) {}

    /// What happens.
    public sealed interface Action {
        /// A reply in the words of the script; several lines are separated by line feeds.
        record Smtp(String reply) implements Action {}

        /// An error of an authorize or token endpoint. Microsoft's codes go into `error_codes`.
        record OAuth(
                String error,
                List<Integer> codes,
                Optional<String> description,
                OptionalInt httpStatus)
                implements Action {}

        /// The example of an entry of the error catalog.
        record Catalog(String entry) implements Action {}

        /// The connection ends here and now.
        record Drop() implements Action {}

        /// The message is stored, but nobody hears of it.
        record DropBeforeReply() implements Action {}

        /// The connection ends in the middle of the content.
        record DropInData() implements Action {}

        /// Something that is no reply at all.
        record Garbage() implements Action {}

        /// Nothing for so long, then the connection ends.
        record Silence(Duration length) implements Action {}

        /// The usual answer, but late.
        record Delay(Duration length) implements Action {}
    }
}
