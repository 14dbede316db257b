package postroom.deliver;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.mail.ReportRequest.Returned;

import java.util.List;
import java.util.Optional;

/// What one attempt carries: one message for those of its recipients that are due.
///
/// @param returned how much of it a report of failure brings back, where the client said so
/// @param envelopeId what the sender calls it, where the client said so
/// @param reportsReachSender what the next server reports goes to the sender; not where the message
///   leaves in the service's own name
public record Consignment(
        QueueId id,
        Optional<Address> reversePath,
        List<Recipient> recipients,
        Body body,
        boolean smtputf8,
        Content content,
        Optional<Returned> returned,
        Optional<String> envelopeId,
        boolean reportsReachSender) {

    /// Nobody said anything about reports.
    public Consignment(
            QueueId id,
            Optional<Address> reversePath,
            List<Recipient> recipients,
            Body body,
            boolean smtputf8,
            Content content) {
        this(
                id,
                reversePath,
                recipients,
                body,
                smtputf8,
                content,
                Optional.empty(),
                Optional.empty(),
                true);
    }

    public Consignment {
        recipients = List.copyOf(recipients);
    }
}
