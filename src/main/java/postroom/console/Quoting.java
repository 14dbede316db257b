package postroom.console;

import tools.jackson.databind.json.JsonMapper;

import java.util.Locale;

/// How a value is written so that a language reads it back as it was. No value holds a control
/// character.
enum Quoting {
    /// As it is, for people.
    TEXT,
    /// Single quotes of a POSIX shell.
    SH,
    /// A JSON string between the single quotes of a shell.
    SHJSON,
    PHP,
    /// Python and JavaScript read the strings of JSON.
    JSON,
    CSHARP,
    /// A value in a `.properties` file of Spring, which fills `${…}` itself.
    PROPERTIES,
    /// msmtp takes off one pair of quotes and reads the rest as it is.
    MSMTP;

    private static final JsonMapper MAPPER = JsonMapper.shared();

    static Quoting of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    String quoted(String value) {
        return switch (this) {
            case TEXT -> value;
            case SH -> "'" + inShell(value) + "'";
            case SHJSON -> inShell(MAPPER.writeValueAsString(value));
            case PHP -> "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
            case JSON -> MAPPER.writeValueAsString(value);
            case CSHARP -> "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
            case PROPERTIES -> properties(value);
            case MSMTP -> "\"" + value + "\"";
        };
    }

    private static String inShell(String value) {
        return value.replace("'", "'\\''");
    }

    private static String properties(String value) {
        var written = new StringBuilder();
        for (char c : value.replace("${", "\\${").toCharArray()) {
            if (c == '\\' || (c == ' ' && written.isEmpty())) written.append('\\');
            if (c > 0x7e) written.append("\\u%04x".formatted((int) c));
            else written.append(c);
        }
        return written.toString();
    }
}
