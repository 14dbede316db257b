/// The SMTP door: message submission over SMTP (RFC 6409), with STARTTLS, over TLS, or plain for
/// devices on listed networks.
///
/// `House` starts one [postroom.intake.smtp.SubmissionListener] per address; `sendmail -bs` runs a
/// connection over its standard streams. What comes in goes to [postroom.intake.Intake].
///
/// A password is never taken in the clear. Only CRLF.CRLF ends a message. A client that is slow,
/// silent, noisy or hostile costs one virtual thread and a small buffer, for a bounded time.
///
/// Read on in [postroom.intake.smtp.SubmissionConnection].
@NullMarked
package postroom.intake.smtp;

import org.jspecify.annotations.NullMarked;
