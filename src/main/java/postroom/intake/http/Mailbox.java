package postroom.intake.http;

import io.swagger.v3.oas.annotations.media.Schema;

import postroom.mail.Address;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

import java.util.Optional;

/// An address with perhaps a name, as callers write it: `"Ada <a@example.com>"`, `"a@example.com"`
/// or `{"name": "Ada", "address": "a@example.com"}`. What was written is judged later, with the
/// other fields.
@Schema(
        type = "string",
        description = "An address, as text or as an object with name and address",
        example = "Ada <a@example.com>")
@JsonDeserialize(using = Mailbox.Reader.class)
record Mailbox(Optional<String> name, String written) {

    /// @throws IllegalArgumentException with a sentence that says what is wrong
    Address address() {
        if (name.isPresent()) Text.refuseControls(name.get(), "the name");
        Text.refuseControls(written, "the address");
        return Address.of(written);
    }

    static Mailbox of(String text) {
        int open = text.lastIndexOf('<');
        var trimmed = text.strip();
        if (open < 0 || !trimmed.endsWith(">")) return new Mailbox(Optional.empty(), trimmed);
        var name = text.substring(0, open).strip();
        if (name.length() >= 2 && name.startsWith("\"") && name.endsWith("\""))
            name = name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1");
        var address = trimmed.substring(trimmed.lastIndexOf('<') + 1, trimmed.length() - 1);
        return new Mailbox(name.isEmpty() ? Optional.empty() : Optional.of(name), address.strip());
    }

    static final class Reader extends StdDeserializer<Mailbox> {
        Reader() {
            super(Mailbox.class);
        }

        @Override
        public Mailbox deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) return of(parser.getString());
            var parts = context.readValue(parser, Parts.class);
            return new Mailbox(
                    Optional.ofNullable(parts.name()).filter(name -> !name.isBlank()),
                    parts.address() == null ? "" : parts.address().strip());
        }
    }

    record Parts(
            @org.jspecify.annotations.Nullable String name,
            @org.jspecify.annotations.Nullable String address) {}
}
