package postroom.cli;

import postroom.catalog.Advice;
import postroom.catalog.Values;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The catalog as a page, by who answers.
final class ErrorsPage {

    private static final List<String> FILES = List.of("microsoft", "google", "oauth2", "smtp");
    private static final Map<String, String> PROVIDERS =
            Map.of(
                    "microsoft-entra", "Microsoft: signing in (Entra)",
                    "exchange-online", "Microsoft: the mail server (Exchange Online)",
                    "microsoft-graph", "Microsoft: Graph",
                    "google-oauth", "Google: signing in",
                    "gmail-smtp", "Google: the mail server",
                    "gmail-api", "Google: the Gmail API",
                    "generic", "Any provider, the network, and Postroom itself");

    private ErrorsPage() {}

    static String text() throws IOException {
        var sections = new LinkedHashMap<String, StringBuilder>();
        for (var file : FILES)
            for (var entry : entries(file))
                sections.computeIfAbsent(
                                entry.path("provider").asString(), it -> new StringBuilder())
                        .append(entry(entry));
        var page = new StringBuilder();
        sections.forEach((provider, entries) ->
                page.append("## ")
                        .append(PROVIDERS.getOrDefault(provider, provider))
                        .append("\n\n")
                        .append(entries));
        return page.toString();
    }

    private static String entry(JsonNode entry) {
        var text = new StringBuilder();
        text.append("### ").append(entry.path("title").asString()).append("\n\n");
        text.append("`").append(entry.path("id").asString()).append("`");
        var codes = codes(entry.path("match"));
        if (!codes.isEmpty()) text.append(" · ").append(String.join(" · ", codes));
        text.append("\n\n").append(shown(entry.path("cause"))).append("\n\n");
        int number = 1;
        for (var step : entry.path("steps"))
            text.append(number++).append(". ").append(shown(step)).append('\n');
        if (entry.path("steps").isEmpty())
            text.append("What to do: ").append(shown(entry.path("fix"))).append('\n');
        text.append('\n');
        if (!entry.path("commands").isEmpty()) {
            text.append("```powershell\n");
            for (var command : entry.path("commands"))
                text.append(Values.NONE.inPowerShell(command.asString())).append('\n');
            text.append("```\n\n");
        }
        var who = entry.path("who").asString().toUpperCase(Locale.ROOT);
        text.append("For ").append(Advice.Who.valueOf(who).words()).append('.');
        var page = entry.path("docs_url").asString("");
        if (!page.isEmpty()) text.append(" [The provider's own page](").append(page).append(").");
        return text.append("\n\n").toString();
    }

    private static String shown(JsonNode text) {
        return Values.NONE.inMarkdown(text.asString().replaceAll("<([A-Za-z ]+)>", "`<$1>`"));
    }

    private static List<String> codes(JsonNode match) {
        var codes = new ArrayList<String>();
        for (var code : match.path("aadsts")) codes.add("AADSTS" + code.asString());
        for (var name : List.of("smtp_code", "enhanced", "http_status", "oauth_error", "api_code"))
            if (!match.path(name).isEmpty()) codes.add(spans(match.path(name)));
        for (var condition : match.path("condition"))
            codes.add("found by Postroom: `" + condition.asString() + "`");
        if (match.path("text").isString())
            codes.add("text like `` " + match.path("text").stringValue() + " ``");
        return codes;
    }

    private static String spans(JsonNode codes) {
        return "`"
                + String.join("`, `", codes.valueStream().map(JsonNode::asString).toList())
                + "`";
    }

    private static JsonNode entries(String file) throws IOException {
        try (var in = ErrorsPage.class.getResourceAsStream("/postroom/catalog/" + file + ".json")) {
            return JsonMapper.shared().readTree(in);
        }
    }
}
