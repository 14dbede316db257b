package postroom.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Secrets in the file of `apply`, and in what the server shows of them.
final class Secrets {

    private Secrets() {}

    /// With `env:NAME` and `file:PATH` replaced by what they name.
    static JsonNode filledIn(JsonNode node, Terminal terminal) {
        if (node instanceof ObjectNode object) {
            var copy = Json.object();
            for (var field : object.properties())
                copy.set(field.getKey(), filledIn(field.getValue(), terminal));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            var copy = array.arrayNode();
            for (var one : array) copy.add(filledIn(one, terminal));
            return copy;
        }
        var text = node.isString() ? node.asString() : "";
        if (text.startsWith("file:"))
            return Json.string(SecretFile.read(text.substring(5), terminal));
        return text.startsWith("env:") ? Json.string(SecretFile.read(text, terminal)) : node;
    }

    /// True when the server already has everything that is wanted, and no secret is among it: of
    /// those it shows the last characters only, so whether they are the same it has to say itself.
    static boolean surelyCovers(JsonNode existing, JsonNode wanted) {
        if (isSecret(existing)) return isSecret(wanted);
        if (wanted.isObject()) {
            for (var field : wanted.properties())
                if (!surelyCovers(existing.path(field.getKey()), field.getValue())) return false;
            return true;
        }
        if (wanted.isArray()) {
            if (existing.size() != wanted.size()) return false;
            for (int i = 0; i < wanted.size(); i++)
                if (!surelyCovers(existing.path(i), wanted.path(i))) return false;
            return true;
        }
        if (wanted.isNull()) return existing.isNull() || existing.isMissingNode();
        return existing.isValueNode() && existing.asString().equals(wanted.asString());
    }

    /// `{"set": true, "ends_with": "x7Qd"}`, which is all a server ever shows of one.
    static boolean isSecret(JsonNode node) {
        return node.isObject() && node.path("set").isBoolean();
    }

    /// A copy without secrets and without what only the server knows.
    static JsonNode without(JsonNode node, java.util.Set<String> fields) {
        if (node instanceof ArrayNode array) {
            var copy = array.arrayNode();
            for (var one : array) copy.add(without(one, fields));
            return copy;
        }
        if (!(node instanceof ObjectNode object)) return node;
        var copy = Json.object();
        for (var field : object.properties()) {
            var value = field.getValue();
            if (fields.contains(field.getKey()) || isSecret(value) || value.isNull()) continue;
            copy.set(field.getKey(), without(value, java.util.Set.of()));
        }
        return copy;
    }
}
