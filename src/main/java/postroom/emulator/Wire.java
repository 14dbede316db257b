package postroom.emulator;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// One connection, with and later without bare text: reads lines, content and chunks; writes
/// replies.
///
/// Replies are held back while the client's next commands are already here, and go out together, so
/// a client that pipelines costs one write for a group. What the client sends after a reply is
/// looked at one round trip later.
final class Wire {
    static final int LONGEST_LINE =
            16_384; // RFC 4954 §4 asks for 12,288; tokens are up to 4,000 long

    /// What `DATA` brought. Content over the limit is read to its end, but not kept.
    record Content(byte[] bytes, boolean tooBig, boolean bareLineFeed) {}

    static final class LineTooLong extends IOException {
        private static final long serialVersionUID = 1L;

        LineTooLong() {
            super("line too long");
        }
    }

    private final Socket raw;
    private final Duration roundTrip;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final byte[] input = new byte[16_384];
    private int at;
    private int end;
    private byte[] output = new byte[2048];
    private int pending;
    private boolean answered;

    Wire(Socket raw, Duration roundTrip) throws IOException {
        this.raw = raw;
        this.roundTrip = roundTrip;
        this.socket = raw;
        this.in = raw.getInputStream();
        this.out = raw.getOutputStream();
    }

    /// Everything read before the handshake is forgotten: commands smuggled in behind STARTTLS (RFC
    /// 3207 §6) as well.
    void secure(SSLContext context) throws IOException {
        flush();
        SSLSocket secured =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(
                                        raw,
                                        raw.getInetAddress().getHostAddress(),
                                        raw.getPort(),
                                        true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        socket = secured;
        in = secured.getInputStream();
        out = secured.getOutputStream();
        at = 0;
        end = 0;
    }

    boolean isSecured() {
        return socket instanceof SSLSocket;
    }

    /// `TLSv1.3`, `TLSv1.2` or `none`
    String tls() {
        return socket instanceof SSLSocket secured ? secured.getSession().getProtocol() : "none";
    }

    String client() {
        return raw.getInetAddress().getHostAddress();
    }

    // ---- in

    /// The next line without its end.
    String readLine() throws IOException {
        StringBuilder beginning = null;
        while (true) {
            if (at == end) fill();
            int start = at;
            while (at < end && input[at] != '\n') at++;
            boolean complete = at < end;
            int length = at - start;
            if (complete) at++;
            if (complete && length > 0 && input[start + length - 1] == '\r') length--;
            String piece = new String(input, start, length, StandardCharsets.UTF_8);
            if (complete && beginning == null) return piece;
            if (beginning == null) beginning = new StringBuilder();
            beginning.append(piece);
            if (beginning.length() > LONGEST_LINE) throw new LineTooLong();
            if (complete) {
                int last = beginning.length() - 1;
                if (last >= 0 && beginning.charAt(last) == '\r') beginning.setLength(last);
                return beginning.toString();
            }
        }
    }

    /// Content up to `CR LF . CR LF`, and nothing else ends it; dots are unstuffed (RFC 5321
    /// §4.5.2).
    Content readContent(int limit) throws IOException {
        byte[] content = new byte[8192];
        int length = 0;
        boolean tooBig = false;
        boolean bareLineFeed = false;
        Place place = Place.LINE_START;
        while (true) {
            if (at == end) fill();
            byte octet = input[at++];
            if (octet == '\n' && place != Place.CR && place != Place.DOT_CR) bareLineFeed = true;
            switch (place) {
                case LINE_START -> {
                    if (octet == '.') {
                        place = Place.DOT;
                        continue;
                    }
                    place = octet == '\r' ? Place.CR : Place.TEXT;
                }
                case DOT -> {
                    if (octet == '\r') {
                        place = Place.DOT_CR;
                        continue;
                    }
                    place = Place.TEXT;
                }
                case DOT_CR -> {
                    if (octet == '\n')
                        return new Content(Arrays.copyOf(content, length), tooBig, bareLineFeed);
                    if (length < limit) {
                        content = room(content, length, limit);
                        content[length++] = '\r';
                    }
                    place = octet == '\r' ? Place.CR : Place.TEXT;
                }
                case CR ->
                        place =
                                octet == '\n'
                                        ? Place.LINE_START
                                        : octet == '\r' ? Place.CR : Place.TEXT;
                case TEXT -> {
                    if (octet == '\r') place = Place.CR;
                }
            }
            if (length >= limit) tooBig = true;
            else {
                content = room(content, length, limit);
                content[length++] = octet;
            }
        }
    }

    private enum Place {
        LINE_START,
        DOT,
        DOT_CR,
        CR,
        TEXT
    }

    private static byte[] room(byte[] content, int length, int limit) {
        if (length < content.length) return content;
        return Arrays.copyOf(content, (int) Math.min((long) limit + 1, content.length * 2L));
    }

    byte[] readExactly(int count) throws IOException {
        byte[] bytes = new byte[count];
        int got = 0;
        while (got < count) {
            if (at == end) fill();
            int some = Math.min(count - got, end - at);
            System.arraycopy(input, at, bytes, got, some);
            at += some;
            got += some;
        }
        return bytes;
    }

    void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            if (at == end) fill();
            int some = (int) Math.min(left, end - at);
            at += some;
            left -= some;
        }
    }

    /// Waits for anything at all, so that the connection can be cut in the middle of it.
    void readSomething() throws IOException {
        if (at == end) fill();
    }

    private void fill() throws IOException {
        flush();
        int count = in.read(input, 0, input.length);
        if (count < 0) throw new EOFException("the client is gone");
        at = 0;
        end = count;
        if (answered) Pause.lasting(roundTrip);
        answered = false;
    }

    // ---- out

    /// Several lines are separated by line feeds.
    void reply(String text) {
        byte[] bytes =
                text.strip()
                        .replace("\r\n", "\n")
                        .replace("\n", "\r\n")
                        .getBytes(StandardCharsets.UTF_8);
        append(bytes);
        append(LINE_END);
        answered = true;
    }

    /// `334` with a blank behind it, even if nothing follows.
    void challenge(String text) {
        append(("334 " + text).getBytes(StandardCharsets.US_ASCII));
        append(LINE_END);
        answered = true;
    }

    private static final byte[] LINE_END = {'\r', '\n'};

    private void append(byte[] bytes) {
        if (pending + bytes.length > output.length)
            output = Arrays.copyOf(output, Math.max(output.length * 2, pending + bytes.length));
        System.arraycopy(bytes, 0, output, pending, bytes.length);
        pending += bytes.length;
    }

    void flush() throws IOException {
        if (pending == 0) return;
        out.write(output, 0, pending);
        out.flush();
        pending = 0;
    }

    void close() throws IOException {
        flush();
        socket.close();
    }

    /// Without a farewell, and without what was still to be said.
    void drop() throws IOException {
        raw.close();
    }
}
