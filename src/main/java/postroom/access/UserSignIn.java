package postroom.access;

import java.time.Duration;

/// What came of a person's attempt to sign in.
public sealed interface UserSignIn {
    record SignedIn(User user) implements UserSignIn {}

    /// @param slowDown how long to wait before saying so
    record Refused(Duration slowDown) implements UserSignIn {}

    record LockedOut(Duration remaining) implements UserSignIn {}
}
