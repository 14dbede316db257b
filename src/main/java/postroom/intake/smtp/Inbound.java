package postroom.intake.smtp;

import postroom.intake.SubmissionContent;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// The client's side of the dialogue: command lines, content up to CRLF.CRLF, and chunks of known
/// length, through one buffer that starts small and grows when content comes.
///
/// Every wait has an end: a step that is not over in time throws a [SocketTimeoutException].
final class Inbound {

    static final int LONGEST_COMMAND = 2_048; // 512, and what extensions add (RFC 5321 §4.5.3.1.4)
    static final int LONGEST_AUTH = 12_288 + 32; // RFC 4954 §4
    private static final int LONGEST_SKIPPED = 1 << 20;
    private static final long FOR_WRITING = TimeUnit.MINUTES.toNanos(2);
    private static final int SMALL = 1_024;
    private static final int LARGE = 16 * 1_024;

    private final Wire wire;
    private final Outbound outbound;
    private byte[] buffer = new byte[SMALL];
    private int at;
    private int end;
    private int lineStart;
    private int lineEnd;

    private long began = System.nanoTime();
    private long allowed = TimeUnit.MINUTES.toNanos(5);
    private long allowedForOneRead = allowed;
    private long octetsPerSecond;
    private long octets;
    private boolean isOfAuth;
    private volatile long waitsUntil = began + allowed;

    enum Line {
        COMPLETE,
        /// It was read to its end and dropped.
        TOO_LONG,
        /// It ends with LF alone; nothing behind it can be trusted.
        BARE_LF,
        CLOSED
    }

    Inbound(Wire wire, Outbound outbound) {
        this.wire = wire;
        this.outbound = outbound;
    }

    /// The clock for one step starts now.
    ///
    /// @param octetsPerSecond each second's worth of octets that came in allows a second more; 0
    ///   for no such thing
    void allow(Duration step, Duration oneRead, int octetsPerSecond) {
        this.began = System.nanoTime();
        this.allowed = step.toNanos();
        this.allowedForOneRead = oneRead.toNanos();
        this.octetsPerSecond = octetsPerSecond;
        this.octets = 0;
    }

    /// True when the client has sent more already.
    boolean hasMore() {
        return at < end;
    }

    void forgetBuffered() {
        at = end = 0;
    }

    /// The moment (of [System#nanoTime]) up to which the wire may stand still.
    long waitsUntil() {
        return waitsUntil;
    }

    /// Reads one line. Its octets, without line end, are in [#text] until the next call.
    Line line(boolean ofAuth) throws IOException {
        int scan = at;
        while (true) {
            while (scan < end && buffer[scan] != '\n') scan++;
            if (scan < end) {
                boolean crlf = scan > at && buffer[scan - 1] == '\r';
                lineStart = at;
                lineEnd = crlf ? scan - 1 : scan;
                at = scan + 1;
                if (scan + 1 - lineStart > limit(lineStart, ofAuth)) return Line.TOO_LONG;
                return crlf ? Line.COMPLETE : Line.BARE_LF;
            }
            if (end - at >= limit(at, ofAuth)) return skipLine();
            scan -= makeRoom();
            if (!fill()) return Line.CLOSED;
        }
    }

    /// The line that was read, with its octets as characters; UTF-8 where it is that.
    String text() {
        for (int i = lineStart; i < lineEnd; i++)
            if (buffer[i] < 0)
                return new String(buffer, lineStart, lineEnd - lineStart, StandardCharsets.UTF_8);
        return new String(buffer, lineStart, lineEnd - lineStart, StandardCharsets.ISO_8859_1);
    }

    /// True when the line holds an octet that no command has: CR, NUL and the like.
    boolean hasControls() {
        for (int i = lineStart; i < lineEnd; i++) {
            byte octet = buffer[i];
            if ((octet >= 0 && octet < ' ' && octet != '\t') || octet == 0x7f) return true;
        }
        return false;
    }

    /// Where the reader of content stands in `CR LF . CR LF`.
    private enum At {
        LINE_START,
        IN_LINE,
        CR,
        DOT,
        DOT_CR
    }

    /// Passes content on until its end, which is CRLF.CRLF and nothing else (RFC 5321 §4.1.1.4),
    /// without the dots that were stuffed. A bare CR or LF is an octet like any other here.
    ///
    /// @throws EOFException when the client goes away before
    void contentTo(SubmissionContent content) throws IOException {
        grow();
        var state = At.LINE_START;
        while (true) {
            int run = at;
            int i = at;
            while (i < end) {
                byte octet = buffer[i];
                switch (state) {
                    case IN_LINE -> {
                        while (i < end && buffer[i] != '\r') i++;
                        if (i < end) {
                            i++;
                            state = At.CR;
                        }
                    }
                    case CR -> {
                        i++;
                        if (octet == '\n') state = At.LINE_START;
                        else if (octet != '\r') state = At.IN_LINE;
                    }
                    case LINE_START -> {
                        if (octet == '.') {
                            content.write(buffer, run, i - run);
                            run = ++i;
                            state = At.DOT;
                        } else state = At.IN_LINE;
                    }
                    case DOT -> {
                        if (octet == '\r') {
                            i++;
                            state = At.DOT_CR;
                        } else state = At.IN_LINE;
                    }
                    case DOT_CR -> {
                        if (octet == '\n') {
                            at = i + 1;
                            return;
                        }
                        if (run == i) content.write('\r'); // it was kept back in the round before
                        state = At.CR;
                    }
                }
            }
            int keptBack = state == At.DOT_CR && i > run ? 1 : 0;
            content.write(buffer, run, i - run - keptBack);
            at = end = 0;
            if (!fill()) throw new EOFException("the client left before the end of the content");
        }
    }

    /// Passes on exactly so many octets (RFC 3030 §2).
    void chunkTo(SubmissionContent content, long length) throws IOException {
        grow();
        long left = length;
        while (left > 0) {
            if (at == end) {
                at = end = 0;
                if (!fill()) throw new EOFException("the client left in the middle of a chunk");
            }
            int now = (int) Math.min(left, end - at);
            content.write(buffer, at, now);
            at += now;
            left -= now;
        }
    }

    /// Reads so many octets and drops them.
    void skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            if (at == end) {
                at = end = 0;
                if (!fill()) throw new EOFException("the client left in the middle of a chunk");
            }
            int now = (int) Math.min(left, end - at);
            at += now;
            left -= now;
        }
    }

    /// True when the line that was too long belongs to a sign-in.
    boolean isOfAuth() {
        return isOfAuth;
    }

    private int limit(int from, boolean ofAuth) {
        isOfAuth = ofAuth || (end - from >= 5 && isAuth(from));
        return isOfAuth ? LONGEST_AUTH : LONGEST_COMMAND;
    }

    private boolean isAuth(int from) {
        return (buffer[from] | 0x20) == 'a'
                && (buffer[from + 1] | 0x20) == 'u'
                && (buffer[from + 2] | 0x20) == 't'
                && (buffer[from + 3] | 0x20) == 'h'
                && buffer[from + 4] == ' ';
    }

    private Line skipLine() throws IOException {
        for (int skipped = 0; skipped < LONGEST_SKIPPED; ) {
            for (; at < end; at++, skipped++) {
                if (buffer[at] == '\n') {
                    at++;
                    return Line.TOO_LONG;
                }
            }
            at = end = 0;
            if (!fill()) return Line.CLOSED;
        }
        return Line.BARE_LF;
    }

    /// Makes sure that the buffer can take more; says by how much its content moved.
    private int makeRoom() {
        if (end < buffer.length) return 0;
        int moved = at;
        if (at > 0) {
            System.arraycopy(buffer, at, buffer, 0, end - at);
            end -= at;
            at = 0;
        } else buffer = Arrays.copyOf(buffer, buffer.length * 2);
        return moved;
    }

    private void grow() {
        if (buffer.length < LARGE) buffer = Arrays.copyOf(buffer, LARGE);
    }

    private boolean fill() throws IOException {
        waitsUntil = System.nanoTime() + FOR_WRITING;
        outbound.flush();
        long now = System.nanoTime();
        long inAll = allowed;
        if (octetsPerSecond > 0) inAll += TimeUnit.SECONDS.toNanos(1) * (octets / octetsPerSecond);
        long left = Math.min(inAll - (now - began), allowedForOneRead);
        if (left <= 0) throw new SocketTimeoutException("the client is too slow");
        waitsUntil = now + left;
        wire.readTimeout((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
        int got = wire.in().read(buffer, end, buffer.length - end);
        if (got <= 0) return false;
        end += got;
        octets += got;
        return true;
    }
}
