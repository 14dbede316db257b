package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;

/// `postroom backup FILE`, while the server runs or not.
@Command(
        name = "backup",
        description = "Copy the database, the master key and the settings into one file.",
        footer = {
            "",
            "The server may run meanwhile. Whoever has the file has everything Postroom has, mail",
            "and secrets alike: keep it as you would keep the master key.",
            "",
            "With database.url this command refuses: use pg_dump, and keep the master key."
        })
final class BackupCommand extends Words {

    @Parameters(paramLabel = "FILE", description = "Where to; must not exist.")
    private String file = "";

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory; ./data.")
    private String data = "";

    @Option(names = "--config", paramLabel = "FILE", description = "The settings file.")
    private String config = "";

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Terminal terminal;

    BackupCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var settings = ServeCommand.settings(terminal, data, config);
        var packed = Archive.pack(settings, Path.of(file));
        var result = Json.object().put("file", file);
        packed.forEach(result.putArray("holds")::add);
        terminal.out().println(json ? Json.pretty(result) : sentence(result));
        if (!packed.contains(Archive.MASTER_KEY) && !json)
            terminal.out()
                    .println(
                            "The master key is not in it: it comes from the settings, and without"
                                    + " it the secrets cannot be opened.");
        return 0;
    }

    private String sentence(ObjectNode result) {
        return file + " holds " + Json.text(result, "holds") + ".";
    }
}
