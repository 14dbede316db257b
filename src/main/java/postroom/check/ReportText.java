package postroom.check;

import postroom.service.Service;

import tools.jackson.databind.JsonNode;

/// A report as plain text, to be pasted into a ticket. There is no secret in it.
public final class ReportText {

    private ReportText() {}

    /// @param report as [ReportJson] writes it
    public static String of(Service service, JsonNode report) {
        var text = new StringBuilder();
        text.append("Postroom test of ").append(shown(service.name())).append('\n');
        text.append(shown(SettingsWords.of(service))).append('\n');
        text.append("from ").append(service.from().address());
        text.append(" to ").append(word(report, "recipient")).append('\n');
        text.append(report.path("passed").asBoolean(false) ? "passed" : "failed");
        text.append(" at ").append(word(report, "at")).append("\n\n");
        for (var step : report.path("steps")) step(text, step);
        text.append("\nConversation\n");
        for (var step : report.path("conversation")) {
            text.append("  > ").append(word(step, "said")).append('\n');
            text.append("  < ").append(word(step, "heard"));
            text.append("  (").append(step.path("millis").asLong(0)).append(" ms)\n");
        }
        return text.toString();
    }

    private static void step(StringBuilder text, JsonNode step) {
        var name = word(step, "name");
        var title = CheckStep.Name.of(name).map(CheckStep.Name::title).orElse(name);
        text.append("%-11s  %s".formatted(word(step, "outcome").replace('_', ' '), title));
        if (!word(step, "detail").isEmpty()) text.append(": ").append(word(step, "detail"));
        if (step.path("millis").asLong(0) > 0)
            text.append("  (").append(step.path("millis").asLong(0)).append(" ms)");
        text.append('\n');
        if (!word(step, "outcome").equals("failed")) return;
        text.append("    said: ").append(word(step, "diagnostic")).append('\n');
        var advice = step.path("advice");
        text.append("    ").append(word(advice, "cause")).append('\n');
        int number = 1;
        for (var one : advice.path("steps"))
            text.append("    ")
                    .append(number++)
                    .append("  ")
                    .append(shown(one.asString("")))
                    .append('\n');
        if (advice.path("steps").isEmpty())
            text.append("    ").append(word(advice, "fix")).append('\n');
        for (var command : advice.path("commands"))
            text.append("        ").append(shown(command.asString(""))).append('\n');
    }

    private static String word(JsonNode node, String member) {
        return shown(node.path(member).asString(""));
    }

    private static String shown(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
