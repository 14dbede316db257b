/// The door for programs that call `sendmail`.
///
/// Cron, PHP and scripts run the command ([postroom.intake.sendmail.Sendmail]), which leaves the
/// message in the drop directory; the server's [postroom.intake.sendmail.DropCollector] takes it
/// from there to the counter.
///
/// No mail is lost because the server is not running, and none is sent twice because it died. The
/// command starts in a fraction of a second: it loads no library, and says how it went with the
/// codes of `sysexits.h`.
///
/// Read on in [postroom.intake.sendmail.Sendmail], then [postroom.intake.sendmail.DropWriter] and
/// [postroom.intake.sendmail.DropCollector].
@NullMarked
package postroom.intake.sendmail;

import org.jspecify.annotations.NullMarked;
