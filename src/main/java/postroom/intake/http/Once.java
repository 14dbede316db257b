package postroom.intake.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/// The hash of a body that has been read, worked out at the first question.
final class Once implements Supplier<String> {
    private final HashedBody body;
    private String hash = "";

    Once(HashedBody body) {
        this.body = body;
    }

    @Override
    public String get() {
        try {
            if (hash.isEmpty()) hash = body.hash();
            return hash;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
