package postroom.intake.http;

import postroom.access.Credential;
import postroom.intake.Acceptance;
import postroom.intake.Hints;
import postroom.intake.Intake;
import postroom.intake.Submission.Origin;
import postroom.intake.SubmissionContent;
import postroom.intake.http.SubmissionAnswer.RecipientAnswer;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Hands a message over the counter and turns what the counter says into an HTTP answer.
final class Handover {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();

    private final Intake intake;
    private final Idempotency idempotency;
    private final InstantSource clock;

    Handover(Intake intake, Idempotency idempotency, InstantSource clock) {
        this.intake = intake;
        this.idempotency = idempotency;
        this.clock = clock;
    }

    /// Who hands in, from where, and the Idempotency-Key if there is one.
    record From(Credential credential, InetAddress address, Optional<String> key) {

        /// The same for one message of many.
        From numbered(int number) {
            return new From(credential, address, key.map(text -> text + "/" + number));
        }
    }

    interface Writing {
        void to(OutputStream content) throws IOException;
    }

    Optional<Idempotency.Answered> answeredBefore(From from) {
        return from.key().flatMap(key -> idempotency.find(from.credential().id(), key));
    }

    String accept(From from, ReadMessage message, String bodyHash) throws IOException {
        return accept(
                from,
                message.envelope(),
                message.hints(),
                message.notices(),
                content -> new MimeWriter(message).writeTo(content, clock.instant()),
                () -> bodyHash);
    }

    /// @param bodyHash known once the content was written
    /// @return the answer as JSON
    /// @throws Problem when the message was rejected
    String accept(
            From from,
            Envelope envelope,
            Hints hints,
            List<String> notices,
            Writing writing,
            Supplier<String> bodyHash)
            throws IOException {
        var origin = Origin.http(from.credential(), from.address());
        try (var content = intake.begin(origin, envelope, hints)) {
            writing.to(content);
            var acceptance =
                    from.key().isPresent()
                            ? acceptOnce(from, content, envelope, notices, bodyHash.get())
                            : intake.accept(content);
            return switch (acceptance) {
                case Acceptance.Accepted(var id) -> answer(id, envelope, notices);
                case Acceptance.Rejected rejected ->
                        answeredBefore(from)
                                .map(answered -> answered.answerFor(bodyHash.get()))
                                .orElseThrow(() -> problem(rejected));
            };
        }
    }

    private Acceptance acceptOnce(
            From from,
            SubmissionContent content,
            Envelope envelope,
            List<String> notices,
            String bodyHash) {
        return intake.accept(
                content,
                id ->
                        idempotency.remember(
                                from.credential().id(),
                                from.key().orElseThrow(),
                                bodyHash,
                                answer(id, envelope, notices)));
    }

    private static String answer(QueueId id, Envelope envelope, List<String> notices) {
        return JSON.writeValueAsString(
                new SubmissionAnswer(
                        id.toString(),
                        envelope.forwardPaths().stream()
                                .map(path -> new RecipientAnswer(path.toString(), "queued"))
                                .toList(),
                        notices));
    }

    private static Problem problem(Acceptance.Rejected rejected) {
        var reply = rejected.reply();
        var sentence = String.join(" ", reply.lines());
        if (reply.worthRetrying())
            return new Problem(503, "The message was not taken", sentence + ".");
        var errors =
                rejected.field().isEmpty()
                        ? List.<FieldError>of()
                        : List.of(new FieldError(rejected.field(), sentence + "."));
        return new Problem(
                reply.code() == 552 ? 413 : 422,
                "The message was not taken",
                sentence + ".",
                errors);
    }
}
