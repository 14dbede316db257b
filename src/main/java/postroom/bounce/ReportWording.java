package postroom.bounce;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.catalog.Values;
import postroom.queue.OwedReport;
import postroom.queue.OwedReport.Action;
import postroom.queue.OwedReport.Line;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// The part of a report that is for people: what happened, in whose words, and what to do.
final class ReportWording {

    private static final int MOST_NAMED = 50;
    private static final int MOST_GROUPS = 50;
    private static final int LONGEST = 1_000;
    private static final int LONGEST_SUBJECT = 200;

    private final Catalog catalog;
    private final String hostname;

    ReportWording(Catalog catalog, String hostname) {
        this.catalog = catalog;
        this.hostname = hostname;
    }

    static String subject(OwedReport report) {
        var actions = report.lines().stream().map(Line::action).toList();
        var what =
                actions.contains(Action.FAILED)
                        ? "Not sent"
                        : actions.contains(Action.DELAYED) ? "Still waiting" : "Handed on";
        var subject = shown(report.subject(), LONGEST_SUBJECT);
        return subject.isEmpty() ? what : what + ": " + subject;
    }

    /// What the same can be said of.
    private record Fate(
            Action action, String reason, Optional<String> diagnostic, Optional<String> advice) {}

    String of(OwedReport report) {
        var byFate = new LinkedHashMap<Fate, List<Line>>();
        for (var line : report.lines())
            byFate.computeIfAbsent(
                            new Fate(
                                    line.action(), line.reason(), line.diagnostic(), line.advice()),
                            fate -> new ArrayList<>())
                    .add(line);
        var text = new StringBuilder();
        text.append("This is Postroom, the gateway for outgoing mail at ")
                .append(hostname)
                .append(", about your message\n\n  ")
                .append(or(shown(report.subject(), LONGEST_SUBJECT), "(without a subject)"))
                .append("\n  of ")
                .append(ReportMail.date(report.acceptedAt()))
                .append('\n');
        int told = 0;
        for (var group : byFate.entrySet()) {
            if (told++ == MOST_GROUPS) {
                text.append("\nThe second part of this report says what became of the others.\n");
                break;
            }
            tell(text, group.getKey(), group.getValue());
        }
        return text.append("\nWhoever runs Postroom finds the message as ")
                .append(report.id())
                .append(".\n")
                .toString();
    }

    private void tell(StringBuilder text, Fate fate, List<Line> lines) {
        text.append('\n').append(what(fate, lines.getFirst())).append("\n\n");
        lines.stream()
                .limit(MOST_NAMED)
                .forEach(it -> text.append("  ").append(it.address()).append('\n'));
        if (lines.size() > MOST_NAMED)
            text.append(
                    "  and %d more, all of them in the second part of this report\n"
                            .formatted(lines.size() - MOST_NAMED));
        if (fate.action() == Action.RELAYED) return;
        fate.diagnostic()
                .ifPresent(it ->
                        text.append("\nThe last answer was:\n\n  ")
                                .append(shown(it, LONGEST))
                                .append('\n'));
        advice(fate)
                .ifPresent(it ->
                        text.append('\n')
                                .append(it.title())
                                .append(it.title().endsWith(".") ? "\n" : ".\n")
                                .append(it.fix())
                                .append('\n'));
    }

    private static String what(Fate fate, Line first) {
        return switch (fate.action()) {
            case FAILED ->
                    switch (fate.reason()) {
                        case "lifetime" ->
                                "It could not be sent, and will not be tried any longer, to:";
                        case "patience" ->
                                "It could not be sent, and will not be tried any longer: its way"
                                        + " out was closed for too long. This is about:";
                        default -> "It was refused, and will not be tried again, for:";
                    };
            case DELAYED ->
                    "It is still waiting, and you need not send it again"
                            + first.triedUntil()
                                    .map(it -> "; it will be tried until " + ReportMail.date(it))
                                    .orElse("")
                            + ". This is about:";
            case RELAYED ->
                    "It was handed on to the next mail server, which does not promise to report"
                            + " any further. This is about:";
        };
    }

    // Its values are the owner's, and the sender may be somebody else.
    private Optional<Advice> advice(Fate fate) {
        return fate.advice()
                .flatMap(catalog::byId)
                .filter(it -> !it.isUnknown())
                .map(it -> it.with(Values.NONE));
    }

    private static String shown(String text, int most) {
        var clean = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return clean.length() <= most ? clean : clean.substring(0, most) + "…";
    }

    private static String or(String text, String other) {
        return text.isEmpty() ? other : text;
    }
}
