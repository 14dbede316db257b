package postroom.access;

import java.time.Duration;

/// Whose bearer key it is.
public sealed interface Caller {

    /// An application: it may send, and read what it sent.
    record Application(Credential credential) implements Caller {}

    record Manager(ManagementKey key) implements Caller {}

    /// Nobody's, or one that was revoked or may not be used from there.
    record Nobody() implements Caller {}

    /// Nobody's, and the network it came from has shown too many of these.
    record LockedOut(Duration remaining) implements Caller {}
}
