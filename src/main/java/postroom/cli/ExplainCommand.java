package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.List;

/// `postroom explain TEXT`: what an error means and what to do.
@Command(
        name = "explain",
        description = "What an error means and what to do about it.",
        footer = {"", "  postroom explain '535 5.7.139 Authentication unsuccessful'"})
final class ExplainCommand extends ServerCommand {

    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "What the far side said.")
    private List<String> text = List.of();

    ExplainCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        var asked = RunningServer.encoded(String.join(" ", text));
        return show(
                server().get("/v1/explain?text=" + asked),
                answer ->
                        print(
                                terminal,
                                answer.path("advice").isObject() ? answer.path("advice") : answer));
    }

    static void print(Terminal terminal, JsonNode advice) {
        var out = terminal.out();
        out.println(Json.firstText(advice, "title", "id"));
        for (var part : List.of("cause", "fix", "docs_url", "docsUrl")) {
            var words = Json.text(advice, part);
            if (!words.isEmpty()) out.println(words.strip().indent(2).stripTrailing());
        }
    }

    /// The unfolded part of a failed step.
    static void printTrouble(Terminal terminal, JsonNode step) {
        var diagnostic = Json.firstText(step, "diagnostic.text", "diagnostic");
        if (!diagnostic.isEmpty()) terminal.out().println("     " + Table.shown(diagnostic));
        var advice = step.path("advice");
        if (advice.isString()) terminal.out().println("     advice: " + advice.asString());
        if (!advice.isObject()) return;
        for (var part : List.of("title", "cause", "fix", "docs_url")) {
            var words = Json.text(advice, part);
            if (!words.isEmpty()) terminal.out().println(words.strip().indent(5).stripTrailing());
        }
    }
}
