package postroom.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The sink as a run sees it: what arrived there, and how slowly it answers.
final class FarSide implements AutoCloseable {
    private final Children.Talking sink;
    private final Path ca;

    final int microsoftPort;
    final int smarthostPort;
    final String tokenUrl;

    FarSide(Path directory) throws IOException {
        sink = Children.talking(Children.java("postroom.bench.Sink", directory.toString()));
        var places = sink.out().readLine().split(" ");
        microsoftPort = Integer.parseInt(places[0]);
        smarthostPort = Integer.parseInt(places[1]);
        tokenUrl = places[2];
        ca = directory.resolve("ca.pem");
    }

    Path ca() {
        return ca;
    }

    String trustedCa() throws IOException {
        return Files.readString(ca);
    }

    String ask(String what) throws IOException {
        return sink.ask(what);
    }

    long arrived() throws IOException {
        return Long.parseLong(ask("count"));
    }

    void awaitArrived(long count) throws Exception {
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

    /// Since it was looked at, messages per second: from the first arrival to the last.
    double rateOf(int messages, long before) throws Exception {
        while (arrived() == before) Thread.sleep(5);
        long began = System.nanoTime();
        long first = arrived();
        awaitArrived(before + messages);
        return (messages - (first - before)) / ((System.nanoTime() - began) / 1e9);
    }

    @Override
    public void close() {
        sink.process().destroyForcibly();
    }
}
