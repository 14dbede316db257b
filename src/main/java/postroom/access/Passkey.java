package postroom.access;

import java.time.Instant;
import java.util.Optional;

/// What a person's device proves itself with (WebAuthn).
///
/// @param id the credential ID, in base64url
/// @param record what the library needs to check it, as JSON: public key, counter
public record Passkey(
        String id,
        long user,
        String name,
        String record,
        Instant createdAt,
        Optional<Instant> usedAt) {}
