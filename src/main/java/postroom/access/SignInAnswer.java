package postroom.access;

import java.time.Duration;

/// What came of an application's attempt to sign in.
public sealed interface SignInAnswer {
    record SignedIn(Credential credential) implements SignInAnswer {}

    /// Wrong, unknown, revoked or from a network it may not use: whoever guesses learns nothing.
    ///
    /// @param slowDown how long to wait before saying so
    record Refused(Duration slowDown) implements SignInAnswer {}

    /// Too many wrong guesses from there, or for that credential.
    record LockedOut(Duration remaining) implements SignInAnswer {}
}
