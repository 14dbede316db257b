package postroom.check;

import postroom.catalog.Advice;
import postroom.mail.Diagnostic;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/// One rung of the ladder.
public sealed interface CheckStep {
    Name name();

    /// @param detail what was found, for people
    record Passed(Name name, String detail, Duration took) implements CheckStep {}

    /// @param advice with the service's real values, ready to be shown
    /// @param detail what else was found, for people; may be empty
    record Failed(Name name, Diagnostic diagnostic, Advice advice, String detail, Duration took)
            implements CheckStep {}

    record NotReached(Name name) implements CheckStep {}

    /// In the order they are taken. With STARTTLS the greeting and a first EHLO come before TLS: a
    /// server that refuses there fails `EHLO`, and TLS was not reached.
    enum Name {
        SETTINGS("settings", "Settings complete"),
        NAME("name", "Name resolves"),
        CONNECT("connect", "Connects"),
        TLS("tls", "TLS"),
        EHLO("ehlo", "Greeting and EHLO"),
        ACCESS_TOKEN("access_token", "Access token"),
        TOKEN_REVIEW("token_review", "Token review"),
        SIGN_IN("sign_in", "Sign-in"),
        SENDER("sender", "Sender accepted"),
        RECIPIENT("recipient", "Recipient accepted"),
        MESSAGE("message", "Message accepted");

        private final String word;
        private final String title;

        Name(String word, String title) {
            this.word = word;
            this.title = title;
        }

        /// The name that is written like this for programs.
        public static Optional<Name> of(String word) {
            return Stream.of(values()).filter(name -> name.word.equals(word)).findFirst();
        }

        /// For programs: `access_token`.
        public String word() {
            return word;
        }

        /// For people: `Access token`.
        public String title() {
            return title;
        }
    }
}
