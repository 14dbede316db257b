package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.catalog.Advice;
import postroom.check.CheckStep;
import postroom.check.ChecksUnderWay;
import postroom.check.LastChecks;
import postroom.check.ReportJson;
import postroom.check.ReportText;
import postroom.service.Service;

import tools.jackson.databind.JsonNode;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Checks as pages show them: under way, or what came of the last one.
final class CheckViews {

    private final LastChecks last;
    private final ChecksUnderWay underWay;
    private final InstantSource clock;

    CheckViews(LastChecks last, ChecksUnderWay underWay, InstantSource clock) {
        this.last = last;
        this.underWay = underWay;
        this.clock = clock;
    }

    /// @param tone `good`, `bad` or `quiet`, or `under-way`
    /// @param detail what was found; empty where there is nothing to say yet
    /// @param state for whoever cannot see the icon
    record Step(
            Say title,
            String icon,
            String tone,
            Say state,
            String detail,
            long millis,
            @Nullable String diagnostic,
            @Nullable Advice advice) {}

    record Said(String said, String heard, long millis) {}

    /// @param at absent while it is under way
    /// @param text to be pasted into a ticket
    record View(
            boolean isUnderWay,
            boolean passed,
            @Nullable Moment at,
            String recipient,
            List<Step> steps,
            List<Said> conversation,
            String text) {}

    /// When a check passed with the settings of now.
    Optional<Moment> verified(Service service) {
        return last.of(service.id()).verifiedAt().map(at -> Moment.of(at, clock.instant()));
    }

    Optional<View> view(Service service) {
        return underWay.of(service.id())
                .map(CheckViews::view)
                .or(() -> last.of(service.id()).report().map(report -> view(service, report)));
    }

    /// What comes next is shown as such.
    private static View view(ChecksUnderWay.UnderWay now) {
        var steps = new ArrayList<Step>();
        for (var step : now.taken()) steps.add(step(ReportJson.of(step)));
        var names = CheckStep.Name.values();
        boolean ended = now.taken().stream().anyMatch(step -> !(step instanceof CheckStep.Passed));
        if (!ended && steps.size() < names.length)
            steps.add(
                    new Step(
                            title(names[steps.size()].word()),
                            "again",
                            "under-way",
                            Say.of("check.state.under-way"),
                            "",
                            0,
                            null,
                            null));
        return new View(true, false, null, now.recipient().toString(), steps, List.of(), "");
    }

    private View view(Service service, JsonNode report) {
        var steps = new ArrayList<Step>();
        for (var step : report.path("steps")) steps.add(step(step));
        var conversation = new ArrayList<Said>();
        for (var step : report.path("conversation"))
            conversation.add(new Said(text(step, "said"), text(step, "heard"), millis(step)));
        return new View(
                false,
                report.path("passed").asBoolean(false),
                Moment.of(Instant.parse(text(report, "at")), clock.instant()),
                text(report, "recipient"),
                steps,
                conversation,
                ReportText.of(service, report));
    }

    private static Step step(JsonNode step) {
        var title = title(text(step, "name"));
        var outcome = text(step, "outcome");
        return switch (outcome) {
            case "passed" ->
                    new Step(
                            title,
                            "check",
                            "good",
                            Say.of("check.state.passed"),
                            text(step, "detail"),
                            millis(step),
                            null,
                            null);
            case "failed" ->
                    new Step(
                            title,
                            "cross",
                            "bad",
                            Say.of("check.state.failed"),
                            text(step, "detail"),
                            millis(step),
                            text(step, "diagnostic"),
                            advice(step.path("advice")));
            default ->
                    new Step(
                            title,
                            "dash",
                            "quiet",
                            Say.of("check.state.not-reached"),
                            "",
                            0,
                            null,
                            null);
        };
    }

    private static Say title(String name) {
        return CheckStep.Name.of(name).isPresent()
                ? Say.of("check.step." + name)
                : Say.of("check.step.other", name);
    }

    // The advice as it was when the test ran: its values are those of then.
    private static Advice advice(JsonNode advice) {
        return new Advice(
                text(advice, "id"),
                text(advice, "title"),
                text(advice, "cause"),
                text(advice, "fix"),
                texts(advice.path("steps")),
                texts(advice.path("commands")),
                Advice.Who.valueOf(text(advice, "who").toUpperCase(Locale.ROOT)),
                text(advice, "docs_url"),
                Advice.Retry.valueOf(
                        text(advice, "retry").toUpperCase(Locale.ROOT).replace('-', '_')),
                Optional.empty());
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(text -> text.asString("")).toList();
    }

    private static String text(JsonNode node, String member) {
        return node.path(member).asString("");
    }

    private static long millis(JsonNode node) {
        return node.path("millis").asLong(0);
    }
}
