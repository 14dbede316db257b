package postroom.emulator;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A pattern in which `*` stands for any number of characters; upper and lower case are the same.
public final class Glob {
    private final String text;
    private final Pattern pattern;

    public Glob(String text) {
        this.text = text;
        String regex =
                Pattern.compile("\\*")
                        .splitAsStream(text + "\0")
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*"))
                        .replace("\0", "");
        this.pattern = Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    boolean matches(String candidate) {
        return pattern.matcher(candidate).matches();
    }

    @Override
    public String toString() {
        return text;
    }
}
