package postroom.queue;

import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.service.Usage;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A message on its way into the queue.
///
/// @param id from [Queue#newId], so that `Received` can name it
/// @param door `smtp`, `http` or `sendmail`; [#ALERT] or [#REPORT] for what Postroom itself has to
///   say
/// @param remote who handed it in, for people: `10.0.0.8 TLSv1.3`
/// @param headerFrom the address of the author
/// @param messageId header Message-ID with its angle brackets
/// @param assignments the services that carry it: one for each forward-path, in their order
/// @param askedService the one the message asked for by itself
/// @param sendAt not before then
/// @param tellsSender the reverse-path gets a report when it fails or is late
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
        List<Assignment> assignments,
        Optional<Long> askedService,
        Optional<Instant> sendAt,
        boolean tellsSender,
        Spool.Draft content) {

    /// No door: Postroom tells its owner of trouble.
    public static final String ALERT = "alert";

    /// No door: Postroom tells a sender what became of a message.
    public static final String REPORT = "report";

    public NewMessage {
        assignments = List.copyOf(assignments);
        if (assignments.size() != envelope.forwardPaths().size())
            throw new IllegalArgumentException(
                    assignments.size()
                            + " assignments for "
                            + envelope.forwardPaths().size()
                            + " recipients");
    }

    /// True for what Postroom itself has to say.
    public static boolean isOurs(String door) {
        return door.equals(ALERT) || door.equals(REPORT);
    }

    /// One service carries it to everybody, and its sender hears no more of it.
    public NewMessage(
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
        this(
                id,
                credential,
                door,
                remote,
                envelope,
                headerFrom,
                subject,
                messageId,
                usage,
                tags,
                metadata,
                Collections.nCopies(envelope.forwardPaths().size(), Assignment.to(service)),
                Optional.empty(),
                sendAt,
                false,
                content);
    }

    /// The service of the first recipient.
    public long service() {
        return assignments.getFirst().service();
    }
}
