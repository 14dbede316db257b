package postroom.deliver;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;

import java.util.List;
import java.util.Optional;

/// What one attempt carries: one message for those of its recipients that are due.
public record Consignment(
        QueueId id,
        Optional<Address> reversePath,
        List<Recipient> recipients,
        Body body,
        boolean smtputf8,
        Content content) {
    public Consignment {
        recipients = List.copyOf(recipients);
    }
}
