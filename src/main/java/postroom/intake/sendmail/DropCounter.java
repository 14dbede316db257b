package postroom.intake.sendmail;

import postroom.intake.Acceptance;

import java.io.IOException;

/// What the collector needs of the counter.
interface DropCounter {

    /// True when an earlier collection got this drop into the queue.
    boolean holds(String name);

    /// Hands the drop in. The answer comes after a commit that holds the message and the name
    /// alike.
    Acceptance take(String name, Drop drop) throws IOException;

    /// Writes down that a drop was rejected.
    void rejected(String name, String reason);
}
