/// What is owed to whom, and when.
///
/// `intake` puts messages in, `deliver` claims and settles them, operators hold, release, cancel,
/// retry and reroute them.
///
/// A message that was put survives a power cut. A claim is a lease; what a dead node held is due
/// again by itself. States and events are one transaction. The cost of a claim does not grow with
/// what waits.
///
/// Read on in [postroom.queue.Queue], then [postroom.queue.Spool] and
/// [postroom.queue.RetrySchedule].
@NullMarked
package postroom.queue;

import org.jspecify.annotations.NullMarked;
