package postroom.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rows of a run, printed as they come and once more as a table.
final class Table {
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

    void row(String subject, String what, double figure) {
        var text = figure >= 100 ? "%,.0f".formatted(figure) : "%.2f".formatted(figure);
        System.out.printf("  %-64s %10s%n", what, text);
        rows.computeIfAbsent(what, key -> new LinkedHashMap<>()).put(subject, text);
    }

    void print() {
        var names =
                rows.values().stream().flatMap(row -> row.keySet().stream()).distinct().toList();
        var lines = new ArrayList<String>();
        lines.add("| | " + String.join(" | ", names) + " |");
        lines.add("|---|" + "---|".repeat(names.size()));
        rows.forEach((what, row) -> lines.add("| " + what + " | " + cells(names, row) + " |"));
        System.out.println(String.join("\n", lines));
    }

    private static String cells(List<String> names, Map<String, String> row) {
        return String.join(" | ", names.stream().map(name -> row.getOrDefault(name, "–")).toList());
    }
}
