package postroom.check;

import postroom.check.CheckStep.Name;
import postroom.deliver.Landmark;
import postroom.deliver.Landmark.Connected;
import postroom.deliver.Landmark.Greeted;
import postroom.deliver.Landmark.Secured;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic.Stage;
import postroom.service.Service;
import postroom.service.SmtpSettings.Tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Makes steps of the landmarks on the way to a line: connects, TLS, greeting and EHLO.
final class Milestones {

    // What decides how a message may be sent; the order is that of the detail.
    private static final Set<String> WORTH_TELLING =
            Set.of("AUTH", "SIZE", "8BITMIME", "SMTPUTF8", "PIPELINING", "DSN", "CHUNKING");
    private static final int LONGEST_GREETING = 200;

    private final Service service;
    private final Ladder ladder;
    private final Conversation conversation;
    private final Instant now;

    Milestones(Service service, Ladder ladder, Conversation conversation, Instant now) {
        this.service = service;
        this.ladder = ladder;
        this.conversation = conversation;
        this.now = now;
    }

    void passed(Landmark landmark) {
        switch (landmark) {
            case Connected() -> {
                ladder.passed(Name.CONNECT, addresses(), took(Set.of(Stage.CONNECT)));
                if (service.smtp().tls() == Tls.NONE)
                    ladder.passed(Name.TLS, "plain text, as chosen", Duration.ZERO);
            }
            case Secured secured ->
                    ladder.passed(
                            Name.TLS,
                            CertificateWords.of(secured, now),
                            took(Set.of(Stage.STARTTLS, Stage.TLS)));
            case Greeted greeted ->
                    ladder.passed(
                            Name.EHLO, words(greeted), took(Set.of(Stage.GREETING, Stage.EHLO)));
        }
    }

    /// Each address that was tried, and what came of it.
    String addresses() {
        var tried =
                conversation.steps().stream()
                        .filter(step -> step.stage() == Stage.CONNECT)
                        .map(step -> step.said().replaceFirst("^connect ", "") + " " + step.heard())
                        .collect(Collectors.joining("; "));
        return tried.isEmpty() ? "port " + service.smtp().port() : tried;
    }

    private String words(Greeted greeted) {
        var greeting = greeted.greeting().strip();
        var offers =
                greeted.offers().stream()
                        .filter(Milestones::isWorthTelling)
                        .map(String::strip)
                        .collect(Collectors.joining(", "));
        return "“"
                + (greeting.length() <= LONGEST_GREETING
                        ? greeting
                        : greeting.substring(0, LONGEST_GREETING) + "…")
                + "”, as "
                + service.smtp().ehloName()
                + "; offers "
                + (offers.isEmpty() ? "nothing we use" : offers);
    }

    private static boolean isWorthTelling(String offer) {
        return WORTH_TELLING.contains(offer.strip().split("[ =]", 2)[0].toUpperCase(Locale.ROOT));
    }

    private Duration took(Set<Stage> stages) {
        return conversation.steps().stream()
                .filter(step -> stages.contains(step.stage()))
                .map(Conversation.Step::took)
                .reduce(Duration.ZERO, Duration::plus);
    }
}
