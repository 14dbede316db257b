package postroom.emulator;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A client that says exactly what it is told, and hears every word.
final class Caller implements AutoCloseable {
    private final String authority;
    private Socket socket;
    private BufferedReader in;

    private Caller(Emulator emulator, Socket socket) throws IOException {
        this.authority = emulator.trustedCa();
        this.socket = socket;
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        this.in = reader();
    }

    static Caller at(Emulator emulator, int port) throws IOException {
        return new Caller(emulator, new Socket("127.0.0.1", port));
    }

    /// Greeting, EHLO, STARTTLS and EHLO again.
    static Caller securedAt(Emulator emulator, Endpoints endpoints) throws Exception {
        Caller caller = at(emulator, endpoints.smtpPort());
        caller.reply();
        caller.say("EHLO client.example");
        caller.say("STARTTLS");
        caller.secure(endpoints.host());
        caller.say("EHLO client.example");
        return caller;
    }

    static Caller withTls(Emulator emulator, int port) throws Exception {
        Caller caller = at(emulator, port);
        caller.secure("localhost");
        return caller;
    }

    void secure(String host) throws Exception {
        SSLSocket secured =
                (SSLSocket)
                        trusting(authority)
                                .getSocketFactory()
                                .createSocket(socket, host, socket.getPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        socket = secured;
        in = reader();
    }

    static SSLContext trusting(String pem) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return context;
    }

    private BufferedReader reader() throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /// One reply with all its lines; empty when the other side has hung up.
    String reply() throws IOException {
        StringBuilder reply = new StringBuilder();
        while (true) {
            String line = in.readLine();
            if (line == null) return reply.toString();
            reply.append(reply.isEmpty() ? "" : "\n").append(line);
            if (line.length() < 4 || line.charAt(3) != '-') return reply.toString();
        }
    }

    String say(String line) throws IOException {
        send(line + "\r\n");
        return reply();
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    String message(String from, String to, String content) throws IOException {
        String mail = say("MAIL FROM:<" + from + ">");
        if (!mail.startsWith("250")) return mail;
        String rcpt = say("RCPT TO:<" + to + ">");
        if (!rcpt.startsWith("250")) return rcpt;
        String data = say("DATA");
        if (!data.startsWith("354")) return data;
        return say(content + "\r\n.");
    }

    static String xoauth2(String user, String token) {
        return base64("user=" + user + "\u0001auth=Bearer " + token + "\u0001\u0001");
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
