package postroom.intake.http;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.Role;
import postroom.intake.Hints;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// The calls that hand messages in. An application does so with its own credential; a management
/// key with the built-in one, as the `sendmail` command does.
@RestController
@Tag(name = "Sending")
class SubmissionCalls {

    private static final int MOST_IN_BATCH = 1_000;
    private static final int AT_ONCE = 32;

    private final Access access;
    private final Handover handover;
    private final JsonMapper json;
    private final LargeBodies largeBodies = LargeBodies.fitForThisHeap();

    SubmissionCalls(Access access, Handover handover, JsonMapper json) {
        this.access = access;
        this.handover = handover;
        this.json = json;
    }

    @PostMapping(path = "/v1/messages", consumes = "application/json")
    @Allowed(
            value = {Role.OWNER, Role.OPERATOR},
            applications = true)
    @Operation(
            summary = "Send a message",
            requestBody =
                    @RequestBody(
                            content =
                                    @Content(schema = @Schema(implementation = MessageCall.class))))
    @ApiResponse(
            responseCode = "202",
            description = "Accepted: it survives a power cut",
            content = @Content(schema = @Schema(implementation = SubmissionAnswer.class)))
    ResponseEntity<byte[]> message(
            Visitor visitor,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            HttpServletRequest request)
            throws IOException {
        var from = from(visitor, key, request);
        var body = hashed(request);
        try (var _ = largeBodies.enter(request.getContentLengthLong())) {
            var call = json.readValue(notClosed(body), MessageCall.class);
            var hash = body.hash();
            var before = handover.answeredBefore(from);
            return answer(
                    before.isPresent()
                            ? before.get().answerFor(hash)
                            : handover.accept(from, ReadMessage.of(required(call)), hash));
        }
    }

    @PostMapping(path = "/v1/messages/mime", consumes = "message/rfc822")
    @Allowed(
            value = {Role.OWNER, Role.OPERATOR},
            applications = true)
    @Operation(
            summary = "Send a message that is MIME already",
            description =
                    "The envelope is what from and to say; without them, what the header section"
                            + " says. An empty from is the null reverse-path. A line that is no"
                            + " header field, before the empty line, gives 422 with its number.",
            parameters =
                    @Parameter(
                            name = "to",
                            in = ParameterIn.QUERY,
                            description = "A recipient; may repeat",
                            array = @ArraySchema(schema = @Schema(type = "string"))))
    @ApiResponse(
            responseCode = "202",
            description = "Accepted: it survives a power cut",
            content = @Content(schema = @Schema(implementation = SubmissionAnswer.class)))
    ResponseEntity<byte[]> mime(
            Visitor visitor,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            @RequestParam(name = "from", required = false) @Nullable String reversePath,
            HttpServletRequest request)
            throws IOException {
        var from = from(visitor, key, request);
        var body = hashed(request);
        var before = handover.answeredBefore(from);
        if (before.isPresent()) return answer(before.get().answerFor(body.hash()));
        // asked for by hand: Spring would split a value at its commas
        String @Nullable [] to = request.getParameterValues("to");
        var mime = MimeEnvelope.read(body, reversePath, to == null ? List.of() : List.of(to));
        return answer(
                handover.accept(
                        from,
                        mime.envelope(),
                        Hints.NONE,
                        List.of(),
                        content -> mime.content().transferTo(content),
                        new Once(body)));
    }

    @PostMapping(path = "/v1/messages/batch", consumes = "application/json")
    @Allowed(
            value = {Role.OWNER, Role.OPERATOR},
            applications = true)
    @Operation(
            summary = "Send up to 1,000 messages",
            description =
                    "A list of messages, or an object with messages as a list. The answer has the"
                            + " same shape and order; each entry has a status of its own and either"
                            + " id and recipients, or title, detail and errors.")
    @ApiResponse(responseCode = "202", description = "An answer for each message")
    ResponseEntity<byte[]> batch(
            Visitor visitor,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            HttpServletRequest request)
            throws IOException {
        var from = from(visitor, key, request);
        var body = hashed(request);
        try (var _ = largeBodies.enter(request.getContentLengthLong())) {
            var batch = Batch.read(json, notClosed(body));
            if (batch.calls().size() > MOST_IN_BATCH)
                throw Problem.unusable(
                        "messages", "A batch has at most " + MOST_IN_BATCH + " messages.");
            if (batch.calls().isEmpty())
                throw Problem.unusable("messages", "The batch has no message.");
            return answer(batch.answer(json, answers(from, batch.calls(), body.hash())));
        }
    }

    private ArrayNode answers(Handover.From from, List<MessageCall> calls, String hash) {
        var work = new ArrayList<Callable<JsonNode>>(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            var call = calls.get(i);
            var numbered = from.numbered(i);
            work.add(() -> one(numbered, call, hash));
        }
        var atOnce = new Semaphore(AT_ONCE);
        var answers = json.createArrayNode();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var pending = new ArrayList<java.util.concurrent.Future<JsonNode>>(work.size());
            for (var one : work) {
                atOnce.acquire();
                pending.add(
                        threads.submit(() -> {
                            try {
                                return one.call();
                            } finally {
                                atOnce.release();
                            }
                        }));
            }
            for (var answer : pending) answers.add(answer.get());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new Problem(503, "Stopping", "Postroom is being stopped; send the batch again.");
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a message of a batch failed", failed);
        }
        return answers;
    }

    private JsonNode one(Handover.From from, @Nullable MessageCall call, String hash)
            throws IOException {
        try {
            var before = handover.answeredBefore(from);
            var answer =
                    before.isPresent()
                            ? before.get().answerFor(hash)
                            : handover.accept(from, ReadMessage.of(required(call)), hash);
            var node = json.createObjectNode().put("status", 202);
            return node.setAll((ObjectNode) json.readTree(answer));
        } catch (Problem problem) {
            var node = json.createObjectNode().put("status", problem.status());
            node.put("title", problem.title()).put("detail", problem.detail());
            if (!problem.errors().isEmpty()) node.set("errors", json.valueToTree(problem.errors()));
            return node;
        }
    }

    private Handover.From from(Visitor visitor, @Nullable String key, HttpServletRequest request)
            throws IOException {
        if (key != null && !key.matches("[ -~]{1,200}"))
            throw Problem.malformed(
                    "Idempotency-Key",
                    "An Idempotency-Key has between 1 and 200 printable ASCII characters.");
        return new Handover.From(
                credentialOf(visitor),
                InetAddress.getByName(request.getRemoteAddr()),
                Optional.ofNullable(key));
    }

    private Credential credentialOf(Visitor visitor) {
        return visitor.credential()
                .or(access::local)
                .orElseThrow(() ->
                        new Problem(
                                403,
                                "Not allowed",
                                "A management key sends with the built-in credential sendmail, and"
                                        + " that was revoked. Use the key of a credential."));
    }

    private static MessageCall required(@Nullable MessageCall call) {
        if (call == null) throw Problem.malformed("", "The message is null.");
        return call;
    }

    private static HashedBody hashed(HttpServletRequest request) throws IOException {
        var query = request.getQueryString() == null ? "" : request.getQueryString();
        return new HashedBody(request.getInputStream(), request.getRequestURI() + "?" + query);
    }

    // Jackson closes what it read; the rest has still to be hashed.
    private static InputStream notClosed(HashedBody body) {
        return new java.io.FilterInputStream(body) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return in.read(into, offset, length);
            }

            @Override
            public void close() {}
        };
    }

    private static ResponseEntity<byte[]> answer(String json) {
        return ResponseEntity.status(202)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
