/// The step-by-step test of one service.
///
/// API, console and command line ask for it; it walks the way real mail goes, with the same
/// transport.
///
/// Each step has passed, failed or was not reached; what failed carries what the far side said and
/// advice. Nothing secret is in a report, and the last one is kept with the service. It sends one
/// message, to the address asked for, keeps to the service's limit of connections, and changes no
/// setting.
///
/// Read on in [postroom.check.Check], and rung by rung in `CheckRun`.
@NullMarked
package postroom.check;

import org.jspecify.annotations.NullMarked;
