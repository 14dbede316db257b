package postroom.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// From the launcher to the first accepted message, without and with the AOT cache the launcher
/// makes; and what an idle server takes.
final class StartRows {
    private static final int TIMES = 5;

    private final Path installed;
    private final Path directory;
    private final FarSide farSide;
    private final Table table;

    StartRows(Path installed, Path directory, FarSide farSide, Table table) {
        this.installed = installed;
        this.directory = directory;
        this.farSide = farSide;
        this.table = table;
    }

    void all() throws Exception {
        measure("untrained");
        train();
        measure("with AOT cache");
    }

    private void train() throws Exception {
        long start = System.nanoTime();
        var training =
                new ProcessBuilder(installed.resolve("postroom").toString(), "--train")
                        .inheritIO()
                        .start();
        if (!training.waitFor(5, TimeUnit.MINUTES) || training.exitValue() != 0)
            throw new IOException("the training failed");
        System.out.printf("  (trained in %.0f s)%n", (System.nanoTime() - start) / 1e9);
    }

    private void measure(String how) throws Exception {
        var node = new Node(installed, directory.resolve("start " + how), Map.of());
        node.start();
        node.awaitReady();
        new PostroomSubject(node, farSide).hold();
        var times = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            node.stop();
            long start = System.nanoTime();
            node.start();
            sendFirst(node);
            times[i] = (System.nanoTime() - start) / 1e9;
            node.awaitReady();
        }
        Arrays.sort(times);
        table.row(
                "Postroom",
                "start to the first accepted message, " + how + ", s",
                times[TIMES / 2]);
        Thread.sleep(40_000);
        table.row("Postroom", "idle, resident, " + how + ", MB", Children.resident(node.process()));
        node.stop();
    }

    private static void sendFirst(Node node) throws Exception {
        for (int i = 0; i < 6_000; i++) {
            try (var session = new Load.Session(node.smtp)) {
                session.send();
                return;
            } catch (IOException notYet) {
                Thread.sleep(5);
            }
        }
        throw new IOException("no message was accepted");
    }
}
