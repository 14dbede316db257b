package postroom.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads `key: value` lines and their nesting, and nothing else of YAML; quick enough for the
/// `sendmail` command. What it does not understand it leaves out: [SettingsReader] complains.
final class FlatYaml {

    private record Level(int indent, String prefix) {}

    private final Map<String, String> values = new HashMap<>();
    private final List<Level> levels = new ArrayList<>();

    private FlatYaml() {}

    static Map<String, String> read(Path file) {
        var yaml = new FlatYaml();
        try {
            for (var line : Files.readAllLines(file)) yaml.take(line);
        } catch (IOException unreadable) {
            return Map.of();
        }
        return yaml.values;
    }

    private void take(String line) {
        var text = line.strip();
        if (text.isEmpty() || text.charAt(0) == '#' || text.charAt(0) == '-') return;
        int colon = text.indexOf(':');
        if (colon <= 0 || (colon + 1 < text.length() && text.charAt(colon + 1) != ' ')) return;
        int indent = 0;
        while (line.charAt(indent) == ' ') indent++;
        while (!levels.isEmpty() && levels.getLast().indent() >= indent) levels.removeLast();
        var path = (levels.isEmpty() ? "" : levels.getLast().prefix()) + text.substring(0, colon);
        var value = withoutComment(text.substring(colon + 1).strip());
        if (value.isEmpty()) levels.add(new Level(indent, path + "."));
        else values.put(path, value);
    }

    private static String withoutComment(String value) {
        if (value.isEmpty()) return value;
        char quote = value.charAt(0);
        if (quote == '"' || quote == '\'') {
            int end = value.indexOf(quote, 1);
            return end < 0 ? value : value.substring(1, end);
        }
        int comment = quote == '#' ? 0 : value.indexOf(" #");
        return comment < 0 ? value : value.substring(0, comment).strip();
    }
}
