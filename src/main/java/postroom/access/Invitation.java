package postroom.access;

import java.time.Instant;
import java.util.Optional;

/// A one-time address with which somebody chooses a password.
///
/// @param user whose password it replaces; absent: somebody new
public record Invitation(
        long id, String email, Role role, Optional<Long> user, String by, Instant expires) {}
