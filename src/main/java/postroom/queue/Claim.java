package postroom.queue;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;

import java.util.List;

/// A lease on the due recipients of one message.
///
/// @param tries how many attempts the recipients had, the most of them
public record Claim(
        QueueId id,
        long service,
        java.util.Optional<Address> reversePath,
        List<Recipient> recipients,
        Body body,
        boolean smtputf8,
        Content content,
        int tries) {
    public Claim {
        recipients = List.copyOf(recipients);
    }
}
