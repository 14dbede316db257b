package postroom.intake.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What follows MAIL or RCPT: a path in angle brackets and its parameters (RFC 5321 §4.1.2).
///
/// @param path between the brackets, without the source route that RFC 5321 §4.1.1.3 says to ignore
record PathArgument(String path, List<Parameter> parameters) {

    /// @param keyword in upper case
    /// @param value empty where there is none
    record Parameter(String keyword, String value) {}

    /// @param opening `FROM:` or `TO:`; a blank may follow it, as many devices send one
    static Optional<PathArgument> read(String argument, String opening) {
        if (!argument.regionMatches(true, 0, opening, 0, opening.length())) return Optional.empty();
        int at = opening.length();
        while (at < argument.length() && argument.charAt(at) == ' ') at++;
        if (at >= argument.length() || argument.charAt(at) != '<') return Optional.empty();
        int end = closingBracket(argument, at + 1);
        if (end < 0) return Optional.empty();
        var path = withoutRoute(argument.substring(at + 1, end));
        var rest = argument.substring(end + 1);
        if (!rest.isEmpty() && rest.charAt(0) != ' ') return Optional.empty();
        return parameters(rest).map(parameters -> new PathArgument(path, parameters));
    }

    private static int closingBracket(String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') i++;
            else if (c == '"') quoted = !quoted;
            else if (c == '>' && !quoted) return i;
            else if (c == '<' && !quoted) return -1;
        }
        return -1;
    }

    private static String withoutRoute(String path) {
        int colon = path.startsWith("@") ? path.indexOf(':') : -1;
        return path.substring(colon + 1);
    }

    private static Optional<List<Parameter>> parameters(String text) {
        if (text.isBlank()) return Optional.of(List.of());
        var found = new ArrayList<Parameter>(2);
        for (var word : text.strip().split(" +", -1)) {
            int equals = word.indexOf('=');
            var keyword = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
            var value = equals < 0 ? "" : word.substring(equals + 1);
            if (keyword.isEmpty() || (equals >= 0 && value.isEmpty())) return Optional.empty();
            for (var other : found) if (other.keyword().equals(keyword)) return Optional.empty();
            found.add(new Parameter(keyword, value));
        }
        return Optional.of(found);
    }
}
