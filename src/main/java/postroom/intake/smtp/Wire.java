package postroom.intake.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.Optional;

/// What an SMTP dialogue runs over: a socket, the standard streams of a process, or a test.
interface Wire {

    InputStream in();

    OutputStream out();

    InetAddress address();

    /// How long one read may wait before it throws a [java.net.SocketTimeoutException]; a wire that
    /// cannot tell time ignores it.
    void readTimeout(int millis) throws IOException;

    /// The TLS handshake; afterwards [#in] and [#out] are new.
    void startTls() throws IOException;

    /// Protocol version and cipher suite are known once TLS runs: `TLSv1.3`.
    Optional<String> tls();

    void close() throws IOException;

    /// Ends it without a word, whatever another thread is waiting for. May be called by any thread.
    void cut();
}
