package postroom.check;

import postroom.check.CheckStep.Name;
import postroom.deliver.Consignment;
import postroom.deliver.Transport.Line;
import postroom.deliver.Transport.Opening;
import postroom.deliver.Transport.Opening.NotOpened;
import postroom.deliver.Transport.Opening.Opened;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.Stage;
import postroom.service.ServiceStatus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// From the sign-in to the final dot with one message: what was passed goes to the ladder, and
/// where it ended is told.
final class Sending {

    private static final Set<Stage> OF_MESSAGE =
            Set.of(Stage.DATA, Stage.CONTENT, Stage.AFTER_FINAL_DOT);

    private final Ladder ladder;
    private final Conversation conversation;
    private final Supplier<Optional<String>> counted;

    /// @param counted counts a message among those the service may send; says what leaves no room
    Sending(Ladder ladder, Conversation conversation, Supplier<Optional<String>> counted) {
        this.ladder = ladder;
        this.conversation = conversation;
        this.counted = counted;
    }

    /// Empty: the message was taken.
    Optional<Trouble> run(Supplier<Opening> open, Consignment message) {
        long began = System.nanoTime();
        int before = conversation.steps().size();
        return switch (open.get()) {
            case NotOpened(var diagnostic, _) ->
                    Optional.of(new Trouble(Name.SIGN_IN, diagnostic, since(began)));
            case Opened(var line) -> {
                ladder.passed(Name.SIGN_IN, signedIn(before), since(began));
                try (line) {
                    yield carried(line, message);
                }
            }
        };
    }

    private Optional<Trouble> carried(Line line, Consignment message) {
        long began = System.nanoTime();
        var full = counted.get();
        if (full.isPresent()) {
            var limit = new Condition(ServiceStatus.DAY_IS_FULL, full.get());
            return Optional.of(new Trouble(Name.SENDER, limit, since(began)));
        }
        var one = new OneMessage(message);
        line.carry(one, one);
        var steps = apart(one.steps());
        steps.forEach(
                step -> conversation.add(step.stage(), step.said(), step.heard(), step.took()));
        if (one.result().isEmpty()) {
            var silence = new NoAnswer(Stage.MAIL, "the server ended the connection");
            return Optional.of(new Trouble(Name.SENDER, silence, since(began)));
        }
        return settled(message, one.result().get(), steps, since(began));
    }

    private Optional<Trouble> settled(
            Consignment message,
            DeliveryResult result,
            List<Conversation.Step> steps,
            Duration whole) {
        var diagnostic = result.diagnostic();
        boolean sent = result instanceof DeliveryResult.Sent;
        var stage = sent ? Stage.API : Trouble.stageOf(diagnostic);
        if (stage.compareTo(Stage.MAIL) <= 0)
            return Optional.of(new Trouble(Name.SENDER, diagnostic, whole));
        ladder.passed(
                Name.SENDER,
                message.reversePath().map(Object::toString).orElse("<>"),
                took(steps, Set.of(Stage.MAIL)));
        var atRecipient = took(steps, Set.of(Stage.RCPT));
        if (stage == Stage.RCPT)
            return Optional.of(new Trouble(Name.RECIPIENT, diagnostic, atRecipient));
        ladder.passed(Name.RECIPIENT, result.recipient().address().toString(), atRecipient);
        var atMessage = took(steps, OF_MESSAGE);
        if (!sent) return Optional.of(new Trouble(Name.MESSAGE, diagnostic, atMessage));
        ladder.passed(Name.MESSAGE, diagnostic.text(), atMessage);
        return Optional.empty();
    }

    /// The mechanism, and what the server said last.
    private String signedIn(int before) {
        var steps =
                conversation.steps().stream()
                        .skip(before)
                        .filter(step -> step.stage() == Stage.AUTH)
                        .toList();
        if (steps.isEmpty()) return "not needed";
        var said =
                steps.stream()
                        .map(Conversation.Step::said)
                        .filter(line -> line.startsWith("AUTH "))
                        .reduce("AUTH", (earlier, later) -> later)
                        .split(" ", -1);
        return (said.length > 1 ? said[1] + ": " : "") + steps.getLast().heard();
    }

    // A transaction counts from its beginning; here each step has its own time.
    private static List<Conversation.Step> apart(List<Conversation.Step> steps) {
        var apart = new ArrayList<Conversation.Step>();
        var before = Duration.ZERO;
        for (var step : steps) {
            var took = step.took().minus(before);
            apart.add(
                    new Conversation.Step(
                            step.stage(),
                            step.said(),
                            step.heard(),
                            took.isNegative() ? Duration.ZERO : took));
            before = step.took();
        }
        return apart;
    }

    private static Duration took(List<Conversation.Step> steps, Set<Stage> stages) {
        return steps.stream()
                .filter(step -> stages.contains(step.stage()))
                .map(Conversation.Step::took)
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
