package postroom;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A program that hands mail in over the plain door, one command at a time, and hears every word.
final class Application implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader in;

    Application(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        in =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Greeting and EHLO.
    Application greeted() throws IOException {
        expect(reply(), "220");
        expect(say("EHLO application.contoso.example"), "250");
        return this;
    }

    /// The reply that decides: to the final dot, or to the first command that was refused.
    String handIn(String messageId, String to, String body) throws IOException {
        var mail = say("MAIL FROM:<noreply@contoso.example>");
        if (!mail.startsWith("250")) return mail;
        var recipient = say("RCPT TO:<" + to + ">");
        if (!recipient.startsWith("250")) return recipient;
        var data = say("DATA");
        if (!data.startsWith("354")) return data;
        return say(
                """
                From: noreply@contoso.example\r
                To: %s\r
                Subject: A promise\r
                Message-ID: %s\r
                \r
                %s\r
                .\
                """
                        .formatted(to, messageId, body));
    }

    String say(String line) throws IOException {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        return reply();
    }

    /// The last line of a reply.
    String reply() throws IOException {
        while (true) {
            var line = in.readLine();
            if (line == null) throw new IOException("the server hung up");
            if (line.length() < 4 || line.charAt(3) != '-') return line;
        }
    }

    private static void expect(String reply, String code) throws IOException {
        if (!reply.startsWith(code)) throw new IOException(reply);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
