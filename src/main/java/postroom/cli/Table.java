package postroom.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// Lines in columns that are as wide as what stands in them.
final class Table {

    private final List<List<String>> lines = new ArrayList<>();

    Table(String... heads) {
        lines.add(List.of(heads));
    }

    void add(String... cells) {
        lines.add(List.of(cells));
    }

    /// Prints the table, or the sentence when it has no line but its heads.
    void printTo(PrintStream out, String whenEmpty) {
        if (lines.size() == 1) {
            out.println(whenEmpty);
            return;
        }
        var widths = new int[lines.getFirst().size()];
        for (var line : lines)
            for (int i = 0; i < line.size(); i++)
                widths[i] = Math.max(widths[i], shown(line.get(i)).length());
        for (var line : lines) {
            var text = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                var cell = shown(line.get(i));
                text.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
            }
            out.println(text.toString().stripTrailing());
        }
    }

    /// What an outside system said does not steer the terminal.
    static String shown(String cell) {
        return cell.replaceAll("\\p{Cntrl}", " ");
    }
}
