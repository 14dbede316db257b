package postroom.emulator;

import postroom.emulator.EmulatorScript.Mailbox;

/// What came of an AUTH command.
sealed interface Verdict {
    record Welcome(Mailbox mailbox) implements Verdict {}

    record Refused(Reason reason) implements Verdict {}

    record Cancelled() implements Verdict {}

    record Undecodable() implements Verdict {}

    /// The client hears little of this; the log of the emulator tells it.
    enum Reason {
        MALFORMED,
        UNKNOWN_TOKEN,
        EXPIRED_TOKEN,
        WRONG_AUDIENCE,
        MISSING_PERMISSION,
        WRONG_USER,
        WRONG_PASSWORD,
        DISABLED_MAILBOX,
        DISABLED_TENANT
    }

    static Verdict refused(Reason reason) {
        return new Refused(reason);
    }
}
