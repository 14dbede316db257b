package postroom.intake.http;

import jakarta.activation.DataSource;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// A text as the octets of a part: UTF-8, and CRLF wherever a line ends. Made piece by piece, since
/// a text may be large and was copied often enough on its way here.
final class TextSource implements DataSource {

    private static final int PIECE = 16 * 1024;
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    private final String text;
    private final String type;

    /// @param type such as `text/plain; charset=UTF-8`
    TextSource(String text, String type) {
        this.text = text;
        this.type = type;
    }

    @Override
    public InputStream getInputStream() {
        return new Octets();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        throw new IOException("a text is only read");
    }

    @Override
    public String getContentType() {
        return type;
    }

    @Override
    public @org.jspecify.annotations.Nullable String getName() {
        return null;
    }

    private final class Octets extends InputStream {
        private int next;
        private byte[] piece = new byte[0];
        private int at;

        @Override
        public int read() {
            return refill() ? piece[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (length == 0) return 0;
            if (!refill()) return -1;
            int fits = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, offset, fits);
            at += fits;
            return fits;
        }

        private boolean refill() {
            if (at < piece.length) return true;
            if (next == text.length()) return false;
            int end = Math.min(text.length(), next + PIECE);
            while (end < text.length() && belongsToNext(text.charAt(end - 1))) end++;
            var lines = LINE_END.matcher(text.substring(next, end)).replaceAll("\r\n");
            piece = lines.getBytes(StandardCharsets.UTF_8);
            next = end;
            at = 0;
            return true;
        }

        private static boolean belongsToNext(char last) {
            return last == '\r' || Character.isHighSurrogate(last);
        }
    }
}
