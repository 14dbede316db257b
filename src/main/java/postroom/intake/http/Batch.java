package postroom.intake.http;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/// Many messages in one call: a list, or an object with the list as `messages`.
///
/// @param isBare the list came without an object around it, and so does the answer
record Batch(List<MessageCall> calls, boolean isBare) {

    record Wrapped(@Nullable List<MessageCall> messages) {}

    static Batch read(JsonMapper json, InputStream body) {
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() == JsonToken.START_ARRAY)
                return new Batch(Arrays.asList(json.readValue(parser, MessageCall[].class)), true);
            var wrapped = json.readValue(parser, Wrapped.class);
            return new Batch(wrapped.messages() == null ? List.of() : wrapped.messages(), false);
        }
    }

    String answer(JsonMapper json, ArrayNode answers) {
        return json.writeValueAsString(
                isBare ? answers : json.createObjectNode().set("messages", answers));
    }
}
