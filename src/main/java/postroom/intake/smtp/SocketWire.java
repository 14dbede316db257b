package postroom.intake.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;

import javax.net.ssl.SSLSocket;

/// A dialogue over a socket, which TLS may be laid upon.
final class SocketWire implements Wire {

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

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
