package postroom.bench;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prints the rows of `docs/develop/performance.md`: Postroom's, and Postfix's where it is
/// installed.
///
/// `Bench [quick] [alone] [tokens]`: `quick` runs a tenth of the messages, `alone` leaves Postfix
/// out, `tokens` measures nothing but what short-lived access tokens cost.
final class Bench {
    static final String TENANT = "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b";
    static final String CLIENT_ID = "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11";
    static final String CLIENT_SECRET = "demo~secret.of_contoso-0123456789abcdefgh";

    private static final int CONNECTIONS = 20;

    private final Path directory;
    private final Children.Talking sink;
    private final int scale;
    private final Map<String, Map<String, String>> table = new LinkedHashMap<>();

    private Bench(Path directory, Children.Talking sink, int scale) {
        this.directory = directory;
        this.sink = sink;
        this.scale = scale;
    }

    public static void main(String[] args) throws Exception {
        var wanted = List.of(args);
        var directory = Files.createTempDirectory("postroom-bench");
        var sink = Children.talking(Children.java("postroom.bench.Sink", directory.toString()));
        var places = sink.out().readLine().split(" ");
        var bench = new Bench(directory, sink, wanted.contains("quick") ? 10 : 1);
        try {
            bench.limits(Integer.parseInt(places[1]));
            var ca = directory.resolve("ca.pem");
            bench.onlyTokens = wanted.contains("tokens");
            bench.measure(() ->
                    new PostroomSubject(
                            directory.resolve("postroom"),
                            Integer.parseInt(places[0]),
                            places[2],
                            Files.readString(ca)));
            if (wanted.contains("alone")) System.out.println("(Postfix left out)");
            else if (PostfixSubject.isHere())
                bench.measure(() ->
                        new PostfixSubject(
                                directory.resolve("postfix"), Integer.parseInt(places[1]), ca));
            else
                System.out.println(
                        "(Debian's postfix is not installed, or this is not root: no comparison)");
            bench.print();
        } finally {
            sink.process().destroyForcibly();
            delete(directory);
        }
    }

    private boolean onlyTokens;

    private interface Starter {
        Subject start() throws Exception;
    }

    private void measure(Starter starter) throws Exception {
        try (var subject = starter.start()) {
            System.out.println("— " + subject.name());
            warmUp(subject);
            if (onlyTokens) {
                renewals(subject);
                return;
            }
            for (int sessions : new int[] {1, 10, 50, 200}) accept(subject, sessions);
            drainAll(subject);
            relay(subject);
            latency(subject);
            roundTrips(subject, 3, 1_500);
            roundTrips(subject, CONNECTIONS, 6_000);
            backlog(subject);
            renewals(subject);
        }
    }

    /// A JIT needs some thousands of messages to wake up; a program that never restarts has had
    /// them.
    private void warmUp(Subject subject) throws Exception {
        subject.send(CONNECTIONS);
        long before = arrived();
        int messages = 20_000 / scale;
        Load.send(subject.port(), 20, messages);
        awaitArrived(before + messages);
    }

    private void accept(Subject subject, int sessions) throws Exception {
        subject.hold();
        int messages = Math.max(200, (sessions == 1 ? 2_000 : 10_000) / scale);
        double took = Load.send(subject.port(), sessions, messages);
        row(subject, "accepted, " + sessions + " sessions, per second", messages / took);
    }

    private void drainAll(Subject subject) throws Exception {
        subject.send(CONNECTIONS);
        awaitQuiet();
    }

    private void relay(Subject subject) throws Exception {
        int messages = 20_000 / scale;
        long before = arrived();
        double cpu = Children.cpu(subject.process());
        long start = System.nanoTime();
        Load.send(subject.port(), 20, messages);
        awaitArrived(before + messages);
        double took = (System.nanoTime() - start) / 1e9;
        row(
                subject,
                "accepted and relayed, 20 sessions, 20 connections, per second",
                messages / took);
        row(
                subject,
                "CPU per message relayed, ms",
                (Children.cpu(subject.process()) - cpu) * 1000 / messages);
        row(subject, "memory after that, MB", Children.memory(subject.process()));
    }

    /// What access tokens that end all the time cost: nothing that one would see. Turn about,
    /// because the machine is faster in one minute than in the next.
    private void renewals(Subject subject) throws Exception {
        var took = new LinkedHashMap<String, Double>();
        int messages = 100_000 / scale;
        for (int turn = 0; turn < 2; turn++)
            for (var lifetime : List.of("1h", "30s")) {
                sink.ask("lifetime " + lifetime);
                if (!subject.forgetToken()) return;
                long before = arrived();
                long start = System.nanoTime();
                Load.send(subject.port(), 20, messages);
                awaitArrived(before + messages);
                took.merge(lifetime, (System.nanoTime() - start) / 1e9, Double::sum);
            }
        sink.ask("lifetime 1h");
        subject.forgetToken();
        System.out.println("  (access tokens given out so far: " + sink.ask("tokens") + ")");
        took.forEach((lifetime, seconds) ->
                row(
                        subject,
                        "relayed with access tokens of " + lifetime + ", per second",
                        2 * messages / seconds));
    }

    private void latency(Subject subject) throws Exception {
        var times = new double[101];
        try (var session = new Load.Session(subject.port())) {
            for (int i = 0; i < times.length; i++) {
                Thread.sleep(40);
                long before = arrived();
                long start = System.nanoTime();
                session.send();
                while (arrived() == before) Thread.onSpinWait();
                times[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(times);
        row(subject, "one message, idle, MAIL to arrived, median ms", times[times.length / 2]);
    }

    private void roundTrips(Subject subject, int connections, int most) throws Exception {
        int messages = most / scale;
        subject.hold();
        Load.send(subject.port(), 20, messages);
        sink.ask("rtt 20");
        long before = arrived();
        subject.send(connections);
        long first = before;
        while (first == before) {
            Thread.sleep(5);
            first = arrived();
        }
        long began = System.nanoTime();
        awaitArrived(before + messages);
        double took = (System.nanoTime() - began) / 1e9;
        sink.ask("rtt 0");
        row(
                subject,
                "20 ms per round trip, " + connections + " connections, per second",
                (messages - (first - before)) / took);
    }

    private void backlog(Subject subject) throws Exception {
        int messages = 100_000 / scale;
        subject.hold();
        Load.send(subject.port(), 50, messages);
        long start = System.nanoTime();
        subject.restart();
        awaitAccepting(subject.port());
        row(
                subject,
                "restart with " + messages + " waiting until it accepts, s",
                (System.nanoTime() - start) / 1e9);
        long before = arrived();
        subject.send(CONNECTIONS);
        while (arrived() == before) Thread.sleep(5);
        long began = System.nanoTime();
        long first = arrived();
        awaitArrived(before + messages);
        row(
                subject,
                "drain of " + messages + ", per second",
                (messages - (first - before)) / ((System.nanoTime() - began) / 1e9));
        row(subject, "most connections at once", Double.parseDouble(sink.ask("connections")));
    }

    /// What disk and loopback can do at best.
    private void limits(int smarthostPort) throws Exception {
        try (var file =
                FileChannel.open(
                        directory.resolve("disk"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            var block = ByteBuffer.allocateDirect(4096);
            int writes = 500;
            long start = System.nanoTime();
            for (int i = 0; i < writes; i++) {
                file.write(block.clear());
                file.force(false);
            }
            System.out.printf(
                    "disk: %,.0f appends of 4 KiB with fdatasync per second%n",
                    writes / ((System.nanoTime() - start) / 1e9));
        }
        var source = Path.of("/usr/sbin/smtp-sink");
        if (!Files.isExecutable(source)) return;
        int port = PostroomSubject.freePort();
        var nothing =
                new ProcessBuilder(source.toString(), "-u", "nobody", "127.0.0.1:" + port, "200")
                        .start();
        try {
            awaitAccepting(port);
            Load.send(port, 20, 20_000 / scale);
            System.out.printf(
                    "loopback: %,.0f messages per second from 50 sessions into nothing%n",
                    20_000 / scale / Load.send(port, 50, 20_000 / scale));
        } finally {
            nothing.destroyForcibly();
        }
    }

    private long arrived() throws IOException {
        return Long.parseLong(sink.ask("count"));
    }

    private void awaitArrived(long count) throws Exception {
        long last = -1;
        long lastChange = System.nanoTime();
        while (true) {
            long now = arrived();
            if (now >= count) return;
            if (now != last) lastChange = System.nanoTime();
            if (System.nanoTime() - lastChange > 60_000_000_000L)
                throw new IllegalStateException(
                        "nothing arrived for a minute; " + (count - now) + " are missing");
            last = now;
            Thread.sleep(5);
        }
    }

    private void awaitQuiet() throws Exception {
        long last = -1;
        for (long now = arrived(); now != last; now = arrived()) {
            last = now;
            Thread.sleep(2_500);
        }
    }

    private static void awaitAccepting(int port) throws Exception {
        for (int i = 0; i < 3_000; i++) {
            try (var socket = new Socket("127.0.0.1", port)) {
                if (socket.getInputStream().read() == '2') return;
            } catch (IOException notYet) {
                // it is starting
            }
            Thread.sleep(10);
        }
        throw new IllegalStateException("nothing listens on port " + port);
    }

    private void row(Subject subject, String what, double figure) {
        var text = figure >= 100 ? "%,.0f".formatted(figure) : "%.2f".formatted(figure);
        System.out.printf("  %-64s %10s%n", what, text);
        table.computeIfAbsent(what, key -> new LinkedHashMap<>()).put(subject.name(), text);
    }

    private void print() {
        var names =
                table.values().stream().flatMap(row -> row.keySet().stream()).distinct().toList();
        var lines = new ArrayList<String>();
        lines.add("| | " + String.join(" | ", names) + " |");
        lines.add("|---|" + "---|".repeat(names.size()));
        table.forEach((what, row) ->
                lines.add(
                        "| "
                                + what
                                + " | "
                                + String.join(
                                        " | ",
                                        names.stream()
                                                .map(name -> row.getOrDefault(name, "–"))
                                                .toList())
                                + " |"));
        System.out.println(String.join("\n", lines));
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(file);
        }
    }
}
