package postroom.deliver.smtp;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads replies (RFC 5321 §4.2) from an untrusted stream. Every reply has limits before it has a
/// buffer; whatever is not a reply comes back as [NoAnswer].
///
/// Tolerated, because real servers send it: a code without blank or text, a bare LF as line end,
/// other codes in the lines before the last one, octets that are not UTF-8.
final class ReplyReader {

    // RFC 4954 §4: at least 12,288 octets of challenge; RFC 5321 §4.5.3.1.5 asks for 512 otherwise.
    static final int LONGEST_LINE = 16_384;
    static final int MOST_LINES = 256;
    static final int LONGEST_REPLY = 65_536;

    private final InputStream in;
    private byte[] buffer = new byte[4_096];
    private int start;
    private int end;

    ReplyReader(InputStream in) {
        this.in = in;
    }

    /// A whole reply, or why there is none.
    Diagnostic read(Stage stage) {
        try {
            return readReply(stage);
        } catch (IOException broken) {
            return new NoAnswer(stage, Wire.text(broken));
        }
    }

    /// True when octets have been read that nobody has asked for yet.
    boolean hasMore() {
        return start < end;
    }

    /// Reads at least one octet into the buffer; false at the end of the stream.
    boolean fill() throws IOException {
        makeRoom();
        int read = in.read(buffer, end, buffer.length - end);
        if (read <= 0) return false;
        end += read;
        return true;
    }

    private Diagnostic readReply(Stage stage) throws IOException {
        List<String> texts = List.of();
        int octets = 0;
        while (true) {
            int lineEnd = findLineEnd();
            if (lineEnd == TOO_LONG)
                return new NoAnswer(stage, "reply line longer than " + LONGEST_LINE + " octets");
            if (lineEnd == NO_MORE) return new NoAnswer(stage, closedBy(texts));
            int textEnd = lineEnd > start && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
            int code = code(start, textEnd);
            if (code < 0) return new NoAnswer(stage, "not an SMTP reply: " + line(textEnd));
            boolean last = textEnd - start == 3 || buffer[start + 3] == ' ';
            var text = textEnd - start <= 4 ? "" : text(start + 4, textEnd);
            octets += lineEnd + 1 - start;
            start = lineEnd + 1;
            if (last && texts.isEmpty())
                return new SmtpReply(stage, Reply.read(code, List.of(text)));
            if (texts.isEmpty()) texts = new ArrayList<>();
            texts.add(text);
            if (last) return new SmtpReply(stage, Reply.read(code, texts));
            if (texts.size() >= MOST_LINES || octets > LONGEST_REPLY)
                return new NoAnswer(stage, "reply without end");
        }
    }

    private static final int NO_MORE = -1;
    private static final int TOO_LONG = -2;

    private int findLineEnd() throws IOException {
        int scanned = 0;
        while (true) {
            for (int i = start + scanned; i < end; i++) if (buffer[i] == '\n') return i;
            scanned = end - start;
            if (scanned >= LONGEST_LINE) return TOO_LONG;
            if (!fill()) return NO_MORE;
        }
    }

    private void makeRoom() {
        if (start == end) {
            start = 0;
            end = 0;
        } else if (end == buffer.length && start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        } else if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
    }

    private int code(int from, int to) {
        if (to - from < 3) return -1;
        int first = buffer[from] - '0';
        int second = buffer[from + 1] - '0';
        int third = buffer[from + 2] - '0';
        if (first < 2 || first > 5 || second < 0 || second > 9 || third < 0 || third > 9) return -1;
        if (to - from > 3 && buffer[from + 3] != ' ' && buffer[from + 3] != '-') return -1;
        return first * 100 + second * 10 + third;
    }

    @SuppressWarnings("deprecation") // the constructor that copies octets to characters at once
    private String text(int from, int to) {
        for (int i = from; i < to; i++)
            if (buffer[i] < 0x20 || buffer[i] == 0x7f)
                return shown(new String(buffer, from, to - from, StandardCharsets.UTF_8));
        return new String(buffer, 0, from, to - from);
    }

    private String line(int to) {
        return text(start, Math.min(to, start + 200));
    }

    private static String closedBy(List<String> texts) {
        return texts.isEmpty()
                ? "connection closed by the server"
                : "connection closed by the server in the middle of a reply";
    }

    /// The text as one line that is safe to log.
    static String shown(String text) {
        var shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(c == '\t' ? ' ' : Character.isISOControl(c) ? '?' : c);
        }
        return shown.toString();
    }
}
