package postroom.alert;

import java.time.Duration;
import java.util.Locale;

/// What an alert can be about. The word is what the API, events and the database show.
public enum Kind {
    /// The sign-in was withdrawn or has ended; a person has to authorize the service again.
    NEEDS_AUTHORIZATION(true, Duration.ZERO),
    /// An administrator has to act, or nobody answers, for longer than a moment.
    FAILING(true, Duration.ofMinutes(5)),
    /// Mail has been waiting for the service for too long, whatever the reason.
    WAITING(true, Duration.ofMinutes(10)),
    /// The client secret or certificate ends.
    SECRET_ENDING(false, Duration.ZERO),
    /// The refresh token ends, as the provider told.
    AUTHORIZATION_ENDING(false, Duration.ZERO),
    /// The provider announced to take this way of signing in away.
    CUT_OFF(false, Duration.ZERO),
    /// Somebody ought to look at what was granted.
    PERMISSION_REVIEW(false, Duration.ZERO);

    private final boolean stopsMail;
    private final Duration calm;

    Kind(boolean stopsMail, Duration calm) {
        this.stopsMail = stopsMail;
        this.calm = calm;
    }

    /// True when the service cannot be trusted to carry a mail about it.
    boolean stopsMail() {
        return stopsMail;
    }

    /// How long it has to be gone before it is over, so that trouble that comes and goes is one.
    Duration calm() {
        return calm;
    }

    /// A reminder is not over, it is only past.
    boolean isTrouble() {
        return this != PERMISSION_REVIEW;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
