package postroom.queue;

import postroom.mail.QueueId;

import java.time.Instant;
import java.util.Optional;

/// One message as it was accepted, for lists and pages.
///
/// @param tags JSON list
/// @param metadata JSON object
/// @param askedService the one it asked for by itself, while there is one
/// @param smtputf8 addresses or header section are not ASCII
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
        Optional<Long> askedService,
        boolean smtputf8,
        int recipients,
        Optional<Instant> doneAt) {}
