package postroom.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a command takes a secret from, so that it stands neither in the list of processes nor in
/// the shell's history: a file, `-` for standard input, or `env:NAME` for a variable.
final class SecretFile {

    static final String MEANING = "a file, - for standard input, or env:NAME for a variable";

    private SecretFile() {}

    static String read(String source, Terminal terminal) {
        var text = readWhole(source, terminal).strip();
        if (text.isEmpty()) throw Trouble.usage("There is nothing in " + source);
        return text;
    }

    static String readWhole(String source, Terminal terminal) {
        try {
            if (source.equals("-"))
                return new String(terminal.in().readAllBytes(), StandardCharsets.UTF_8);
            if (source.startsWith("env:")) return terminal.variable(source.substring(4));
            return Files.readString(Path.of(source));
        } catch (java.nio.file.NoSuchFileException missing) {
            throw Trouble.usage("There is no file " + source);
        } catch (IOException unreadable) {
            throw Trouble.usage(source + " cannot be read: " + unreadable.getMessage());
        }
    }
}
