package postroom.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.catalog.Values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Examples that work as pasted: files in `postroom/console/examples`, filled with real values.
///
/// The first line says how values are quoted there: `%quote php`. `{host}` is a place;
/// `{from:text}` is one that is quoted in another way. Lines between `%if word` and `%end` are for
/// those to whom the word applies, what follows `%else` for the others.
final class Examples {

    private static final String FOLDER = "/postroom/console/examples/";
    private static final Pattern PLACE = Pattern.compile("\\{([a-z_]+)(?::([a-z]+))?}");

    private final Map<String, String> values;
    private final Set<String> facts;

    /// @param values one that holds a control character is left out, and so is its place
    /// @param facts what `%if` asks for
    Examples(Map<String, String> values, Set<String> facts) {
        this.values = Map.copyOf(values);
        this.facts = Set.copyOf(facts);
    }

    /// @param file its name; `postroom.msmtprc`, say
    String filled(String file) {
        var lines = read(file).lines().toList();
        var quoting = Quoting.of(lines.getFirst().replace("%quote ", ""));
        var kept = new ArrayList<String>();
        boolean wanted = true;
        for (var line : lines.subList(1, lines.size())) {
            if (line.startsWith("%if ")) wanted = facts.contains(line.substring(4).strip());
            else if (line.equals("%else")) wanted = !wanted;
            else if (line.equals("%end")) wanted = true;
            else if (wanted) kept.add(filled(line, quoting));
        }
        return String.join("\n", kept) + "\n";
    }

    private String filled(String line, Quoting usual) {
        return PLACE.matcher(line)
                .replaceAll(place -> {
                    var value = values.get(place.group(1));
                    if (value == null) return Matcher.quoteReplacement(place.group());
                    var safe = Values.isUsable(value) ? value : "";
                    var quoting = place.group(2) == null ? usual : Quoting.of(place.group(2));
                    return Matcher.quoteReplacement(quoting.quoted(safe));
                });
    }

    private static String read(String file) {
        try (var in = Examples.class.getResourceAsStream(FOLDER + file)) {
            return new String(
                    Objects.requireNonNull(in, () -> "there is no example " + file).readAllBytes(),
                    UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Every file there is, as pages show them.
    static final List<String> OF_CREDENTIALS =
            List.of(
                    "swaks",
                    "curl",
                    "msmtp",
                    "phpmailer",
                    "spring",
                    "python",
                    "nodemailer",
                    "mailkit",
                    "scheduler");

    static final List<String> OF_WEBHOOKS = List.of("verify-shell", "verify-python", "verify-node");
}
