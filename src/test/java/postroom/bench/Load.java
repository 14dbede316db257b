package postroom.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Applications that hand in mail: so many sessions, kept connections, 4 KiB messages, one command
/// at a time. Debian's `smtp-source` where it is installed, since it costs less; else this class
/// itself.
final class Load {
    private static final Path SMTP_SOURCE = Path.of("/usr/sbin/smtp-source");

    private Load() {}

    /// Hands the messages in and says how long it took, in seconds.
    static double send(int port, int sessions, int messages) throws Exception {
        long start = System.nanoTime();
        if (Files.isExecutable(SMTP_SOURCE)) source(port, sessions, messages);
        else own(port, sessions, messages);
        return (System.nanoTime() - start) / 1e9;
    }

    private static void source(int port, int sessions, int messages) throws Exception {
        var process =
                new ProcessBuilder(
                                SMTP_SOURCE.toString(),
                                "-d",
                                "-s",
                                String.valueOf(sessions),
                                "-m",
                                String.valueOf(messages),
                                "-l",
                                "4096",
                                "-f",
                                "noreply@contoso.example",
                                "-t",
                                "reader@example.net",
                                "127.0.0.1:" + port)
                        .inheritIO()
                        .start();
        if (process.waitFor() != 0)
            throw new IOException("smtp-source ended with " + process.exitValue());
    }

    private static void own(int port, int sessions, int messages) throws Exception {
        var left = new AtomicInteger(messages);
        var content = content();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new java.util.ArrayList<Future<?>>();
            for (int i = 0; i < sessions; i++)
                all.add(threads.submit(() -> session(port, left, content)));
            for (var one : all) one.get();
        }
    }

    private static Void session(int port, AtomicInteger left, byte[] content) throws IOException {
        try (var session = new Session(port, content)) {
            while (left.getAndDecrement() > 0) session.send();
        }
        return null;
    }

    /// One kept connection.
    static final class Session implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final byte[] content;

        Session(int port) throws IOException {
            this(port, content());
        }

        private Session(int port, byte[] content) throws IOException {
            this.content = content;
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            expect(in, '2');
            say(out, in, "EHLO load.example.net", '2');
        }

        void send() throws IOException {
            say(out, in, "MAIL FROM:<noreply@contoso.example>", '2');
            say(out, in, "RCPT TO:<reader@example.net>", '2');
            say(out, in, "DATA", '3');
            out.write(content);
            expect(in, '2');
        }

        @Override
        public void close() throws IOException {
            say(out, in, "QUIT", '2');
            socket.close();
        }
    }

    private static byte[] content() {
        var text =
                new StringBuilder(
                        "From: noreply@contoso.example\r\n"
                                + "To: reader@example.net\r\n"
                                + "Subject: bench\r\n\r\n");
        while (text.length() < 4090) text.append("0123456789012345678901234567890123456789\r\n");
        return text.append(".\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void say(OutputStream out, InputStream in, String line, char expected)
            throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        expect(in, expected);
    }

    private static void expect(InputStream in, char expected) throws IOException {
        while (true) {
            var line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) throw new IOException("the server hung up");
                line.append((char) c);
            }
            if (line.charAt(3) == '-') continue;
            if (line.charAt(0) != expected) throw new IOException(line.toString());
            return;
        }
    }
}
