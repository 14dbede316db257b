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
import java.util.stream.Stream;

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
        command.add("-Xmx1g");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(arguments));
        return command;
    }

    /// CPU seconds of processes, their living descendants, and those that ended.
    static double cpu(List<ProcessHandle> processes) throws IOException {
        double sum = 0;
        for (var process : withDescendants(processes)) sum += ticks(process.pid());
        return sum / TICKS;
    }

    /// Resident memory of processes and their descendants, in megabytes (shared pages counted by
    /// share).
    static double memory(List<ProcessHandle> processes) {
        return withDescendants(processes).stream().mapToDouble(one -> pss(one.pid())).sum() / 1024;
    }

    private static List<ProcessHandle> withDescendants(List<ProcessHandle> processes) {
        return processes.stream()
                .flatMap(one -> Stream.concat(Stream.of(one), one.descendants()))
                .toList();
    }

    /// What `ps` and container limits count for one process, in megabytes: shared pages in full.
    static double resident(ProcessHandle process) throws IOException {
        for (var line :
                Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")))
            if (line.startsWith("VmRSS:"))
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
        throw new IOException("no resident size of " + process.pid());
    }

    private static double ticks(long pid) throws IOException {
        var stat = Path.of("/proc", String.valueOf(pid), "stat");
        if (!Files.exists(stat)) return 0;
        var text = Files.readString(stat);
        var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        double sum = 0; // its own time and that of children that ended, each in user and system
        for (int i = 11; i <= 14; i++) sum += Double.parseDouble(fields[i]);
        return sum;
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
