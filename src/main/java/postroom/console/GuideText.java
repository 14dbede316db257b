package postroom.console;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The Markdown of a guide as parts of a page. It knows what our templates use and no more; what it
/// does not know stays text, and nothing becomes markup.
final class GuideText {

    private static final Pattern INLINE =
            Pattern.compile(
                    "(`+) ?(.+?) ?\\1(?!`)|<(https://[^>\\s]+)>|\\*\\*([^*]+)\\*\\*|\\*([^*]+)\\*");
    private static final Pattern ITEM = Pattern.compile("(\\d+\\.|-) (.*)");

    private final List<Block> blocks = new ArrayList<>();
    private final StringBuilder open = new StringBuilder();
    private String kind = "paragraph";

    private GuideText() {}

    /// @param kind `title`, `heading`, `item`, `bullet`, `paragraph` or `code`
    /// @param mark the number of an item
    record Block(String kind, String mark, List<Span> spans) {
        public String text() {
            return String.join("", spans.stream().map(Span::text).toList());
        }
    }

    /// @param kind `text`, `code`, `strong`, `emphasis` or `link`
    record Span(String kind, String text) {}

    static List<Block> blocks(String markdown) {
        var guide = new GuideText();
        boolean inCode = false;
        for (var line : markdown.lines().toList()) {
            if (line.startsWith("```")) {
                guide.end();
                inCode = !inCode;
                guide.kind = inCode ? "code" : "paragraph";
            } else if (inCode) guide.open.append(line).append('\n');
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
            int mark = kind.indexOf(' ');
            blocks.add(
                    kind.equals("code")
                            ? new Block(kind, "", List.of(new Span("text", open.toString())))
                            : new Block(
                                    mark < 0 ? kind : kind.substring(0, mark),
                                    mark < 0 ? "" : kind.substring(mark + 1),
                                    spans(open.toString())));
        }
        open.setLength(0);
        kind = "paragraph";
    }

    private static List<Span> spans(String text) {
        var spans = new ArrayList<Span>();
        var found = INLINE.matcher(text);
        int at = 0;
        while (found.find()) {
            if (found.start() > at) spans.add(new Span("text", text.substring(at, found.start())));
            if (found.group(2) != null) spans.add(new Span("code", found.group(2)));
            else if (found.group(3) != null) spans.add(new Span("link", found.group(3)));
            else if (found.group(4) != null) spans.add(new Span("strong", found.group(4)));
            else if (found.group(5) != null) spans.add(new Span("emphasis", found.group(5)));
            at = found.end();
        }
        if (at < text.length()) spans.add(new Span("text", text.substring(at)));
        return spans;
    }
}
