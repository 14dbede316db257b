package postroom.check;

import postroom.catalog.Advice;
import postroom.mail.Diagnostic;

import java.time.Duration;

/// One rung of the ladder.
public sealed interface CheckStep {
    Name name();

    /// @param detail what was found, for people
    record Passed(Name name, String detail, Duration took) implements CheckStep {}

    record Failed(Name name, Diagnostic diagnostic, Advice advice, Duration took)
            implements CheckStep {}

    record NotReached(Name name) implements CheckStep {}

    /// In the order they are taken.
    enum Name {
        SETTINGS("settings", "Settings complete"),
        NAME("name", "Name resolves"),
        CONNECT("connect", "Connects"),
        TLS("tls", "TLS"),
        ACCESS_TOKEN("access_token", "Access token"),
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
