package postroom.cli;

import picocli.CommandLine.Option;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which messages a command is about, in the words of `GET /v1/messages`.
final class QueueFilter {

    @Option(
            names = "--search",
            paramLabel = "WORDS",
            description =
                    "A queue ID, or words of subject, addresses, Message-ID and tags; * at the end"
                            + " of a word leaves it open.")
    private String words = "";

    @Option(
            names = "--state",
            description =
                    "queued, deferred, sent, failed, held or cancelled; waiting: queued or"
                            + " deferred.")
    private String state = "";

    @Option(names = "--recipient", paramLabel = "ADDRESS", description = "To this address.")
    private String recipient = "";

    @Option(names = "--from", paramLabel = "ADDRESS", description = "From this address.")
    private String from = "";

    private String service = "";

    @Option(
            names = "--credential",
            paramLabel = "CREDENTIAL",
            description = "Handed in by this application.")
    private String credential = "";

    @Option(names = "--tag", description = "With this tag.")
    private String tag = "";

    @Option(
            names = "--advice",
            paramLabel = "ID",
            description = "With this trouble, by the id of its advice.")
    private String advice = "";

    @Option(names = "--since", paramLabel = "TIME", description = "Accepted since then.")
    private String since = "";

    @Option(names = "--until", paramLabel = "TIME", description = "Accepted before then.")
    private String until = "";

    /// @param named empty: whichever
    QueueFilter through(String named) {
        service = named;
        return this;
    }

    private Map<String, String> given() {
        var all = new LinkedHashMap<String, String>();
        all.put("q", words);
        all.put("state", state);
        all.put("recipient", recipient);
        all.put("from", from);
        all.put("service", service);
        all.put("credential", credential);
        all.put("tag", tag);
        all.put("advice", advice);
        all.put("since", since);
        all.put("until", until);
        all.values().removeIf(String::isEmpty);
        return all;
    }

    boolean isEmpty() {
        return given().isEmpty();
    }

    /// Behind the path of the list.
    String query() {
        var query = new ArrayList<String>();
        given().forEach((name, value) -> query.add(name + "=" + RunningServer.encoded(value)));
        return query.isEmpty() ? "" : "?" + String.join("&", query);
    }

    ObjectNode json() {
        var json = Json.object();
        given().forEach(json::put);
        return json;
    }
}
