package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `postroom send`: a person or a job scheduler sends one message over the HTTP door.
@Command(
        name = "send",
        description =
                "Send one message. Without --text and --html, the text is read from standard"
                        + " input.")
final class SendCommand extends ServerCommand {

    @Option(names = "--from", required = true, paramLabel = "ADDRESS", description = "The author.")
    private String from = "";

    @Option(names = "--to", paramLabel = "ADDRESS", description = "May repeat.")
    private List<String> to = List.of();

    @Option(names = "--cc", paramLabel = "ADDRESS", description = "May repeat.")
    private List<String> cc = List.of();

    @Option(names = "--bcc", paramLabel = "ADDRESS", description = "May repeat.")
    private List<String> bcc = List.of();

    @Option(names = "--reply-to", paramLabel = "ADDRESS", description = "Where answers go.")
    private String replyTo = "";

    @Option(names = "--subject", paramLabel = "TEXT", description = "What it is about.")
    private String subject = "";

    @Option(names = "--text", paramLabel = "TEXT", description = "The text.")
    private Optional<String> text = Optional.empty();

    @Option(
            names = "--text-file",
            paramLabel = "FILE",
            description = "The text; - is standard input.")
    private String textFile = "";

    @Option(names = "--html", paramLabel = "HTML", description = "The same as HTML.")
    private Optional<String> html = Optional.empty();

    @Option(names = "--html-file", paramLabel = "FILE", description = "The same as HTML.")
    private String htmlFile = "";

    @Option(names = "--attach", paramLabel = "FILE", description = "May repeat.")
    private List<Path> attachments = List.of();

    @Option(names = "--header", paramLabel = "NAME: VALUE", description = "May repeat.")
    private List<String> headers = List.of();

    @Option(names = "--service", paramLabel = "SERVICE", description = "Through this service.")
    private String service = "";

    @Option(names = "--usage", description = "transactional or marketing.")
    private String usage = "";

    @Option(names = "--tag", paramLabel = "TAG", description = "May repeat.")
    private List<String> tags = List.of();

    @Option(
            names = "--send-at",
            paramLabel = "TIME",
            description = "Not before then: 2026-11-03T10:41:00Z.")
    private String sendAt = "";

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "The same key and message are sent once in 24 hours.")
    private String idempotencyKey = "";

    SendCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        if (to.isEmpty() && cc.isEmpty() && bcc.isEmpty())
            throw Trouble.usage("Nobody to send to: name a recipient with --to, --cc or --bcc");
        var headers =
                idempotencyKey.isEmpty()
                        ? Map.<String, String>of()
                        : Map.of("Idempotency-Key", idempotencyKey);
        return show(server().post("/v1/messages", message(), headers), this::print);
    }

    private void print(JsonNode answer) {
        say("queued as " + Json.text(answer, "id"));
    }

    private ObjectNode message() {
        var message = Json.object().put("from", from);
        putAll(message, "to", to);
        putAll(message, "cc", cc);
        putAll(message, "bcc", bcc);
        put(message, "reply_to", replyTo);
        message.put("subject", subject);
        putBody(message);
        put(message, "service", service);
        put(message, "usage", usage);
        putAll(message, "tags", tags);
        put(message, "send_at", sendAt);
        for (var header : headers) putHeader(message, header);
        for (var file : attachments) message.withArray("/attachments").add(attachment(file));
        return message;
    }

    private void putBody(ObjectNode message) {
        if (!htmlFile.isEmpty()) message.put("html", SecretFile.readWhole(htmlFile, terminal));
        else html.ifPresent(given -> message.put("html", given));
        if (!textFile.isEmpty()) message.put("text", SecretFile.readWhole(textFile, terminal));
        else if (text.isPresent()) message.put("text", text.get());
        else if (!message.has("html")) message.put("text", SecretFile.readWhole("-", terminal));
    }

    private static void putHeader(ObjectNode message, String header) {
        int colon = header.indexOf(':');
        if (colon < 1) throw Trouble.usage("--header takes 'Name: value'");
        message.withObject("/headers")
                .put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }

    private static ObjectNode attachment(Path file) {
        try {
            var type = Files.probeContentType(file);
            return Json.object()
                    .put("filename", String.valueOf(file.getFileName()))
                    .put("content_type", type == null ? "application/octet-stream" : type)
                    .put("content", Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
        } catch (IOException unreadable) {
            throw Trouble.usage("The attachment cannot be read: " + file);
        }
    }

    private static void put(ObjectNode message, String field, String value) {
        if (!value.isEmpty()) message.put(field, value);
    }

    private static void putAll(ObjectNode message, String field, List<String> values) {
        if (!values.isEmpty()) values.forEach(message.putArray(field)::add);
    }
}
