package postroom.cli;

import tools.jackson.databind.JsonNode;

import java.util.List;

/// What a service that somebody resumed will do now.
final class Resumed {

    private Resumed() {}

    static List<String> lines(JsonNode service) {
        var name = Json.text(service, "name");
        long waiting = service.path("waiting").asLong(0);
        return switch (Json.text(service, "state")) {
            case "ready" ->
                    List.of(
                            name + " is open" + leaving(waiting),
                            "Should its trouble not be over, it closes again and says why.");
            case "needs_authorization" ->
                    List.of(
                            name
                                    + " is not paused any more, but needs authorization"
                                    + waits(waiting),
                            "Next: postroom service authorize " + ServiceChange.quoted(name));
            default ->
                    List.of(
                            name
                                    + " is "
                                    + ServiceCommand.state(service)
                                    + " and cannot send yet"
                                    + waits(waiting),
                            "Why: postroom service show " + ServiceChange.quoted(name));
        };
    }

    private static String leaving(long waiting) {
        if (waiting == 0) return "; no mail waits for it.";
        return "; the mail for " + recipients(waiting) + " that waited is on its way.";
    }

    private static String waits(long waiting) {
        if (waiting == 0) return "; no mail waits for it.";
        return "; the mail for " + recipients(waiting) + " waits on.";
    }

    private static String recipients(long waiting) {
        return waiting == 1 ? "1 recipient" : waiting + " recipients";
    }
}
