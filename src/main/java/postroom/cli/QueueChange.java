package postroom.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A command that does the same to many messages: those named, or all that a filter finds.
abstract class QueueChange extends ServerCommand {
    @Parameters(arity = "0..*", paramLabel = "ID", description = "Queue IDs.")
    private List<String> ids = List.of();

    @Option(
            names = "--matching",
            description = "Instead of IDs: all messages that the options below describe.")
    private boolean matching;

    @Mixin private QueueFilter filter = new QueueFilter();

    @Option(names = "--through", paramLabel = "SERVICE", description = "Through this service.")
    private String through = "";

    private final String verb;
    private final String done;

    QueueChange(Terminal terminal, String verb, String done) {
        super(terminal);
        this.verb = verb;
        this.done = done;
    }

    /// What else the call has to say.
    protected ObjectNode body() {
        return Json.object();
    }

    @Override
    public Integer call() {
        filter.through(through);
        if (matching == !ids.isEmpty())
            throw Trouble.usage("Say either which IDs, or --matching with a filter.");
        if (matching && filter.isEmpty())
            throw Trouble.usage("Say which messages: --matching goes with --state, --through, ….");
        if (!matching && !filter.isEmpty())
            throw Trouble.usage("A filter goes with --matching, and then without IDs.");
        return matching ? sweep() : each();
    }

    private int each() {
        var server = server();
        var answers = Json.object();
        for (var id : ids) {
            var path = "/v1/messages/" + RunningServer.encoded(id) + "/" + verb;
            answers.set(id, server.post(path, body()));
            if (!wantsJson()) say(id + " " + done + ".");
        }
        if (wantsJson()) say(Json.pretty(answers));
        return 0;
    }

    private int sweep() {
        var server = server();
        int matched = 0;
        int changed = 0;
        int recipients = 0;
        var reasons = new TreeMap<String, Integer>();
        Optional<String> cursor = Optional.empty();
        do {
            var body = body();
            body.set("filter", filter.json());
            cursor.ifPresent(next -> body.put("cursor", next));
            var answer = server.post("/v1/messages/" + verb, body);
            matched += answer.path("matched").asInt();
            changed += answer.path("changed").asInt();
            recipients += answer.path("recipients").asInt();
            for (JsonNode one : answer.path("unchanged"))
                reasons.merge(Json.text(one, "reason"), 1, Integer::sum);
            cursor = Json.cursor(answer);
            if (cursor.isPresent() && !wantsJson())
                say(matched + " looked at, " + changed + " " + done + " …");
        } while (cursor.isPresent());
        return show(result(matched, changed, recipients, reasons), this::print);
    }

    private static ObjectNode result(
            int matched, int changed, int recipients, TreeMap<String, Integer> reasons) {
        var result =
                Json.object()
                        .put("matched", matched)
                        .put("changed", changed)
                        .put("recipients", recipients);
        var unchanged = result.putObject("unchanged");
        reasons.forEach(unchanged::put);
        return result;
    }

    private void print(JsonNode result) {
        say(
                "%d of %d messages: %s (%d recipients)."
                        .formatted(
                                result.path("changed").asInt(),
                                result.path("matched").asInt(),
                                done,
                                result.path("recipients").asInt()));
        for (var reason : result.path("unchanged").properties())
            say(reason.getValue().asInt() + " unchanged: " + why(reason.getKey()) + ".");
    }

    private static String why(String reason) {
        return switch (reason) {
            case "under_way" -> "an attempt is under way";
            case "done" -> "nothing of them is owed any more";
            case "held" -> "held, to be released first";
            case "scheduled" -> "to be sent later; name their IDs to send them now";
            case "not_failed" -> "none of their recipients failed";
            case "sent_before" -> "sent again before";
            case "erased" -> "their content is erased";
            case "revoked" -> "the application that handed them in may send no more";
            case "not_held" -> "nothing of them is held";
            case "same_service" -> "they take that service already";
            default -> reason.replace('_', ' ');
        };
    }
}
