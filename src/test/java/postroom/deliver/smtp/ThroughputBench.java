package postroom.deliver.smtp;

import postroom.deliver.Consignment;
import postroom.deliver.Judge;
import postroom.deliver.Transport.Opening;
import postroom.deliver.Transport.Results;
import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.secret.Secret;
import postroom.service.Limits;
import postroom.service.Service;
import postroom.service.SmtpSettings;
import postroom.service.SmtpSettings.Pipelining;
import postroom.service.SmtpSettings.Tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// How many messages a second leave through the transport, with a sink in the same process: `java
/// -cp target/classes:target/test-classes:… postroom.deliver.smtp.ThroughputBench [messages]`
final class ThroughputBench {

    private static final Content FOUR_KILOBYTES = content();

    public static void main(String[] args) throws Exception {
        int messages = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        for (int round = 0; round < 2; round++)
            for (var tls : List.of(Tls.NONE, Tls.IMPLICIT))
                for (var pipelining : Pipelining.values())
                    for (int lines : new int[] {1, 3, 20}) {
                        long took = measure(messages, lines, tls, pipelining);
                        System.out.printf(
                                "%-8s %-13s %2d lines  %,8d messages/s%n",
                                tls, pipelining, lines, messages * 1_000_000_000L / took);
                    }
    }

    private static long measure(int messages, int lines, Tls tls, Pipelining pipelining)
            throws Exception {
        var certificate = TestCertificates.forHost("localhost");
        try (var sink = new Sink(tls == Tls.IMPLICIT ? certificate : null)) {
            var smtp =
                    new SmtpSettings(
                            "localhost",
                            sink.port(),
                            tls,
                            Optional.of("mail.example.test"),
                            Optional.of(certificate.pem()),
                            Optional.empty(),
                            pipelining);
            var service = Scene.service(smtp, Limits.ofConnections(lines));
            var transport =
                    new SmtpTransport(
                            new Nobody(),
                            new Judge(new TestCatalog()),
                            InstantSource.system(),
                            Timeouts.standard(),
                            (_, _) -> new Secret(""));
            var left = new AtomicInteger(messages);
            var sent = new AtomicInteger();
            long began = System.nanoTime();
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < lines; i++)
                threads.add(Thread.ofVirtual().start(() -> carry(transport, service, left, sent)));
            for (var thread : threads) thread.join();
            if (sent.get() != messages) throw new IllegalStateException("only " + sent);
            return System.nanoTime() - began;
        }
    }

    private static void carry(
            SmtpTransport transport, Service service, AtomicInteger left, AtomicInteger sent) {
        var opening = transport.open(service, new Conversation());
        if (!(opening instanceof Opening.Opened(var line)))
            throw new IllegalStateException(opening.toString());
        try (line) {
            line.carry(
                    _ -> {
                        int number = left.getAndDecrement();
                        return number <= 0 ? Optional.empty() : Optional.of(consignment(number));
                    },
                    new Results() {
                        @Override
                        public void done(
                                Consignment consignment,
                                List<DeliveryResult> results,
                                Conversation conversation) {
                            if (results.getFirst() instanceof DeliveryResult.Sent)
                                sent.incrementAndGet();
                        }

                        @Override
                        public void giveBack(Consignment consignment, Conversation conversation) {
                            throw new IllegalStateException("given back");
                        }
                    });
        }
    }

    private static Consignment consignment(int number) {
        var recipient = new Recipient(number, new Address("user" + number, "example.net"));
        return new Consignment(
                new QueueId(number),
                Optional.of(new Address("sender", "example.test")),
                List.of(recipient),
                Body.SEVEN_BIT,
                false,
                FOUR_KILOBYTES);
    }

    private static Content content() {
        var text = new StringBuilder("Subject: bench\r\n\r\n");
        while (text.length() < 4_096)
            text.append("The quick brown fox jumps over the lazy dog and then some more.\r\n");
        return Content.of(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private record Nobody() implements SignIns {
        @Override
        public SignIn signInFor(Service service) {
            return new SignIn.Anonymous();
        }

        @Override
        public SignIn renewedFor(Service service, SignIn.Bearer refused) {
            return refused;
        }
    }

    /// Says yes to everything, one write for all replies to what came in one read.
    private static final class Sink implements AutoCloseable {
        private static final byte[] EHLO = ascii("250-sink\r\n250-PIPELINING\r\n250 SIZE\r\n");
        private static final byte[] YES = ascii("250 2.1.0 Ok\r\n");
        private static final byte[] GO = ascii("354 End data with <CR><LF>.<CR><LF>\r\n");
        private static final byte[] TAKEN = ascii("250 2.0.0 Ok: queued as 7F3A12B4\r\n");
        private final ServerSocket server;

        Sink(@org.jspecify.annotations.Nullable TestCertificates certificate) throws IOException {
            var here = InetAddress.getLoopbackAddress();
            server =
                    certificate == null
                            ? new ServerSocket(0, 100, here)
                            : certificate
                                    .serverContext()
                                    .getServerSocketFactory()
                                    .createServerSocket(0, 100, here);
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return server.getLocalPort();
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    var socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                socket.setTcpNoDelay(true);
                var in = socket.getInputStream();
                var out = socket.getOutputStream();
                out.write(ascii("220 sink\r\n"));
                serve(in, out);
            } catch (IOException gone) {
                // the client has its results
            }
        }

        private static void serve(InputStream in, OutputStream out) throws IOException {
            var buffer = new byte[65_536];
            var answer = new java.io.ByteArrayOutputStream(1_024);
            int start = 0;
            int end = 0;
            boolean inContent = false;
            while (true) {
                int read = in.read(buffer, end, buffer.length - end);
                if (read < 0) return;
                end += read;
                int scan = start;
                for (int i = start; i < end; i++) {
                    if (buffer[i] != '\n') continue;
                    int length = i + 1 - scan;
                    if (inContent) {
                        if (length == 3 && buffer[scan] == '.') {
                            inContent = false;
                            answer.writeBytes(TAKEN);
                        }
                    } else {
                        switch (buffer[scan]) {
                            case 'E' -> answer.writeBytes(EHLO);
                            case 'D' -> {
                                inContent = true;
                                answer.writeBytes(GO);
                            }
                            default -> answer.writeBytes(YES);
                        }
                    }
                    scan = i + 1;
                }
                System.arraycopy(buffer, scan, buffer, 0, end - scan);
                end -= scan;
                start = 0;
                if (answer.size() > 0) {
                    out.write(answer.toByteArray());
                    answer.reset();
                }
            }
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
