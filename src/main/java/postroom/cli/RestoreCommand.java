package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/// `postroom restore FILE`, while no server runs.
@Command(
        name = "restore",
        description = "Put back what postroom backup saved; the server must not run.",
        footer = {"", "Messages that were sent after the backup are sent again."})
final class RestoreCommand extends Words {

    @Parameters(paramLabel = "FILE", description = "What postroom backup wrote.")
    private String file = "";

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory; ./data.")
    private String data = "";

    @Option(names = "--config", paramLabel = "FILE", description = "The settings file.")
    private String config = "";

    @Option(names = "--force", description = "Replace the data that is there.")
    private boolean force;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Terminal terminal;

    RestoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var settings = ServeCommand.settings(terminal, data, config);
        refuseWhileRunning();
        var restored = Archive.unpack(settings, Path.of(file), force);
        var result = Json.object().put("data", settings.data().toString());
        restored.forEach(result.putArray("restored")::add);
        terminal.out()
                .println(
                        json
                                ? Json.pretty(result)
                                : "Restored "
                                        + Json.text(result, "restored")
                                        + " into "
                                        + settings.data()
                                        + ".");
        return 0;
    }

    private void refuseWhileRunning() {
        try (var server = RunningServer.find(terminal, data, config)) {
            server.get("/health/live");
        } catch (Trouble trouble) {
            if (trouble.exitCode() == Trouble.NO_SERVER) return;
        }
        throw Trouble.refused("The server runs; stop it first");
    }
}
