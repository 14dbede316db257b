package postroom.oauth;

import postroom.catalog.Advice;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;

import java.net.URI;
import java.time.Instant;

/// What an owner gets who wants a service authorized.
public sealed interface Beginning {

    /// A person opens the address.
    record InBrowser(URI address, Instant expires) implements Beginning {}

    /// A person opens the address on any device and enters the code.
    record OnDevice(String userCode, URI verificationUri, Instant expires) implements Beginning {}

    /// This service cannot be authorized in that way.
    ///
    /// @param why a sentence with what to do
    record NotThisWay(String why) implements Beginning {}

    /// The provider did not play its part.
    record NotNow(Diagnostic diagnostic, Advice advice) implements Beginning {

        /// For people: what to do, and what happened.
        public String words() {
            boolean isOurs = diagnostic instanceof Condition || diagnostic instanceof NoAnswer;
            return advice.fix()
                    + (isOurs ? " What happened: " : " The provider said: ")
                    + diagnostic.text()
                    + (diagnostic.text().endsWith(".") ? "" : ".");
        }
    }
}
