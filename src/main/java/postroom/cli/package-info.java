/// The command line.
///
/// `Main` calls it for everything but `sendmail`. `serve` and `demo` run the house in this process;
/// all others talk HTTP to a server that runs, with `POSTROOM_URL` and `POSTROOM_API_KEY` or, on
/// the same machine, with the key in the data directory.
///
/// Every command has `-h`, every result `--json`. The exit code is 0, 1 when a check failed or the
/// server refused, 2 for a wrong call, 69 when no server answers. Trouble is one sentence on
/// standard error. A secret is never asked for as a plain argument.
///
/// Read on in [postroom.cli.Cli], then [postroom.cli.RunningServer] and any command.
@NullMarked
package postroom.cli;

import org.jspecify.annotations.NullMarked;
