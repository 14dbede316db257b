package postroom.cli;

import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;

/// A command that asks a running server and shows its answer.
abstract class ServerCommand extends Words {

    @Option(names = "--json", order = 90, description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = "--data",
            order = 91,
            paramLabel = "DIR",
            description = "Data directory of the server on this machine (or POSTROOM_DATA).")
    private String data = "";

    @Option(
            names = "--config",
            order = 92,
            paramLabel = "FILE",
            description = "Settings file that names it.")
    private String config = "";

    protected final Terminal terminal;

    ServerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    protected final RunningServer server() {
        return RunningServer.find(terminal, data, config);
    }

    protected final boolean wantsJson() {
        return json;
    }

    /// Prints the answer itself with `--json`, else what `people` makes of it.
    protected final int show(JsonNode answer, java.util.function.Consumer<JsonNode> people) {
        if (json) terminal.out().println(Json.pretty(answer));
        else people.accept(answer);
        return 0;
    }

    protected final void say(String line) {
        terminal.out().println(line);
    }

    @Override
    public abstract Integer call() throws Exception;
}
