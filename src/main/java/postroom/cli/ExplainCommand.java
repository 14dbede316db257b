package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import postroom.catalog.Advice;
import postroom.catalog.JsonCatalog;
import postroom.catalog.Values;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Locale;

/// `postroom explain TEXT`: what an error means and what to do. The catalog is in the program, so
/// this needs no server unless a service's values are wanted.
@Command(
        name = "explain",
        description = "What an error means and what to do about it; needs no server.",
        footer = {"", "  postroom explain '535 5.7.139 Authentication unsuccessful'"})
final class ExplainCommand extends Words {

    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "What the far side said.")
    private List<String> text = List.of();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = "--service",
            paramLabel = "SERVICE",
            description = "With the real values of this service; asks the running server.")
    private String service = "";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory of that server on this machine (or POSTROOM_DATA).")
    private String data = "";

    private final Terminal terminal;

    ExplainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var asked = String.join(" ", text);
        var advice = service.isEmpty() ? explained(asked) : explainedByServer(asked);
        if (json) terminal.out().println(Json.pretty(advice));
        else Json.items(advice).forEach(this::print);
        return 0;
    }

    private static JsonNode explained(String text) {
        var advice = Json.object();
        for (var one : JsonCatalog.ours().explain(text))
            advice.withArray("/advice").add(shown(one));
        return advice;
    }

    private JsonNode explainedByServer(String text) {
        try (var server = RunningServer.find(terminal, data, "")) {
            return server.get(
                    "/v1/explain?text="
                            + RunningServer.encoded(text)
                            + "&service="
                            + RunningServer.encoded(service));
        }
    }

    private static JsonNode shown(Advice entry) {
        var advice = entry.with(Values.NONE);
        var shown =
                Json.object()
                        .put("id", advice.id())
                        .put("title", advice.title())
                        .put("cause", advice.cause())
                        .put("fix", advice.fix());
        var steps = shown.putArray("steps");
        advice.steps().forEach(steps::add);
        var commands = shown.putArray("commands");
        advice.commands().forEach(commands::add);
        return shown.put("who", advice.who().word())
                .put("docs_url", advice.docsUrl())
                .put("retry", advice.retry().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private void print(JsonNode advice) {
        terminal.out().println(Json.text(advice, "title") + "   (" + Json.text(advice, "id") + ")");
        printRemedy(terminal, advice, 2);
        terminal.out().println();
    }

    /// The unfolded part of a failed step.
    static void printTrouble(Terminal terminal, JsonNode step) {
        print(terminal, step, "diagnostic", 5);
        print(terminal, step.path("advice"), "title", 5);
        printRemedy(terminal, step.path("advice"), 5);
    }

    /// Why, what to do, who has to, and where to read more.
    private static void printRemedy(Terminal terminal, JsonNode advice, int indent) {
        print(terminal, advice, "cause", indent);
        int number = 1;
        for (var step : advice.path("steps"))
            printLines(terminal, number++ + "  " + step.asString(""), indent);
        if (advice.path("steps").isEmpty()) print(terminal, advice, "fix", indent);
        for (var command : advice.path("commands"))
            printLines(terminal, command.asString(""), indent + 4);
        var who = Json.text(advice, "who");
        if (!who.isEmpty() && !who.equals("owner"))
            printLines(terminal, "For: " + words(who), indent);
        print(terminal, advice, "docs_url", indent);
    }

    private static String words(String who) {
        for (var known : Advice.Who.values()) if (known.word().equals(who)) return known.words();
        return who;
    }

    private static void print(Terminal terminal, JsonNode from, String part, int indent) {
        printLines(terminal, Json.text(from, part), indent);
    }

    private static void printLines(Terminal terminal, String words, int indent) {
        words.strip()
                .lines()
                .map(line -> " ".repeat(indent) + Table.shown(line))
                .forEach(terminal.out()::println);
    }
}
