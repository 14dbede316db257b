/// Reports to senders: a delivery status notification (RFC 3464) where mail failed, is late, or was
/// handed on to somebody who tells no more.
///
/// The housekeeping makes a round a few times a minute. What has to be told was noted by the queue,
/// in the transaction that made it true, for mail that came over SMTP or from `sendmail`.
///
/// Each thing is told once: the report is queued in the transaction that strikes out what it tells.
/// A report is never reported on, nor is anything else that wants no answer.
///
/// Read on in [postroom.bounce.Reports].
@NullMarked
package postroom.bounce;

import org.jspecify.annotations.NullMarked;
