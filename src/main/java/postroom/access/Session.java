package postroom.access;

import java.time.Instant;

/// A browser in which somebody is signed in.
///
/// @param from the IP address it was seen at last
/// @param browser what it called itself
public record Session(
        long id, long user, Instant createdAt, Instant seenAt, String from, String browser) {}
