package postroom.deliver.smtp;

import org.jspecify.annotations.Nullable;

import postroom.transcript.Transcript;
import postroom.transcript.Transcript.Step;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Plays the server's side of a transcript on a socket: says the `S:` lines, expects the `C:`
/// lines. All that stands between two client lines leaves in one piece, as a pipelining server
/// sends it.
final class ServerPlayer implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final Pattern MACRO = Pattern.compile("\\{([^}]*)}");

    private final Transcript transcript;
    private final IntFunction<Map<String, String>> macros;
    private final SSLContext tls;
    private final ServerSocket server;
    private final CompletableFuture<Optional<String>> difference = new CompletableFuture<>();
    private final ByteArrayOutputStream unsaid = new ByteArrayOutputStream();
    private @Nullable Socket socket;
    private @Nullable InputStream in;
    private boolean skipping;

    ServerPlayer(Transcript transcript, IntFunction<Map<String, String>> macros, SSLContext tls)
            throws IOException {
        this.transcript = transcript;
        this.macros = macros;
        this.tls = tls;
        this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setSoTimeout(PATIENCE_MILLIS);
        Thread.ofVirtual().start(this::play);
    }

    int port() {
        return server.getLocalPort();
    }

    /// The transcript with the first differing line marked, where there is one.
    Optional<String> difference() {
        return difference.join();
    }

    private void play() {
        int at = 0;
        try {
            accept();
            for (var step : transcript.steps()) {
                at = step.at();
                var instead = play(step);
                if (instead.isEmpty()) continue;
                difference.complete(Optional.of(transcript.marked(at, instead.get())));
                return;
            }
            saySoFar();
            difference.complete(Optional.empty());
        } catch (IOException broken) {
            difference.complete(Optional.of(transcript.marked(at, broken.toString())));
        } finally {
            close();
        }
    }

    private Optional<String> play(Step step) throws IOException {
        return switch (step) {
            case Step.Server(_, var text) -> {
                unsaid.write((filledIn(text) + "\r\n").getBytes(StandardCharsets.UTF_8));
                yield Optional.empty();
            }
            case Step.Client(_, var text) -> {
                saySoFar();
                yield hear(filledIn(text));
            }
            case Step.Marker(_, var word, _) -> {
                saySoFar();
                yield mark(word);
            }
        };
    }

    private Optional<String> hear(String expected) throws IOException {
        if (expected.equals("...")) {
            skipping = true;
            return Optional.empty();
        }
        while (true) {
            var line = readLine();
            if (line == null) return Optional.of("the end of the connection");
            if (Transcript.fits(expected, line)) {
                skipping = false;
                return Optional.empty();
            }
            if (!skipping) return Optional.of(line);
        }
    }

    private Optional<String> mark(String word) throws IOException {
        switch (word) {
            case "tls" -> startTls();
            case "tls with a certificate of the client" -> {
                startTls();
                ((SSLSocket) client()).getSession().getPeerPrincipal();
            }
            case "refused tls" -> refuseTls();
            case "close" -> client().close();
            case "gone" -> {
                var line = readLine();
                return Optional.ofNullable(line);
            }
            case "next connection" -> {
                client().close();
                accept();
            }
            case "silence" -> {
                // the client's patience is short in these tests; ours ends when it hangs up
                while (readLine() != null) continue;
            }
            default -> throw new IOException("no such marker: " + word);
        }
        return Optional.empty();
    }

    private void startTls() throws IOException {
        var plain = client();
        var layer =
                (SSLSocket)
                        tls.getSocketFactory().createSocket(plain, "client", plain.getPort(), true);
        layer.setUseClientMode(false);
        layer.setWantClientAuth(true);
        layer.startHandshake();
        socket = layer;
        in = new BufferedInputStream(layer.getInputStream());
    }

    private void refuseTls() {
        try {
            startTls();
            while (readLine() != null) continue;
        } catch (IOException asExpected) {
            // the client did not like the certificate
        }
    }

    private void accept() throws IOException {
        var accepted = server.accept();
        accepted.setSoTimeout(PATIENCE_MILLIS);
        accepted.setTcpNoDelay(true);
        socket = accepted;
        in = new BufferedInputStream(accepted.getInputStream());
    }

    private Socket client() throws IOException {
        if (socket == null) throw new IOException("nobody is connected");
        return socket;
    }

    private void saySoFar() throws IOException {
        if (unsaid.size() == 0) return;
        var octets = unsaid.toByteArray();
        unsaid.reset();
        var out = client().getOutputStream();
        out.write(octets);
        out.flush();
    }

    private @Nullable String readLine() throws IOException {
        var line = new ByteArrayOutputStream();
        if (in == null) return null;
        while (true) {
            int octet;
            try {
                octet = in.read();
            } catch (java.net.SocketException | javax.net.ssl.SSLException gone) {
                return null;
            }
            if (octet < 0) return null;
            if (octet == '\n') break;
            line.write(octet);
        }
        var text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text + "‹bare LF›";
    }

    private String filledIn(String text) {
        return MACRO.matcher(text).replaceAll(found -> macro(found.group(1)));
    }

    // {xoauth2} is worked out by the test; {20000 x} is many of one
    private String macro(String name) {
        var known = macros.apply(port()).get(name);
        if (known != null) return java.util.regex.Matcher.quoteReplacement(known);
        var words = name.split(" ", 2);
        return words[1].repeat(Integer.parseInt(words[0]));
    }

    @Override
    public void close() {
        try {
            server.close();
            if (socket != null) socket.close();
        } catch (IOException alreadyClosed) {
            // nothing is left to do
        }
    }
}
