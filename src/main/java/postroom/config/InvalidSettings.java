package postroom.config;

import java.util.List;

/// The settings cannot work. The message has one sentence per line, each naming the key and what
/// would do.
public final class InvalidSettings extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> sentences;

    public InvalidSettings(List<String> sentences) {
        super(String.join("\n", sentences));
        this.sentences = List.copyOf(sentences);
    }

    public List<String> sentences() {
        return sentences;
    }
}
