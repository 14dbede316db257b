package postroom.queue;

import org.jspecify.annotations.Nullable;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.mail.ReportRequest.Returned;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A lease on the due recipients of one message.
///
/// @param lastAdvice what the catalog said of the last try, if there was one
/// @param changedAt when the recipients came to their present state
/// @param headerFrom the author's address
/// @param route the name of the rule that chose the service, even if somebody chose another one
///   since; empty text: none did
/// @param transactional goes before marketing mail
/// @param returned how much of it a report of failure brings back, where the client said so
/// @param envelopeId what the sender calls it, where the client said so
/// @param counted where the service may send only so much
public record Claim(
        QueueId id,
        long service,
        Optional<Address> reversePath,
        List<Recipient> recipients,
        Body body,
        boolean smtputf8,
        Content content,
        Optional<String> lastAdvice,
        Instant changedAt,
        String headerFrom,
        String route,
        boolean transactional,
        Optional<Returned> returned,
        Optional<String> envelopeId,
        Optional<Counted> counted) {
    public Claim {
        recipients = List.copyOf(recipients);
    }

    /// @param messages more than one where it has more recipients than the service takes at once
    public record Counted(Instant at, int messages) {}

    /// A lease is one of a kind: two of the same message, for different recipients or at different
    /// times, are two.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
