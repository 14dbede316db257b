package postroom.intake.smtp;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import postroom.intake.Counter;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;

/// How many messages of 4 KiB fifty sessions get accepted per second: run by hand with
/// `-Dtest=ListenerBench -Dbench.messages=2000`.
@Tag("bench")
class ListenerBench {

    @Test
    void messages_per_second() throws Exception {
        int sessions = 50;
        int messages = Integer.getInteger("bench.messages", 20);
        var data = java.nio.file.Files.createTempDirectory("bench");
        try (var counter = new Counter();
                var listener =
                        SubmissionListener.start(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                Entrance.PLAIN,
                                counter.intake(counter.settings()),
                                new OneApplication() {
                                    @Override
                                    public Optional<postroom.access.Credential> forListedNetwork(
                                            InetAddress from) {
                                        return Optional.of(Counter.ERP);
                                    }
                                },
                                Certificates.of(
                                        Optional.empty(),
                                        Optional.empty(),
                                        data,
                                        "localhost",
                                        InstantSource.system()),
                                new SubmissionListener.Limits(100, 100, Patience.USUAL))) {
            for (int round = 0; round < 3; round++) {
                long began = System.nanoTime();
                var threads = new ArrayList<Thread>();
                for (int i = 0; i < sessions; i++)
                    threads.add(
                            Thread.ofVirtual()
                                    .start(() -> send(listener.address().getPort(), messages)));
                for (var thread : threads) thread.join();
                var took = Duration.ofNanos(System.nanoTime() - began);
                System.out.println(sessions * messages * 1000L / took.toMillis() + " messages/s");
            }
        }
    }

    private static void send(int port, int messages) {
        var content =
                "From: noreply@example.com\r\nTo: a@example.net\r\nSubject: Invoice\r\n\r\n"
                        + "0123456789012345678901234567890123456789012345678901234567890123456789\r\n"
                                .repeat(56)
                        + ".\r\n";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream());
            say(socket, "EHLO bench\r\n");
            hear(in, 2);
            for (int i = 0; i < messages; i++) {
                say(
                        socket,
                        "MAIL FROM:<noreply@example.com>\r\nRCPT TO:<a@example.net>\r\nDATA\r\n");
                hear(in, 3);
                say(socket, content);
                hear(in, 1);
            }
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    // so many whole replies
    private static void hear(BufferedInputStream in, int replies) throws IOException {
        for (int left = replies; left > 0; ) {
            int column = 0;
            int separator = 0;
            int code = 0;
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) throw new IOException("closed");
                if (column == 0) code = c;
                if (column == 3) separator = c;
                column++;
            }
            if (code > '3') throw new IOException("refused");
            if (separator == ' ') left--;
        }
    }
}
