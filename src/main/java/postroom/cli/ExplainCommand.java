package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import postroom.catalog.Advice;
import postroom.catalog.JsonCatalog;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Locale;

/// `postroom explain TEXT`: what an error means and what to do. The catalog is in the program, so
/// this needs no server.
@Command(
        name = "explain",
        description = "What an error means and what to do about it; needs no server.",
        footer = {"", "  postroom explain '535 5.7.139 Authentication unsuccessful'"})
final class ExplainCommand extends Words {

    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "What the far side said.")
    private List<String> text = List.of();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Terminal terminal;

    ExplainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var advice = Json.object();
        for (var one : JsonCatalog.ours().explain(String.join(" ", text)))
            advice.withArray("/advice").add(shown(one));
        if (json) terminal.out().println(Json.pretty(advice));
        else Json.items(advice).forEach(this::print);
        return 0;
    }

    private static JsonNode shown(Advice advice) {
        return Json.object()
                .put("id", advice.id())
                .put("title", advice.title())
                .put("cause", advice.cause())
                .put("fix", advice.fix())
                .put("docs_url", advice.docsUrl())
                .put("retry", advice.retry().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private void print(JsonNode advice) {
        terminal.out().println(Json.text(advice, "title") + "   (" + Json.text(advice, "id") + ")");
        for (var part : List.of("cause", "fix", "docs_url")) print(terminal, advice, part, 2);
        terminal.out().println();
    }

    /// The unfolded part of a failed step.
    static void printTrouble(Terminal terminal, JsonNode step) {
        print(terminal, step, "diagnostic", 5);
        for (var part : List.of("title", "cause", "fix", "docs_url"))
            print(terminal, step.path("advice"), part, 5);
    }

    private static void print(Terminal terminal, JsonNode from, String part, int indent) {
        var words = Json.text(from, part).strip();
        if (words.isEmpty()) return;
        words.lines()
                .map(line -> " ".repeat(indent) + Table.shown(line))
                .forEach(terminal.out()::println);
    }
}
