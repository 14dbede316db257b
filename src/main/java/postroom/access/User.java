package postroom.access;

import java.time.Instant;
import java.util.Optional;

/// A person who may sign in to the console.
///
/// @param active false: may not sign in any more, and is kept for the audit
/// @param secondFactor a code of an app is asked for after the password
public record User(
        long id,
        String email,
        Role role,
        Instant createdAt,
        boolean active,
        boolean secondFactor,
        Optional<Instant> signedInAt) {}
