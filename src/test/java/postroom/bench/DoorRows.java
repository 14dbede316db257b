package postroom.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// What the other doors take: HTTP, and SMTP with TLS from the first octet.
final class DoorRows {
    private static final int CLIENTS = 50;

    private final PostroomSubject subject;
    private final FarSide farSide;
    private final Table table;
    private final int messages;

    DoorRows(PostroomSubject subject, FarSide farSide, Table table, int scale) {
        this.subject = subject;
        this.farSide = farSide;
        this.table = table;
        this.messages = 20_000 / scale;
    }

    void all() throws Exception {
        subject.hold();
        long before = farSide.arrived();
        http(messages / 4); // warm
        tls(messages / 4);
        table.row(
                subject.name(),
                "accepted over HTTP, " + CLIENTS + " connections, per second",
                messages / http(messages));
        table.row(
                subject.name(),
                "accepted over implicit TLS, " + CLIENTS + " sessions, per second",
                messages / tls(messages));
        subject.send(MailRows.CONNECTIONS);
        farSide.awaitArrived(before + messages * 2L + messages / 4 * 2L);
    }

    private double http(int messages) throws Exception {
        var body =
                """
                {"from": "noreply@contoso.example", "to": ["reader@example.net"], "subject": "bench", "text": "%s"}
                """
                        .formatted("0123456789012345678901234567890123456789\\n".repeat(100));
        var request =
                """
                POST /v1/messages HTTP/1.1
                Host: 127.0.0.1
                Authorization: Bearer %s
                Content-Type: application/json
                Content-Length: %d

                """
                        .formatted(Node.KEY, body.length())
                        .replace("\n", "\r\n");
        var octets = (request + body).getBytes(StandardCharsets.US_ASCII);
        return Load.together(
                CLIENTS,
                messages,
                more -> {
                    try (var socket = new Socket("127.0.0.1", subject.first().web)) {
                        socket.setTcpNoDelay(true);
                        var in = new BufferedInputStream(socket.getInputStream());
                        while (more.getAsBoolean()) {
                            socket.getOutputStream().write(octets);
                            expectAccepted(in);
                        }
                    }
                });
    }

    private static void expectAccepted(BufferedInputStream in) throws IOException {
        var status = line(in);
        if (!status.startsWith("HTTP/1.1 202")) throw new IOException(status);
        int length = -1;
        boolean chunked = false;
        for (var header = line(in); !header.isEmpty(); header = line(in)) {
            var lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
            chunked |= lower.equals("transfer-encoding: chunked");
        }
        if (!chunked) in.skipNBytes(length);
        else
            for (int size = -1; size != 0; ) {
                size = Integer.parseInt(line(in), 16);
                in.skipNBytes(size + 2L);
            }
    }

    private static String line(BufferedInputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new IOException("the server hung up");
            if (c != '\r') line.append((char) c);
        }
        return line.toString();
    }

    private double tls(int messages) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Everybody()}, null);
        var content = Load.content(Load.SMALL);
        return Load.together(
                CLIENTS,
                messages,
                more -> {
                    var socket =
                            context.getSocketFactory()
                                    .createSocket("127.0.0.1", subject.first().tls);
                    try (var session = new Load.Session(socket, content).signIn()) {
                        while (more.getAsBoolean()) session.send();
                    }
                });
    }

    /// The certificate was made by the program itself, and this is about speed.
    private static final class Everybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
