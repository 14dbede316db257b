package postroom.intake.smtp;

import postroom.mail.Reply;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Our side of the dialogue. Replies are collected and leave together when the client's next
/// command is waited for (RFC 2920 §3.2).
final class Outbound {

    private static final int LONGEST_LINE = 510; // RFC 5321 §4.5.3.1.5

    private OutputStream out;
    private byte[] waiting = new byte[256];
    private int filled;

    Outbound(OutputStream out) {
        this.out = out;
    }

    /// One line, as it goes out but for its line end. What is not printable ASCII becomes `?`.
    void line(String text) {
        int length = Math.min(text.length(), LONGEST_LINE);
        if (filled + length + 2 > waiting.length)
            waiting = Arrays.copyOf(waiting, Math.max(2 * waiting.length, filled + length + 2));
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            waiting[filled++] = c >= ' ' && c < 0x7f ? (byte) c : (byte) '?';
        }
        waiting[filled++] = '\r';
        waiting[filled++] = '\n';
    }

    void reply(Reply reply) {
        line(reply.text());
    }

    void flush() throws IOException {
        if (filled == 0) return;
        int length = filled;
        filled = 0;
        out.write(waiting, 0, length);
        out.flush();
    }

    /// From now on through there, TLS having begun.
    void continueOn(OutputStream other) {
        out = other;
    }
}
