package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.Optional;

/// `postroom version`.
@Command(name = "version", description = "Which Postroom this is.")
final class VersionCommand extends Words {

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static String version() {
        return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public Integer call() {
        var java = Runtime.version().toString();
        if (json)
            terminal.out()
                    .println(
                            Json.pretty(Json.object().put("version", version()).put("java", java)));
        else terminal.out().println("postroom " + version() + " (Java " + java + ")");
        return 0;
    }
}
