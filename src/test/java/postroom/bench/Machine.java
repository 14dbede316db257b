package postroom.bench;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What disk and loopback can do at best: figures of two machines, or of two hours, differ as these
/// do.
final class Machine {
    private Machine() {}

    static void measure(Path directory) throws Exception {
        disk(directory.resolve("disk"));
        var nothing = Path.of("/usr/sbin/smtp-sink");
        if (Files.isExecutable(nothing)) loopback(nothing);
    }

    private static void disk(Path path) throws IOException {
        try (var file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
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
    }

    private static void loopback(Path smtpSink) throws Exception {
        int port = Node.freePort();
        var nothing =
                new ProcessBuilder(smtpSink.toString(), "-u", "nobody", "127.0.0.1:" + port, "200")
                        .start();
        try {
            awaitListening(port);
            System.out.printf(
                    "loopback: %,.0f messages per second from 50 sessions into nothing%n",
                    5_000 / Load.send(port, 50, 5_000));
        } finally {
            nothing.destroyForcibly();
        }
    }

    private static void awaitListening(int port) throws Exception {
        for (int i = 0; i < 1_000; i++) {
            try (var socket = new Socket("127.0.0.1", port)) {
                if (socket.getInputStream().read() == '2') return;
            } catch (IOException notYet) {
                // it is starting
            }
            Thread.sleep(10);
        }
        throw new IllegalStateException("nothing listens on port " + port);
    }
}
