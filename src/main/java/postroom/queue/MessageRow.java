package postroom.queue;

import postroom.mail.QueueId;

import java.time.Instant;
import java.util.Optional;

/// One message as it was accepted, for lists and pages.
///
/// @param tags JSON list
/// @param metadata JSON object
/// @param doneAt when the last recipient was settled
public record MessageRow(
        QueueId id,
        Instant acceptedAt,
        Optional<Long> credential,
        String door,
        String remote,
        String reversePath,
        String headerFrom,
        String subject,
        String messageId,
        long size,
        String usage,
        String tags,
        String metadata,
        int recipients,
        Optional<Instant> doneAt) {}
