package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

import java.util.List;

/// Shown in the list of commands; `Main` runs `sendmail` itself, before anything here is loaded.
@Command(
        name = "sendmail",
        description = "Take a message as sendmail does, whether the server runs or not.")
final class SendmailCommand extends Words {

    @Unmatched private List<String> rest = List.of();

    @Override
    public Integer call() {
        throw Trouble.usage("sendmail is run by the launcher: ./postroom sendmail -h");
    }
}
