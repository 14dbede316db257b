package postroom.transcript;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One conversation as a file tells it.
///
/// ```
/// # why the file exists
/// against: transport, oauth2      settings: key, colon, value
/// S: 220 mail ESMTP               what the server says
/// C: EHLO *                       what the client says; * is the rest of the line
/// S: ...                          any number of lines until the next one fits
/// -- tls --                       a marker, perhaps with an argument: -- silence 6m --
/// result: sent                    what must come of it
/// ```
///
/// @param settings the `key: value` lines before the first step
/// @param outcomes the `key: value` lines after it, in order
/// @param lines the file as it is, for [#marked]
public record Transcript(
        String name,
        List<Entry> settings,
        List<Step> steps,
        List<Entry> outcomes,
        List<String> lines) {

    private static final Pattern MARKER = Pattern.compile("-- (.+) --");
    private static final Pattern ENTRY = Pattern.compile("([a-z][a-z -]*):\\s*(.*)");
    private static final Pattern AMOUNT = Pattern.compile("(\\d+)(ms|s|m|h)");

    public record Entry(String key, String value) {}

    /// @param at the line's number in the file, from 1
    public sealed interface Step {
        int at();

        record Server(int at, String text) implements Step {}

        record Client(int at, String text) implements Step {}

        /// @param argument empty where there is none
        record Marker(int at, String word, String argument) implements Step {}
    }

    public Transcript {
        settings = List.copyOf(settings);
        steps = List.copyOf(steps);
        outcomes = List.copyOf(outcomes);
        lines = List.copyOf(lines);
    }

    /// All `*.smtp` files of a folder that name `against` in their first setting.
    public static List<Transcript> in(Path folder, String against) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".smtp"))
                    .sorted()
                    .map(Transcript::of)
                    .filter(transcript -> transcript.words("against").contains(against))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public static Transcript of(Path file) {
        try {
            return parse(String.valueOf(file.getFileName()), Files.readAllLines(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public static Transcript parse(String name, List<String> lines) {
        var settings = new ArrayList<Entry>();
        var steps = new ArrayList<Step>();
        var outcomes = new ArrayList<Entry>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            int at = i + 1;
            var marker = MARKER.matcher(line);
            var entry = ENTRY.matcher(line);
            if (line.isBlank() || line.startsWith("#")) continue;
            else if (line.startsWith("S:")) steps.add(new Step.Server(at, said(line)));
            else if (line.startsWith("C:")) steps.add(new Step.Client(at, said(line)));
            else if (marker.matches()) steps.add(marker(at, marker.group(1)));
            else if (entry.matches())
                (steps.isEmpty() ? settings : outcomes)
                        .add(new Entry(entry.group(1), entry.group(2).strip()));
            else throw new IllegalArgumentException(name + ":" + at + ": neither step nor setting");
        }
        return new Transcript(name, settings, steps, outcomes, lines);
    }

    /// The value of a setting.
    public Optional<String> setting(String key) {
        return values(settings, key).stream().findFirst();
    }

    public List<String> settings(String key) {
        return values(settings, key);
    }

    public List<String> outcomes(String key) {
        return values(outcomes, key);
    }

    /// The words of a setting, which commas part.
    public List<String> words(String key) {
        return setting(key).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    /// True when `line` is what `pattern` says: `*` stands for the rest of the line.
    public static boolean fits(String pattern, String line) {
        return pattern.endsWith("*")
                ? line.startsWith(pattern.substring(0, pattern.length() - 1))
                : line.equals(pattern);
    }

    /// `6m` and its like.
    public static Duration duration(String text) {
        var found = AMOUNT.matcher(text);
        if (!found.matches()) throw new IllegalArgumentException("not a duration: " + text);
        long amount = Long.parseLong(found.group(1));
        return switch (found.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    /// The whole transcript with one line marked, and what came instead.
    public String marked(int at, String instead) {
        var text = new StringBuilder(name + ":" + at + " differs\n");
        for (int i = 0; i < lines.size(); i++) {
            text.append(i + 1 == at ? ">>> " : "    ").append(lines.get(i)).append('\n');
            if (i + 1 == at) text.append("got ").append(instead).append('\n');
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return name;
    }

    // One blank after the colon belongs to the notation, every further one to the line.
    private static String said(String line) {
        return line.startsWith(" ", 2) ? line.substring(3) : line.substring(2);
    }

    private static Step.Marker marker(int at, String text) {
        int blank = text.lastIndexOf(' ');
        boolean hasAmount = blank > 0 && AMOUNT.matcher(text.substring(blank + 1)).matches();
        return hasAmount
                ? new Step.Marker(at, text.substring(0, blank), text.substring(blank + 1))
                : new Step.Marker(at, text, "");
    }

    private static List<String> values(List<Entry> entries, String key) {
        return entries.stream().filter(entry -> entry.key().equals(key)).map(Entry::value).toList();
    }
}
