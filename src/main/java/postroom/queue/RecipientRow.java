package postroom.queue;

import postroom.mail.Address;
import postroom.mail.QueueId;

import java.time.Instant;
import java.util.Optional;

/// One recipient and how it stands.
///
/// @param state `queued`, `deferred`, `sent`, `failed`, `held` or `cancelled`
/// @param dueAt the next try of a waiting recipient; while it is claimed, the end of the lease
/// @param claimed an attempt is under way
public record RecipientRow(
        long id,
        QueueId message,
        Address address,
        String state,
        long service,
        Optional<Instant> dueAt,
        boolean claimed,
        int attempts,
        Optional<String> diagnostic,
        Optional<String> advice) {}
