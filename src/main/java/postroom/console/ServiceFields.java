package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.service.InvalidService.FieldTrouble;

import tools.jackson.databind.JsonNode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What stands in the fields of a form for a service: settings as they are stored, over them what
/// somebody just gave, and what is wrong with it. No secret is among it.
public final class ServiceFields {

    private static final int TOO_LONG = 100_000;

    private final JsonNode settings;
    private final Map<String, String> given;
    private final Map<String, String> errors;

    private ServiceFields(
            JsonNode settings, Map<String, String> given, Map<String, String> errors) {
        this.settings = settings;
        this.given = given;
        this.errors = errors;
    }

    static ServiceFields of(JsonNode settings) {
        return new ServiceFields(settings, Map.of(), Map.of());
    }

    static ServiceFields of(
            JsonNode settings, Map<String, String> given, List<FieldTrouble> troubles) {
        return new ServiceFields(settings, given, sentences(troubles));
    }

    /// By field, as it is shown below it. What is wrong with a sender is told with the list.
    static Map<String, String> sentences(List<FieldTrouble> troubles) {
        var sentences = new LinkedHashMap<String, String>();
        for (var trouble : troubles) {
            var field = trouble.field().replaceFirst("\\[\\d+].*$", "");
            sentences.putIfAbsent(field, sentence(trouble.message()));
        }
        return sentences;
    }

    private static String sentence(String message) {
        if (message.isEmpty()) return message;
        var line =
                message.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + message.substring(1);
        return line.endsWith(".") ? line : line + ".";
    }

    /// @param path `smtp.host`
    public String value(String path) {
        var typed = given.get(path);
        if (typed != null && !ServiceForm.SECRETS.contains(path) && typed.length() < TOO_LONG)
            return typed;
        var node = at(path);
        if (path.equals("senders")) return ServiceForm.senders(settings);
        if (node.isArray())
            return String.join("\n", node.valueStream().map(it -> it.asString("")).toList());
        return node.isValueNode() ? node.asString("") : "";
    }

    public boolean is(String path, String value) {
        return value(path).equals(value);
    }

    public boolean holds(String path, String word) {
        if (at(path).isMissingNode()) return true; // of usages: both
        return at(path).valueStream().anyMatch(it -> it.asString("").equals(word));
    }

    public @Nullable String error(String path) {
        return errors.get(path);
    }

    /// The end of a secret that is there.
    public @Nullable String kept(String path) {
        var node = at(path);
        if (!node.path("set").asBoolean(false)) return null;
        var end = node.path("ends_with").asString("");
        return end.isEmpty() ? "…" : end;
    }

    public boolean has(String path) {
        return !value(path).isEmpty() || kept(path) != null;
    }

    /// Troubles whose field this page does not have.
    public List<String> others(List<String> shown) {
        return errors.entrySet().stream()
                .filter(it -> !shown.contains(it.getKey()))
                .map(it -> it.getKey() + ": " + it.getValue())
                .toList();
    }

    public boolean isWrong() {
        return !errors.isEmpty();
    }

    private JsonNode at(String path) {
        var node = settings;
        for (var part : path.split("\\.")) node = node.path(part);
        return node;
    }
}
