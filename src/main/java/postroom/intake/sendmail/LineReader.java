package postroom.intake.sendmail;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Reads lines that end with LF, CRLF or a bare CR, in pieces of bounded length: a line of any
/// length never sits in memory whole.
final class LineReader {

    private static final int MOST = 8192;

    private final InputStream in;
    private final byte[] buffer = new byte[16_384];
    private int at;
    private int end;

    private byte[] piece = new byte[256];
    private int length;
    private boolean lineEnds;
    private boolean endedWithCrlf;

    LineReader(InputStream in) {
        this.in = in;
    }

    /// Reads the next piece of a line; false at the end of the input.
    boolean next() throws IOException {
        length = 0;
        lineEnds = false;
        endedWithCrlf = false;
        while (length < MOST) {
            int octet = octet();
            if (octet < 0) return length > 0;
            if (octet == '\n' || octet == '\r') {
                endedWithCrlf = octet == '\r' && skipLineFeed();
                lineEnds = true;
                return true;
            }
            if (length == piece.length) piece = Arrays.copyOf(piece, length * 2);
            piece[length++] = (byte) octet;
        }
        return true;
    }

    byte[] piece() {
        return piece;
    }

    int length() {
        return length;
    }

    /// True when the line is complete with this piece.
    boolean lineEnds() {
        return lineEnds;
    }

    /// True when that line ended with CR and LF.
    boolean endedWithCrlf() {
        return endedWithCrlf;
    }

    boolean isLoneDot() {
        return length == 1 && piece[0] == '.' && lineEnds;
    }

    private int octet() throws IOException {
        if (at == end && !fill()) return -1;
        return buffer[at++] & 0xff;
    }

    private boolean skipLineFeed() throws IOException {
        if (at == end && !fill()) return false;
        if (buffer[at] != '\n') return false;
        at++;
        return true;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
