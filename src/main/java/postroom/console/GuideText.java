package postroom.console;

import postroom.catalog.Values;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The Markdown of a guide as parts of a page, its places with the values of one service. It knows
/// what our templates use and no more; what it does not know stays text, and nothing becomes
/// markup.
final class GuideText {

    private static final Pattern INLINE =
            Pattern.compile(
                    "(`+) ?(.+?) ?\\1(?!`)|<(https://[^>\\s]+)>|\\*\\*([^*]+)\\*\\*|\\*([^*]+)\\*"
                            + "|\\{([a-z_]+)}");
    private static final Pattern PLACE = Pattern.compile("\\{([a-z_]+)}");
    private static final Pattern ITEM = Pattern.compile("(\\d+\\.|-) (.*)");

    private final Values values;
    private final Map<String, String> sources;
    private final List<Block> blocks = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private String kind = "paragraph";

    private GuideText(Values values, Map<String, String> sources) {
        this.values = values;
        this.sources = sources;
    }

    /// @param kind `title`, `heading`, `item`, `bullet`, `paragraph` or `code`
    /// @param mark the number of an item
    /// @param id of a block of commands, within its page
    record Block(String kind, String mark, String id, List<Span> spans) {}

    /// @param kind `text`, `code`, `strong`, `emphasis`, `link`, `place` or `literal` (a place in a
    ///   command)
    /// @param from the field that fills a place
    /// @param isKnown false where the place says what belongs there
    record Span(String kind, String text, String from, boolean isKnown) {
        Span(String kind, String text) {
            this(kind, text, "", true);
        }
    }

    /// @param sources fields that fill places of another name
    static List<Block> blocks(String template, Values values, Map<String, String> sources) {
        var guide = new GuideText(values, sources);
        boolean inCode = false;
        for (var line : template.lines().toList()) {
            if (line.startsWith("```")) {
                guide.end();
                inCode = !inCode;
                guide.kind = inCode ? "code" : "paragraph";
            } else if (inCode) guide.open.append(guide.open.isEmpty() ? "" : "\n").append(line);
            else guide.read(line);
        }
        guide.end();
        return guide.blocks;
    }

    private void read(String line) {
        var item = ITEM.matcher(line);
        if (line.isBlank()) end();
        else if (line.startsWith("# ")) whole("title", line.substring(2));
        else if (line.startsWith("## ")) whole("heading", line.substring(3));
        else if (line.startsWith("|")) {
            if (!line.startsWith("|---")) whole("bullet", cells(line));
        } else if (item.matches()) {
            end();
            kind = item.group(1).equals("-") ? "bullet" : "item " + item.group(1);
            open.append(item.group(2));
        } else open.append(open.isEmpty() ? "" : " ").append(line.strip());
    }

    private static String cells(String row) {
        var inside = row.substring(1, row.endsWith("|") ? row.length() - 1 : row.length());
        return inside.strip().replaceAll(" +\\| +", ": ");
    }

    private void whole(String kindOfLine, String text) {
        end();
        kind = kindOfLine;
        open.append(text);
        end();
    }

    private void end() {
        if (!open.isEmpty()) {
            var text = open.toString();
            int mark = kind.indexOf(' ');
            blocks.add(
                    kind.equals("code")
                            ? new Block(kind, "", "commands-" + blocks.size(), commands(text))
                            : new Block(
                                    mark < 0 ? kind : kind.substring(0, mark),
                                    mark < 0 ? "" : kind.substring(mark + 1),
                                    "",
                                    spans(text)));
        }
        open.setLength(0);
        kind = "paragraph";
    }

    private List<Span> spans(String text) {
        var spans = new ArrayList<Span>();
        var found = INLINE.matcher(text);
        int at = 0;
        while (found.find()) {
            if (found.start() > at) spans.add(new Span("text", text.substring(at, found.start())));
            if (found.group(2) != null) spans.add(new Span("code", found.group(2)));
            else if (found.group(3) != null) spans.add(new Span("link", found.group(3)));
            else if (found.group(4) != null) spans.add(new Span("strong", found.group(4)));
            else if (found.group(5) != null) spans.add(new Span("emphasis", found.group(5)));
            else spans.add(place("place", found.group(6), values.inText(found.group())));
            at = found.end();
        }
        if (at < text.length()) spans.add(new Span("text", text.substring(at)));
        return spans;
    }

    private List<Span> commands(String text) {
        var spans = new ArrayList<Span>();
        var found = PLACE.matcher(text);
        int at = 0;
        while (found.find()) {
            if (found.start() > at) spans.add(new Span("text", text.substring(at, found.start())));
            spans.add(place("literal", found.group(1), values.inPowerShell(found.group())));
            at = found.end();
        }
        if (at < text.length()) spans.add(new Span("text", text.substring(at)));
        return spans;
    }

    private Span place(String kindOfSpan, String name, String text) {
        return Values.PLACES.containsKey(name)
                ? new Span(kindOfSpan, text, sources.getOrDefault(name, name), values.has(name))
                : new Span("text", text);
    }
}
