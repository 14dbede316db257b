package postroom.queue;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.QueueId;
import postroom.mail.ReportRequest.Returned;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One report that a sender has to be sent: a message, and the recipients it is about.
///
/// @param messageId header Message-ID
/// @param content while it is kept
/// @param lines what to tell; may be none, when all of it is past
/// @param past what was to be told and is not true any more: late mail that has left
/// @param waitsSince when it first had to wait for its turn, if it had to
public record OwedReport(
        QueueId id,
        Instant acceptedAt,
        Address reversePath,
        String subject,
        String messageId,
        Optional<Returned> returned,
        Optional<String> envelopeId,
        Optional<Content> content,
        List<Line> lines,
        List<Line> past,
        Optional<Instant> waitsSince) {

    public OwedReport {
        lines = List.copyOf(lines);
        past = List.copyOf(past);
    }

    /// The `Action` of RFC 3464 §2.3.3, as far as a gateway comes to one.
    public enum Action {
        FAILED,
        DELAYED,
        RELAYED
    }

    /// One recipient.
    ///
    /// @param reason `refused`, `lifetime` or `patience`; `late`; `sent`
    /// @param at when it came to be
    /// @param state of the recipient
    /// @param lastAttempt when it was tried last, if it was
    /// @param advice id of the catalog's entry
    /// @param triedUntil when a late one will be given up, where that is known
    public record Line(
            long recipient,
            Address address,
            Optional<String> originalRecipient,
            Action action,
            String reason,
            Instant at,
            String state,
            long service,
            Optional<Instant> lastAttempt,
            Optional<String> diagnostic,
            Optional<String> advice,
            Optional<Instant> triedUntil) {}
}
