package postroom.alert;

import postroom.catalog.Advice;
import postroom.queue.Waiting;
import postroom.secret.Redactor;
import postroom.service.ServiceState;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A mail to the owner as plain text: what happened, since when, what waits, what to do, and where
/// to look. Lines are short; what the far side said is wrapped.
final class Letter {

    private static final int WIDTH = 76;
    private static final int LONGEST_WORD = 900; // RFC 5322 §2.1.1: a line has 998 octets at most
    private static final int LONGEST_TEXT = 100_000;

    private final StringBuilder text = new StringBuilder();

    static String raised(Trouble trouble, Wording wording, Instant since, Waiting waiting) {
        var letter = new Letter();
        letter.paragraph(wording.title(trouble) + ".");
        if (trouble.kind().stopsMail())
            letter.paragraph("It began at " + Wording.time(since) + ".");
        wording.facts(trouble).forEach(letter::paragraph);
        if (trouble.kind().stopsMail()) letter.paragraph(waits(waiting));
        wording.advice(trouble).ifPresent(letter::remedy);
        letter.paragraph(wording.page(trouble.service().id()));
        letter.paragraph(
                trouble.kind().isTrouble()
                        ? "Postroom tells this once, and once more when it is over."
                        : "Postroom reminds of this twice a year.");
        return letter.written();
    }

    /// @param name of the service, unless it was deleted
    static String over(
            Alert alert,
            Instant end,
            Optional<String> name,
            Optional<ServiceState> state,
            Waiting waiting,
            String page) {
        var letter = new Letter();
        letter.paragraph("Over: " + alert.title() + ".");
        if (alert.toldAt().isEmpty())
            letter.paragraph(
                    "While it lasted no other service was open to tell it through, so this is the"
                            + " first mail about it.");
        letter.paragraph(
                "It lasted %s, from %s to %s."
                        .formatted(
                                Wording.words(Duration.between(alert.since(), end)),
                                Wording.time(alert.since()),
                                Wording.time(end)));
        if (name.isEmpty()) letter.paragraph("The service was deleted.");
        else {
            letter.paragraph(
                    name.get()
                            + " is now "
                            + state.map(it -> it.word().replace('_', ' ')).orElse("gone")
                            + ".");
            letter.paragraph(waits(waiting));
            letter.paragraph(page);
        }
        return letter.written();
    }

    private static String waits(Waiting waiting) {
        if (waiting.recipients() == 0) return "No mail waits for it.";
        return "%d %s for it%s."
                .formatted(
                        waiting.recipients(),
                        waiting.recipients() == 1 ? "recipient waits" : "recipients wait",
                        waiting.oldest()
                                .map(it -> "; the oldest came at " + Wording.time(it))
                                .orElse(""));
    }

    private void remedy(Advice advice) {
        paragraph("What it means: " + advice.title() + ". " + advice.cause());
        var who = advice.who() == Advice.Who.OWNER ? "" : ", for " + advice.who().words();
        paragraph("What to do" + who + ":");
        if (advice.steps().isEmpty()) lines(List.of(advice.fix()), "  ");
        int number = 1;
        for (var step : advice.steps()) lines(List.of(step), number++ + "  ");
        text.append('\n');
        if (!advice.commands().isEmpty()) {
            for (var command : advice.commands())
                text.append("    ").append(bounded(command)).append('\n');
            text.append('\n');
        }
        if (!advice.docsUrl().isEmpty()) paragraph(advice.docsUrl());
    }

    private void paragraph(String words) {
        lines(List.of(words), "");
        text.append('\n');
    }

    /// Wrapped; what follows the first line is indented as much.
    private void lines(List<String> paragraphs, String start) {
        for (var words : paragraphs) {
            text.append(start);
            int column = start.length();
            boolean first = true;
            for (var word : Redactor.masked(words).strip().split("\\s+")) {
                var bounded = bounded(word);
                if (!first && column + 1 + bounded.length() > WIDTH) {
                    text.append('\n').repeat(' ', start.length());
                    column = start.length();
                    first = true;
                }
                if (!first) text.append(' ');
                text.append(bounded);
                column += bounded.length() + (first ? 0 : 1);
                first = false;
            }
            text.append('\n');
        }
    }

    private static String bounded(String word) {
        return word.length() <= LONGEST_WORD ? word : word.substring(0, LONGEST_WORD) + "...";
    }

    private String written() {
        var bounded =
                text.length() <= LONGEST_TEXT ? text.toString() : text.substring(0, LONGEST_TEXT);
        return bounded.stripTrailing() + "\n";
    }
}
