package postroom.queue;

import postroom.mail.QueueId;

import java.util.Optional;

/// What an operator does to messages.
public sealed interface Change {

    /// Waiting recipients are due now.
    ///
    /// @param scheduledToo also what is to be sent later and was never tried
    record Retry(boolean scheduledToo) implements Change {
        public Retry() {
            this(true);
        }
    }

    /// Waiting recipients are kept back until they are released.
    record Hold() implements Change {}

    /// Held recipients go on.
    record Release() implements Change {}

    /// Waiting and held recipients are given up.
    record Cancel() implements Change {}

    /// Waiting and held recipients take that service, and are due at once.
    record Reroute(long service) implements Change {}

    /// What came of it for one message.
    ///
    /// @param recipients how many it touched
    /// @param unchanged why it touched none
    record Outcome(QueueId message, int recipients, Optional<Why> unchanged) {}

    /// Why nothing was changed.
    enum Why {
        /// There is no such message.
        NOT_FOUND,
        /// An attempt is under way; its result comes first.
        UNDER_WAY,
        /// Every recipient is sent, failed or cancelled.
        DONE,
        /// It is held, and has to be released first.
        HELD,
        /// It is to be sent later, and nobody asked for this one by its ID.
        SCHEDULED,
        /// Nothing of it is held.
        NOT_HELD,
        /// It takes that service already.
        SAME_SERVICE;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
