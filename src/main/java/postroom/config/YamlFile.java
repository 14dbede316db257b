package postroom.config;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `postroom.yaml` as dotted keys with text: nested or already dotted, lists as words.
final class YamlFile {

    private static final long MOST_OCTETS = 1_000_000;
    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private YamlFile() {}

    static Map<String, String> read(Path file) throws InvalidSettings {
        try {
            if (Files.size(file) > MOST_OCTETS)
                throw trouble(file + " is larger than a settings file can be.");
            var text = Files.readString(file);
            var found = new LinkedHashMap<String, String>();
            if (text.isBlank()) return found;
            var tree = YAML.readTree(text);
            if (tree.isMissingNode() || tree.isNull()) return found;
            if (!tree.isObject())
                throw trouble(file + " must hold keys and values, such as `base-url: …`.");
            flatten("", tree, found);
            return found;
        } catch (JacksonException notYaml) {
            var at = notYaml.getLocation();
            var line = at == null ? "" : " in line " + at.getLineNr();
            throw trouble(file + " is not YAML" + line + ": " + firstLine(notYaml));
        } catch (IOException unreadable) {
            throw trouble(
                    "The settings file " + file + " cannot be read: " + reason(unreadable) + ".");
        }
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> found) {
        for (var field : node.properties()) {
            var path = prefix + field.getKey();
            var value = field.getValue();
            if (value.isObject()) flatten(path + ".", value, found);
            else found.put(path, text(value));
        }
    }

    private static String text(JsonNode value) {
        if (value.isNull()) return "";
        if (value.isBoolean() && !value.asBoolean()) return "off";
        if (!value.isArray()) return value.asString();
        var words = new ArrayList<String>();
        for (var word : value) words.add(word.asString());
        return String.join(" ", words);
    }

    private static String firstLine(JacksonException notYaml) {
        var message = notYaml.getOriginalMessage();
        return message == null
                ? "it cannot be read."
                : message.lines().findFirst().orElse("") + ".";
    }

    private static String reason(IOException unreadable) {
        if (unreadable instanceof java.nio.file.NoSuchFileException) return "it is not there";
        if (unreadable instanceof java.nio.file.AccessDeniedException)
            return "this user may not read it";
        return String.valueOf(unreadable.getMessage());
    }

    private static InvalidSettings trouble(String sentence) {
        return new InvalidSettings(List.of(sentence));
    }
}
