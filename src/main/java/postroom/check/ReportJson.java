package postroom.check;

import postroom.catalog.Advice;
import postroom.mail.Conversation;
import postroom.secret.Redactor;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Locale;

/// A report as programs read it and as it is kept. What a far side said is shortened, and masked
/// once more.
public final class ReportJson {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST_TEXT = 2_000;
    private static final int LONGEST_KEPT = 100_000;

    private ReportJson() {}

    /// `{at, passed, recipient, steps, conversation}`.
    public static ObjectNode of(CheckReport report) {
        var json = JSON.createObjectNode();
        json.put("at", report.at().toString());
        json.put("passed", report.passed());
        json.put("recipient", report.recipient().toString());
        var steps = json.putArray("steps");
        report.steps().forEach(step -> steps.add(of(step)));
        var conversation = json.putArray("conversation");
        report.conversation().forEach(step -> conversation.add(said(step)));
        return json;
    }

    /// `{name, outcome, detail, millis, diagnostic, advice}`.
    public static ObjectNode of(CheckStep step) {
        var json = JSON.createObjectNode().put("name", step.name().word());
        return switch (step) {
            case CheckStep.Passed(_, var detail, var took) ->
                    ended(json, "passed", detail, took).putNull("diagnostic").putNull("advice");
            case CheckStep.Failed(_, var diagnostic, var advice, var detail, var took) -> {
                var found = advice.title() + (detail.isEmpty() ? "" : "; " + detail);
                ended(json, "failed", found, took);
                json.put("diagnostic", shown(diagnostic.text()));
                json.set("advice", advice(advice));
                yield json;
            }
            case CheckStep.NotReached _ ->
                    ended(json, "not_reached", "", Duration.ZERO)
                            .putNull("diagnostic")
                            .putNull("advice");
        };
    }

    /// As text of a bounded length: where it is too long, the end of the conversation is left out.
    static String bounded(CheckReport report) {
        var json = of(report);
        var text = JSON.writeValueAsString(json);
        while (text.length() > LONGEST_KEPT
                && json.path("conversation") instanceof ArrayNode said
                && !said.isEmpty()) {
            for (int half = said.size() / 2, i = said.size() - 1; i >= half; i--) said.remove(i);
            text = JSON.writeValueAsString(json);
        }
        return text;
    }

    private static ObjectNode ended(ObjectNode json, String outcome, String detail, Duration took) {
        return json.put("outcome", outcome)
                .put("detail", shown(detail))
                .put("millis", took.toMillis());
    }

    private static ObjectNode said(Conversation.Step step) {
        return JSON.createObjectNode()
                .put("said", shown(step.said()))
                .put("heard", shown(step.heard()))
                .put("millis", step.took().toMillis());
    }

    private static ObjectNode advice(Advice advice) {
        var json =
                JSON.createObjectNode()
                        .put("id", advice.id())
                        .put("title", advice.title())
                        .put("cause", advice.cause())
                        .put("fix", advice.fix());
        var steps = json.putArray("steps");
        advice.steps().forEach(steps::add);
        var commands = json.putArray("commands");
        advice.commands().forEach(commands::add);
        return json.put("who", advice.who().word())
                .put("docs_url", advice.docsUrl())
                .put("retry", advice.retry().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private static String shown(String text) {
        var masked = Redactor.masked(text);
        return masked.length() <= LONGEST_TEXT ? masked : masked.substring(0, LONGEST_TEXT) + "…";
    }
}
