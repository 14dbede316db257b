package postroom.mail;

import java.time.Duration;
import java.util.Optional;

/// What came of one try for one recipient.
public sealed interface DeliveryResult {
    Recipient recipient();

    Diagnostic diagnostic();

    /// The next hop took responsibility. It says nothing about the inbox, so it is not "delivered".
    ///
    /// @param passedOn it knows what the sender wants to hear, and tells it from here on
    record Sent(Recipient recipient, Diagnostic diagnostic, boolean passedOn)
            implements DeliveryResult {

        /// The next hop was not asked to tell anybody anything.
        public Sent(Recipient recipient, Diagnostic diagnostic) {
            this(recipient, diagnostic, false);
        }
    }

    /// Worth another try. The scope says who has to wait: one recipient, one message, or the
    /// service.
    ///
    /// @param askedToWait how long the far side asked for, where it did
    record Deferred(
            Recipient recipient, Diagnostic diagnostic, Scope scope, Optional<Duration> askedToWait)
            implements DeliveryResult {}

    /// Will not work as it stands; the sender is told.
    record Refused(Recipient recipient, Diagnostic diagnostic) implements DeliveryResult {}
}
