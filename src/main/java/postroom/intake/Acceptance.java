package postroom.intake;

import postroom.mail.QueueId;
import postroom.mail.Reply;

/// What the counter says to one submission.
public sealed interface Acceptance {

    /// It is in the queue and survives a power cut.
    record Accepted(QueueId id) implements Acceptance {}

    /// Not ours. The reply is fit for SMTP; other doors translate it.
    ///
    /// @param field what is to blame, in the words of the HTTP call, such as `from`; empty where
    ///   nothing is
    record Rejected(Reply reply, String field) implements Acceptance {}
}
