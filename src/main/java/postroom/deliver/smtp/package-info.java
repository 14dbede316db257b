/// SMTP towards the smarthost: greeting to final dot.
///
/// `deliver` opens lines here; `check` walks the same steps one by one.
///
/// TLS is required and verified unless the owner chose plain text; a refused recipient does not
/// harm the others; every step is recorded in the conversation with its secrets masked.
///
/// Read on in [postroom.deliver.smtp.SmtpTransport], then `Dialling` (host name to signed-in
/// connection) and `SmtpLine` (one message after the other).
@NullMarked
package postroom.deliver.smtp;

import org.jspecify.annotations.NullMarked;
