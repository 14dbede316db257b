package postroom.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// Applications that hand in mail: so many sessions, kept connections, 4 KiB messages, one command
/// at a time. Debian's `smtp-source` where it is installed, since it costs less; else this class
/// itself.
final class Load {
    static final String USERNAME = "load-over-tls";
    static final String PASSWORD = "a password of twenty-nine letters";
    static final int SMALL = 4096;

    private static final Path SMTP_SOURCE = Path.of("/usr/sbin/smtp-source");

    private Load() {}

    /// Hands the messages in and says how long it took, in seconds.
    static double send(int port, int sessions, int messages) throws Exception {
        return send(port, sessions, messages, SMALL);
    }

    /// As [#send(int, int, int)], with messages of another size.
    static double send(int port, int sessions, int messages, int size) throws Exception {
        long start = System.nanoTime();
        if (Files.isExecutable(SMTP_SOURCE)) source(port, sessions, messages, size);
        else own(port, sessions, messages, size);
        return (System.nanoTime() - start) / 1e9;
    }

    /// One thing so many times, by so many clients at once; says how long it took, in seconds.
    static double together(int clients, int times, Client client) throws Exception {
        long start = System.nanoTime();
        var left = new AtomicInteger(times);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < clients; i++)
                all.add(
                        threads.submit(() -> {
                            client.run(() -> left.getAndDecrement() > 0);
                            return true;
                        }));
            for (var one : all) one.get();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /// Goes on while there is more to do.
    interface Client {
        void run(BooleanSupplier more) throws Exception;
    }

    private static void source(int port, int sessions, int messages, int size) throws Exception {
        var process =
                new ProcessBuilder(
                                SMTP_SOURCE.toString(),
                                "-d",
                                "-s",
                                String.valueOf(sessions),
                                "-m",
                                String.valueOf(messages),
                                "-l",
                                String.valueOf(size),
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

    private static void own(int port, int sessions, int messages, int size) throws Exception {
        var content = content(size);
        together(
                sessions,
                messages,
                more -> {
                    try (var session = new Session(new Socket("127.0.0.1", port), content)) {
                        while (more.getAsBoolean()) session.send();
                    }
                });
    }

    /// One kept connection.
    static final class Session implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final byte[] content;

        Session(int port) throws IOException {
            this(new Socket("127.0.0.1", port), content(SMALL));
        }

        Session(Socket socket, byte[] content) throws IOException {
            this.content = content;
            this.socket = socket;
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
            expect(in, '2');
            say(out, in, "EHLO load.example.net", '2');
        }

        Session signIn() throws IOException {
            var plain = "\0" + USERNAME + "\0" + PASSWORD;
            var encoded =
                    Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
            say(out, in, "AUTH PLAIN " + encoded, '2');
            return this;
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

    static byte[] content(int size) {
        var text =
                new StringBuilder(
                        "From: noreply@contoso.example\r\n"
                                + "To: reader@example.net\r\n"
                                + "Subject: bench\r\n\r\n");
        while (text.length() < size - 6)
            text.append("0123456789012345678901234567890123456789\r\n");
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
