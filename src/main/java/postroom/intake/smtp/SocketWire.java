package postroom.intake.smtp;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;

import javax.net.ssl.SSLSocket;

/// A dialogue over a socket, which TLS may be laid upon.
final class SocketWire implements Wire {

    private static final Logger LOG = LoggerFactory.getLogger(SocketWire.class);
    private static final int MOST_READ_AWAY = 64 * 1024;

    private final Socket plain;
    private final Certificates certificates;
    private final Patience patience;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private Optional<String> tls = Optional.empty();

    SocketWire(Socket plain, Certificates certificates, Patience patience) throws IOException {
        this.plain = plain;
        this.certificates = certificates;
        this.patience = patience;
        this.socket = plain;
        this.in = plain.getInputStream();
        this.out = plain.getOutputStream();
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public InetAddress address() {
        return plain.getInetAddress();
    }

    @Override
    public void readTimeout(int millis) throws IOException {
        plain.setSoTimeout(millis);
    }

    @Override
    public void startTls() throws IOException {
        plain.setSoTimeout((int) patience.handshake().toMillis());
        var layered =
                (SSLSocket)
                        certificates
                                .socketFactory()
                                .createSocket(
                                        plain,
                                        plain.getInetAddress().getHostAddress(),
                                        plain.getPort(),
                                        true);
        layered.setUseClientMode(false);
        layered.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        layered.startHandshake();
        socket = layered;
        in = layered.getInputStream();
        out = layered.getOutputStream();
        tls = Optional.of(layered.getSession().getProtocol());
    }

    @Override
    public Optional<String> tls() {
        return tls;
    }

    /// What the client sent without waiting is read away first: closing over unread input resets
    /// the connection, and our last reply would be lost with it.
    @Override
    public void close() throws IOException {
        try {
            if (tls.isEmpty() && !plain.isClosed())
                in.skip(Math.min(in.available(), MOST_READ_AWAY));
        } finally {
            socket.close();
        }
    }

    @Override
    public void cut() {
        try {
            plain.close();
        } catch (IOException closedAlready) {
            LOG.debug("- connection from {} was closed", address());
        }
    }
}
