package postroom.intake.http;

import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/// Octets in base64, decoded while they come in. What is no base64 is the field's fault, not that
/// of the whole body.
final class Base64Octets extends StdDeserializer<byte[]> {

    Base64Octets() {
        super(byte[].class);
    }

    @Override
    public byte[] deserialize(JsonParser parser, DeserializationContext context) {
        if (!parser.currentToken().isScalarValue()) return wrong(context);
        try {
            return parser.getBinaryValue();
        } catch (StreamReadException trouble) {
            if (String.valueOf(trouble.getMessage()).contains("base64")) return wrong(context);
            throw trouble;
        }
    }

    private static byte[] wrong(DeserializationContext context) throws DatabindException {
        return context.reportInputMismatch(byte[].class, "not base64");
    }
}
