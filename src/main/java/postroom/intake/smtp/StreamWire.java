package postroom.intake.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.Optional;

/// A dialogue over two streams, without TLS and without a clock.
record StreamWire(InputStream in, OutputStream out) implements Wire {

    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void readTimeout(int millis) {
        // streams of a process of this machine end with it
    }

    @Override
    public void startTls() throws IOException {
        throw new IOException("no TLS over the streams of a process");
    }

    @Override
    public Optional<String> tls() {
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        out.flush();
    }

    @Override
    public void cut() {
        // the process that holds the streams ends them
    }
}
