package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import postroom.Server;
import postroom.config.InvalidSettings;
import postroom.config.PostroomSettings;
import postroom.config.SettingsReader;

/// `postroom serve`: the server.
@Command(name = "serve", description = "Run the server until it is told to stop.")
final class ServeCommand extends Words {

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory; ./data.")
    private String data = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The settings; postroom.yaml in the data directory.")
    private String config = "";

    private final Terminal terminal;

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        return Server.run(settings(terminal, data, config), terminal.out());
    }

    static PostroomSettings settings(Terminal terminal, String data, String config) {
        try {
            return SettingsReader.read(data, config, terminal.environment());
        } catch (InvalidSettings invalid) {
            throw Trouble.usage(String.join("\npostroom: ", invalid.sentences()));
        }
    }
}
