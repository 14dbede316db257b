package postroom.preview;

import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeConfig;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;

import postroom.mail.Content;

import java.io.IOException;
import java.io.InputStream;

/// Walks through a content once, leaf by leaf, without keeping any of it. Messages within a message
/// are leaves.
final class Entities {

    static final int DEEPEST = 20;
    static final int MOST_PARTS = 200;

    private static final MimeConfig CONFIG =
            new MimeConfig.Builder()
                    .setMaxLineLen(64 * 1024)
                    .setMaxHeaderCount(1_000)
                    .setMaxHeaderLen(64 * 1024)
                    .build();

    private Entities() {}

    /// Sees leaves.
    @FunctionalInterface
    interface Visitor {
        /// @param body decoded; what is left of it afterwards is skipped
        /// @return false when the rest is of no interest
        boolean visit(int number, Entity entity, InputStream body) throws IOException;
    }

    /// @return false when the content is deeper, longer or more broken than we follow
    static boolean walk(Content content, Visitor visitor) throws IOException {
        var tokens = new MimeTokenStream(CONFIG);
        tokens.setRecursionMode(RecursionMode.M_NO_RECURSE);
        try (var in = content.open()) {
            tokens.parse(in);
            return walk(tokens, visitor);
        } catch (MimeException broken) {
            return false;
        }
    }

    private static boolean walk(MimeTokenStream tokens, Visitor visitor)
            throws IOException, MimeException {
        var entity = new Entity();
        int depth = 0;
        int number = 0;
        for (var state = tokens.getState();
                state != EntityState.T_END_OF_STREAM;
                state = tokens.next())
            switch (state) {
                case T_START_HEADER -> entity = new Entity();
                case T_FIELD -> entity.read(tokens.getField());
                case T_START_MULTIPART -> {
                    if (++depth > DEEPEST) return false;
                }
                case T_END_MULTIPART -> depth--;
                case T_BODY -> {
                    if (number == MOST_PARTS) return false;
                    var body = tokens.getDecodedInputStream();
                    if (!visitor.visit(number++, entity, body)) return true;
                }
                default -> {}
            }
        return true;
    }
}
