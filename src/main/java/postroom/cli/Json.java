package postroom.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Small words for JSON, as commands need them.
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final YAMLMapper YAML =
            YAMLMapper.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode read(String json) {
        return MAPPER.readTree(json);
    }

    /// YAML, of which JSON is a part.
    static JsonNode readYaml(String text, String name) {
        try {
            return YAML.readTree(text);
        } catch (JacksonException notYaml) {
            throw Trouble.refused(
                    name + " is neither YAML nor JSON: " + notYaml.getOriginalMessage());
        }
    }

    static String yaml(JsonNode node) {
        return YAML.writeValueAsString(node);
    }

    static String pretty(JsonNode node) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    /// The text at `a.b.c`; empty where there is none.
    static String text(JsonNode node, String path) {
        var found = node;
        for (var step : path.split("\\.")) found = found.path(step);
        if (found.isMissingNode() || found.isNull()) return "";
        if (!found.isArray()) return found.isObject() ? found.toString() : found.asString();
        var words = new ArrayList<String>();
        for (var one : found) words.add(one.isObject() ? text(one, "address") : one.asString());
        return String.join(", ", words);
    }

    /// The first of these paths that says something.
    static String firstText(JsonNode node, String... paths) {
        for (var path : paths) if (!text(node, path).isEmpty()) return text(node, path);
        return "";
    }

    /// The list in a paged answer, whatever it is called there.
    static List<JsonNode> items(JsonNode answer) {
        if (answer.isArray()) return list(answer);
        for (var field : answer.properties())
            if (field.getValue() instanceof ArrayNode array) return list(array);
        return List.of();
    }

    /// The cursor of the next page, if there is one.
    static Optional<String> cursor(JsonNode answer) {
        return Optional.of(firstText(answer, "next_cursor", "cursor", "next"))
                .filter(cursor -> !cursor.isEmpty());
    }

    /// Sets `a.b.c`; the words `true`, `false`, `null` and numbers are what they look like, and
    /// JSON in brackets is JSON.
    static void set(ObjectNode root, String path, JsonNode value) {
        var steps = path.split("\\.");
        var at = root;
        for (int i = 0; i < steps.length - 1; i++) at = at.withObject("/" + steps[i]);
        at.set(steps[steps.length - 1], value);
    }

    static JsonNode value(String text) {
        boolean speaksJson =
                text.matches("true|false|null|-?\\d{1,15}")
                        || text.startsWith("[")
                        || text.startsWith("{");
        if (!speaksJson) return MAPPER.getNodeFactory().stringNode(text);
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException plainText) {
            return MAPPER.getNodeFactory().stringNode(text);
        }
    }

    static JsonNode string(String text) {
        return MAPPER.getNodeFactory().stringNode(text);
    }

    private static List<JsonNode> list(JsonNode array) {
        var all = new ArrayList<JsonNode>();
        array.forEach(all::add);
        return all;
    }
}
