package postroom.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Processes of a run, and what they cost: Linux's /proc tells.
final class Children {
    private static final double TICKS = 100; // sysconf(_SC_CLK_TCK) on Linux

    private Children() {}

    /// A process that answers one line for each line it is given.
    record Talking(Process process, BufferedReader out, BufferedWriter in) {
        String ask(String line) throws IOException {
            in.write(line + "\n");
            in.flush();
            return out.readLine();
        }
    }

    static Talking talking(List<String> command) throws IOException {
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new Talking(
                process,
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
                new BufferedWriter(
                        new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8)));
    }

    static List<String> java(String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx256m");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(arguments));
        return command;
    }

    /// CPU seconds of a process, its living descendants, and those that ended.
    static double cpu(ProcessHandle process) throws IOException {
        double sum = ticks(process.pid(), true);
        for (var child : process.descendants().toList()) sum += ticks(child.pid(), true);
        return sum / TICKS;
    }

    /// Resident memory of a process and its descendants, in megabytes (shared pages counted by
    /// share).
    static double memory(ProcessHandle process) throws IOException {
        double sum = pss(process.pid());
        for (var child : process.descendants().toList()) sum += pss(child.pid());
        return sum / 1024;
    }

    private static double ticks(long pid, boolean withEnded) throws IOException {
        var stat = Path.of("/proc", String.valueOf(pid), "stat");
        if (!Files.exists(stat)) return 0;
        var text = Files.readString(stat);
        var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        double own = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
        return withEnded
                ? own + Double.parseDouble(fields[13]) + Double.parseDouble(fields[14])
                : own;
    }

    private static double pss(long pid) {
        try {
            for (var line :
                    Files.readAllLines(Path.of("/proc", String.valueOf(pid), "smaps_rollup")))
                if (line.startsWith("Pss:"))
                    return Double.parseDouble(line.replaceAll("[^0-9]", ""));
        } catch (IOException ended) {
            return 0;
        }
        return 0;
    }
}
