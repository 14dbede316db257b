package postroom.emulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What was asked of the emulator, one line each, without any secret. Only the last lines are kept.
final class EmulatorLog {
    private static final int KEEP = 10_000;

    private final Deque<String> lines = new ArrayDeque<>();

    synchronized void add(String format, Object... arguments) {
        if (lines.size() >= KEEP) lines.removeFirst();
        // What a client sent may hold line ends; one thing that happened is one line.
        lines.addLast(format.formatted(arguments).replaceAll("\\p{Cntrl}", "?"));
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
