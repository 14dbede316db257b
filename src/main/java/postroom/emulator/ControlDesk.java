package postroom.emulator;

import postroom.emulator.Web.Answer;
import postroom.emulator.Web.Question;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// For people and for tests in other processes: look into the mailboxes, read the log, change the
/// script, move the clock.
final class ControlDesk {
    private final Emulator emulator;

    ControlDesk(Emulator emulator) {
        this.emulator = emulator;
    }

    Optional<Answer> answer(Question question) {
        String path = question.path();
        if (path.equals("/") || path.equals("/emulator"))
            return Optional.of(Answer.redirect("/emulator/mailboxes"));
        if (!path.startsWith("/emulator/")) return Optional.empty();
        if (path.startsWith("/emulator/messages/"))
            return Optional.of(message(path.substring("/emulator/messages/".length())));
        return Optional.of(
                switch (path) {
                    case "/emulator/mailboxes" ->
                            question.query().text("format").equals("json") ? json() : page();
                    case "/emulator/log" ->
                            Answer.text(200, String.join("\n", emulator.log()) + "\n");
                    case "/emulator/ca" -> Answer.text(200, emulator.trustedCa());
                    case "/emulator/script" ->
                            post(question, () -> emulator.change(question.body()));
                    case "/emulator/clock" ->
                            post(
                                    question,
                                    () ->
                                            emulator.fastForward(
                                                    ScriptReader.duration(
                                                            question.query().text("forward"))));
                    case "/emulator/revoke" ->
                            post(question, () -> emulator.revoke(question.query().text("user")));
                    case "/emulator/clear" -> post(question, () -> emulator.mailboxes().clear());
                    default -> Answer.text(404, "There is nothing here.");
                });
    }

    /// JSON only: a page of somebody else cannot send it here without asking the browser first.
    private static Answer post(Question question, Runnable change) {
        if (!question.isPost()) return Answer.text(405, "POST, please.");
        if (!question.header("Content-Type").orElse("").startsWith("application/json"))
            return Answer.text(415, "Please send it as application/json.");
        try {
            change.run();
        } catch (RuntimeException wrong) {
            return Answer.text(400, String.valueOf(wrong.getMessage()));
        }
        return Answer.json(200, JsonMapper.shared().createObjectNode().put("ok", true));
    }

    private Answer message(String number) {
        if (!number.matches("\\d{1,18}")) return Answer.text(404, "Messages have numbers.");
        return emulator.mailboxes()
                .message(Long.parseLong(number))
                .map(m -> Answer.text(200, m.text()))
                .orElseGet(() ->
                        Answer.text(404, "There is no message of this number, or not any more."));
    }

    private Answer json() {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("received", emulator.mailboxes().received());
        body.put("recipients", emulator.mailboxes().receivedRecipients());
        body.put("now", emulator.now().toString());
        body.put("most_connections_microsoft", emulator.microsoft().mostConnectionsSeen());
        body.put("most_connections_google", emulator.google().mostConnectionsSeen());
        body.put("most_connections_smarthost", emulator.smarthost().mostConnectionsSeen());
        ArrayNode messages = body.putArray("messages");
        for (ReceivedMessage message : emulator.mailboxes().messages()) {
            ObjectNode one = messages.addObject();
            one.put("number", message.number());
            one.put("provider", message.provider().word());
            one.put("account", message.account());
            one.put("reverse_path", message.reversePath());
            message.forwardPaths().forEach(one.putArray("forward_paths")::add);
            one.put("at", message.at().toString());
            one.put("tls", message.tls());
            one.put("connection", message.connection());
            one.put("size", message.size());
            one.put("message_id", message.messageId().orElse(""));
            one.put("subject", message.header("Subject").orElse(""));
        }
        return Answer.json(200, body);
    }

    private Answer page() {
        StringBuilder rows = new StringBuilder();
        List<ReceivedMessage> messages = emulator.mailboxes().messages();
        for (ReceivedMessage message : messages.reversed())
            rows.append(
                    "<tr><td><a href=\"/emulator/messages/%d\">%d</a></td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                            .formatted(
                                    message.number(),
                                    message.number(),
                                    message.at().truncatedTo(ChronoUnit.SECONDS),
                                    Html.escape(message.account()),
                                    Html.escape(String.join(", ", message.forwardPaths())),
                                    Html.escape(message.header("Subject").orElse(""))));
        String body =
                """
                <h1>What arrived across the road</h1>
                <p>%d received in all; the last %d are kept. The clock here says %s.
                <a href="?format=json">JSON</a> · <a href="/emulator/log">what was asked</a></p>
                <table><tr><th></th><th>time</th><th>account</th><th>to</th><th>subject</th></tr>
                %s</table>
                """
                        .formatted(
                                emulator.mailboxes().received(),
                                messages.size(),
                                emulator.now().truncatedTo(ChronoUnit.SECONDS),
                                rows);
        return Answer.html(200, Html.page("Mailboxes across the road", body));
    }
}
