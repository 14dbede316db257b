package postroom.queue;

import postroom.mail.DeliveryResult;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One result, and what the catalog says of it.
///
/// @param advice id of the catalog's entry; empty where there is nothing to advise
public record Settlement(DeliveryResult result, Optional<String> advice) {

    /// The conversation of the attempt that brought the results.
    public record AttemptRecord(long id, Instant at, Duration took, String conversation) {}
}
