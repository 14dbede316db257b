package postroom.console;

import tools.jackson.databind.JsonNode;

import java.util.LinkedHashMap;
import java.util.Map;

/// The settings of a service as the API shows them, flat: `smtp.host` and its value.
final class SettingsTable {

    private SettingsTable() {}

    static Map<String, String> of(JsonNode settings, Words words) {
        var flat = new LinkedHashMap<String, String>();
        flatten("", settings, flat, words);
        flat.keySet().removeIf(name -> name.equals("id") || name.startsWith("state"));
        return flat;
    }

    private static void flatten(String name, JsonNode node, Map<String, String> into, Words words) {
        if (node.has("set") && node.has("ends_with"))
            into.put(name, words.text("services.secret", node.path("ends_with").asString("")));
        else if (node.isObject())
            for (var member : node.properties())
                flatten(
                        name.isEmpty() ? member.getKey() : name + "." + member.getKey(),
                        member.getValue(),
                        into,
                        words);
        else if (node.isArray())
            for (int i = 0; i < node.size(); i++)
                flatten(name + " " + (i + 1), node.get(i), into, words);
        else if (node.asString("").startsWith("-----BEGIN CERTIFICATE"))
            into.put(name, words.text("services.set")); // long, and of use to programs alone
        else if (!node.isNull()) into.put(name, node.asString(""));
    }
}
