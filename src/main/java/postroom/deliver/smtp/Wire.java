package postroom.deliver.smtp;

import org.jspecify.annotations.Nullable;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// One connection: octets out through a buffer, replies in. Every wait has a timeout for the step
/// and never outlives the conversation's deadline. What breaks is told as [Lost].
final class Wire extends OutputStream {

    private static final long NOTHING_UNDER_WAY = Long.MAX_VALUE;
    private static final int BUFFER = 32_768;

    private final Socket socket;
    private final Watch watch;
    private final Timeouts timeouts;

    private Socket spoken;
    private OutputStream out;
    private ReplyReader replies;

    private final byte[] buffer = new byte[BUFFER];
    private int filled;

    private Stage stage = Stage.GREETING;
    private long conversationEnds;
    private volatile long stepEnds = NOTHING_UNDER_WAY;
    private volatile boolean overdue;

    private Wire(Socket socket, Watch watch, Timeouts timeouts) throws IOException {
        this.socket = socket;
        this.spoken = socket;
        this.watch = watch;
        this.timeouts = timeouts;
        this.out = socket.getOutputStream();
        this.replies = new ReplyReader(socket.getInputStream());
        beginConversation();
    }

    static Wire connect(InetSocketAddress address, Duration timeout, Watch watch, Timeouts timeouts)
            throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, (int) Math.max(1, timeout.toMillis()));
            var wire = new Wire(socket, watch, timeouts);
            watch.add(wire);
            return wire;
        } catch (IOException | RuntimeException notConnected) {
            socket.close();
            throw notConnected;
        }
    }

    /// From here on the octets go through `secured`, which is layered on this wire's socket and has
    /// not shaken hands yet. Everything read so far is forgotten.
    void secure(SSLSocket secured) throws IOException {
        under(timeouts.handshake(), Stage.TLS);
        try {
            secured.startHandshake();
        } catch (IOException failed) {
            throw lost(failed);
        } finally {
            rest();
        }
        spoken = secured;
        out = secured.getOutputStream();
        replies = new ReplyReader(secured.getInputStream());
    }

    Socket socket() {
        return socket;
    }

    /// True when the server has said something nobody asked for.
    boolean hasUnaskedOctets() {
        return replies.hasMore();
    }

    /// A new message: the deadline for all of it starts now.
    void beginConversation() {
        conversationEnds = System.nanoTime() + timeouts.conversation().toNanos();
    }

    void say(String line) throws Lost {
        write(line);
        write("\r\n");
    }

    void write(String text) throws Lost {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                var rest = text.substring(i).getBytes(StandardCharsets.UTF_8);
                write(rest, 0, rest.length);
                return;
            }
            if (filled == BUFFER) drain();
            buffer[filled++] = (byte) c;
        }
    }

    @Override
    public void write(int octet) throws Lost {
        if (filled == BUFFER) drain();
        buffer[filled++] = (byte) octet;
    }

    @Override
    public void write(byte[] octets, int from, int length) throws Lost {
        int left = length;
        while (left > 0) {
            if (filled == BUFFER) drain();
            int now = Math.min(left, BUFFER - filled);
            System.arraycopy(octets, from + length - left, buffer, filled, now);
            filled += now;
            left -= now;
        }
    }

    @Override
    public void flush() throws Lost {
        if (filled > 0) drain();
    }

    /// What stage a broken write belongs to.
    void at(Stage now) {
        stage = now;
    }

    private void drain() throws Lost {
        under(timeouts.block(), stage);
        try {
            out.write(buffer, 0, filled);
            filled = 0;
        } catch (IOException broken) {
            throw lost(broken);
        } finally {
            rest();
        }
    }

    /// The next reply, waited for as long as RFC 5321 §4.5.3.2 says for that stage.
    SmtpReply hear(Stage stage) throws Lost {
        return hear(stage, timeoutOf(stage));
    }

    SmtpReply hear(Stage stage, Duration timeout) throws Lost {
        flush();
        under(timeout, stage);
        Diagnostic heard = replies.read(stage);
        rest();
        if (heard instanceof SmtpReply reply) return reply;
        var text = overdue ? readTimedOut() : heard.text();
        boolean tlsTrouble = stage == Stage.EHLO && text.startsWith("javax.net.ssl.");
        throw new Lost(tlsTrouble ? Stage.TLS : stage, text);
    }

    /// A last look after a write failed: the server may have said why before it hung up.
    @Nullable Reply lastWords(Stage stage) {
        filled = 0;
        under(timeouts.goodbye(), stage);
        var heard = replies.read(stage);
        rest();
        return heard instanceof SmtpReply(_, var reply) && !reply.isPositive() ? reply : null;
    }

    /// True when the server has neither hung up nor said anything since the last reply. Costs a
    /// millisecond: ask after a pause only.
    boolean isQuiet() {
        if (replies.hasMore()) return false;
        try {
            spoken.setSoTimeout(1);
            replies.fill();
            return false;
        } catch (SocketTimeoutException quiet) {
            return true;
        } catch (IOException hungUp) {
            return false;
        } finally {
            waitWithoutEnd();
        }
    }

    /// Says nothing more and closes.
    void end() {
        watch.remove(this);
        try {
            if (spoken != socket && !overdue) {
                // close_notify takes a write, and a write may block
                watch.add(this);
                under(timeouts.goodbye(), stage);
                spoken.close();
                watch.remove(this);
            }
            socket.close();
        } catch (IOException alreadyGone) {
            watch.remove(this);
        }
    }

    /// Closes without a word, so that what was being sent can only be incomplete.
    void abort() {
        watch.remove(this);
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // nothing is left to do
        }
    }

    void endIfOverdue(long now) {
        long ends = stepEnds;
        if (ends == NOTHING_UNDER_WAY || now - ends < 0) return;
        overdue = true;
        abort();
    }

    private void under(Duration timeout, Stage stage) {
        this.stage = stage;
        long ends = System.nanoTime() + timeout.toNanos();
        long earlier = ends - conversationEnds < 0 ? ends : conversationEnds;
        stepEnds = earlier == NOTHING_UNDER_WAY ? earlier - 1 : earlier;
    }

    private void rest() {
        stepEnds = NOTHING_UNDER_WAY;
    }

    private Lost lost(IOException broken) {
        var text = overdue ? readTimedOut() : text(broken);
        return new Lost(stage, text);
    }

    private String readTimedOut() {
        return "Read timed out: no answer in time at " + stage;
    }

    static String text(IOException broken) {
        var text = broken.toString();
        var cause = broken.getCause();
        boolean more = broken instanceof SSLException && cause != null;
        return ReplyReader.shown(more ? text + "; " + cause : text);
    }

    private void waitWithoutEnd() {
        try {
            spoken.setSoTimeout(0);
        } catch (IOException hungUp) {
            // the next read says so
        }
    }

    private Duration timeoutOf(Stage stage) {
        return switch (stage) {
            case GREETING -> timeouts.greeting();
            case DATA -> timeouts.data();
            case AFTER_FINAL_DOT -> timeouts.finalDot();
            case RESOLVE, CONNECT, TLS, EHLO, STARTTLS, TOKEN, AUTH, MAIL, RCPT, CONTENT, API ->
                    timeouts.command();
        };
    }
}
