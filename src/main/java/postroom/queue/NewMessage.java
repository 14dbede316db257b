package postroom.queue;

import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.service.Usage;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A message on its way into the queue.
///
/// @param id from [Queue#newId], so that `Received` can name it
/// @param door `smtp`, `http` or `sendmail`; [#ALERT] for what Postroom itself has to say
/// @param remote who handed it in, for people: `10.0.0.8 TLSv1.3`
/// @param headerFrom the address of the author
/// @param messageId header Message-ID with its angle brackets
/// @param service the service that carries it
/// @param sendAt not before then
public record NewMessage(
        QueueId id,
        OptionalLong credential,
        String door,
        String remote,
        Envelope envelope,
        String headerFrom,
        String subject,
        String messageId,
        Usage usage,
        List<String> tags,
        Map<String, Object> metadata,
        long service,
        Optional<Instant> sendAt,
        Spool.Draft content) {

    /// No door: Postroom tells its owner of trouble.
    public static final String ALERT = "alert";
}
