package postroom.intake.sendmail;

import postroom.intake.Acceptance;
import postroom.mail.QueueId;

import java.io.IOException;

/// What the collector needs of the counter and the queue. `House` makes it from
/// [postroom.intake.Intake].
public interface DropCounter {

    /// The name a drop will have in the queue.
    QueueId newId();

    /// True when a message of that name is in the queue: an earlier collection got so far.
    boolean holds(QueueId id);

    /// Hands the drop in as that message; the answer comes after the commit.
    Acceptance take(QueueId id, Drop drop) throws IOException;

    /// Writes down that a drop was rejected.
    ///
    /// @param name of its file under `drop/rejected`
    void rejected(String name, String reason);
}
