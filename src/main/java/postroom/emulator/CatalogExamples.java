package postroom.emulator;

import org.jspecify.annotations.Nullable;

import postroom.emulator.Fault.Action;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The examples of an error catalog, so that each of its entries can be provoked by its name. The
/// catalog is data: a JSON array of entries with `id` and `examples`. Without a catalog there are
/// no examples.
final class CatalogExamples {
    private static final String ON_THE_CLASS_PATH = "/postroom/catalog/error-catalog.json";

    private final Map<String, Action> examples = new LinkedHashMap<>();

    private CatalogExamples() {}

    static CatalogExamples from(Optional<Path> file) {
        CatalogExamples all = new CatalogExamples();
        try (@Nullable InputStream in =
                file.isPresent()
                        ? Files.newInputStream(file.get())
                        : CatalogExamples.class.getResourceAsStream(ON_THE_CLASS_PATH)) {
            if (in != null) all.read(JsonMapper.shared().readTree(in));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The error catalog cannot be read: " + e.getMessage(), e);
        }
        return all;
    }

    Action of(String entry) {
        Action action = examples.get(entry);
        if (action == null)
            throw new IllegalArgumentException(
                    "The error catalog has no entry '%s' with an example answer.".formatted(entry));
        return action;
    }

    /// Names of the entries that can be provoked.
    List<String> names() {
        return List.copyOf(examples.keySet());
    }

    private void read(JsonNode entries) {
        for (JsonNode entry : entries)
            for (JsonNode example : entry.path("examples")) {
                String id = entry.path("id").asString();
                if (example.has("reply"))
                    examples.putIfAbsent(id, new Action.Smtp(example.path("reply").asString()));
                else if (example.has("oauth_error")) examples.putIfAbsent(id, oauth(example));
            }
    }

    private static Action oauth(JsonNode example) {
        List<Integer> codes = new ArrayList<>();
        for (JsonNode code : example.path("error_codes")) codes.add(code.asInt());
        return new Action.OAuth(
                example.path("oauth_error").asString(),
                List.copyOf(codes),
                example.has("description")
                        ? Optional.of(example.path("description").asString())
                        : Optional.empty(),
                example.has("http_status")
                        ? OptionalInt.of(example.path("http_status").asInt())
                        : OptionalInt.empty());
    }
}
