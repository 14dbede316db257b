/// The HTTP door: one message as JSON, one as MIME, or many at once.
///
/// Applications call it with the key of their credential; `postroom send` does, too.
///
/// Bcc stands in the envelope alone. Nothing a caller says can add a header field or a line. A call
/// repeated with the same Idempotency-Key sends nothing twice: the key is kept in the transaction
/// that keeps the message.
///
/// Read on in [postroom.intake.http.SubmissionCalls], then [postroom.intake.http.MimeWriter].
@NullMarked
package postroom.intake.http;

import org.jspecify.annotations.NullMarked;
