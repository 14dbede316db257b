package postroom.cli;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One message as a person reads it: what it is, who gets it, what happened.
final class Timeline {

    private static final Set<String> NOT_REPEATED =
            Set.of("id", "type", "at", "message", "message_id", "data", "recipient", "diagnostic");

    private Timeline() {}

    static void print(Terminal terminal, JsonNode message) {
        var out = terminal.out();
        out.println(Json.text(message, "id") + "   " + shown(message, "subject"));
        var from = Json.firstText(message, "from", "header_from");
        out.println("from " + Table.shown(from) + about(message));
        out.println();
        var table = new Table("RECIPIENT", "STATE", "ATTEMPTS", "DUE", "DIAGNOSTIC");
        for (var recipient : message.path("recipients"))
            table.add(
                    Json.text(recipient, "address"),
                    Json.text(recipient, "state"),
                    Json.text(recipient, "attempts"),
                    Json.text(recipient, "due_at"),
                    Json.text(recipient, "diagnostic"));
        table.printTo(out, "No recipients.");
        out.println();
        for (var event : message.path("timeline")) out.println(line(event));
    }

    private static String about(JsonNode message) {
        var words = new StringBuilder();
        for (var field : List.of("credential", "service", "usage", "size"))
            if (!Json.text(message, field).isEmpty())
                words.append("   ").append(field).append(' ').append(shown(message, field));
        return words.toString();
    }

    static String line(JsonNode event) {
        var data = event.has("data") ? event.path("data") : event;
        var rest = new ArrayList<String>();
        for (var field : data.properties())
            if (!NOT_REPEATED.contains(field.getKey()) && field.getValue().isValueNode())
                rest.add(field.getKey() + "=" + field.getValue().asString());
        return "%-26s %-16s %s %s %s"
                .formatted(
                        Json.text(event, "at"),
                        Json.text(event, "type").replace("message.", ""),
                        shown(data, "recipient"),
                        shown(data, "diagnostic"),
                        Table.shown(String.join(" ", rest)))
                .replaceAll(" +$", "");
    }

    private static String shown(JsonNode node, String path) {
        return Table.shown(Json.text(node, path));
    }
}
