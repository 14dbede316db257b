package postroom.intake;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.Arrays;

/// Reads the header section of content before it is handed in, for a door that takes the envelope
/// from it. Line ends are mended and lines are judged as [SubmissionContent] does it: if the two
/// saw the header section end in different places, a Bcc field would be heeded and yet leave.
public final class HeaderAhead {

    private final BufferedInputStream content;
    private byte[] head = new byte[2 * 1024];
    private int filled; // octets of head

    private HeaderAhead(BufferedInputStream content) {
        this.content = content;
    }

    /// What stands before the body.
    public sealed interface Read {

        /// @param octets all that was read, the empty line as well, with CRLF line ends
        record Known(HeaderSection header, byte[] octets) implements Read {}

        /// @param number of the line that is no header field; the first one is 1
        record NoField(int number) implements Read {}

        record TooLarge() implements Read {}
    }

    /// @param content is left where the body begins
    public static Read read(BufferedInputStream content) throws IOException {
        return new HeaderAhead(content).read();
    }

    private Read read() throws IOException {
        int headStart = 0;
        int line = 0;
        for (int number = 1; takeLine(); number++) {
            if (filled > SubmissionContent.LARGEST_HEADER) return new Read.TooLarge();
            switch (HeaderSection.lineAt(head, line, filled, line == headStart)) {
                case OF_A_FIELD -> {}
                case MAILBOX -> headStart = filled;
                case EMPTY -> {
                    return known(headStart, line);
                }
                case NO_FIELD -> {
                    return new Read.NoField(number);
                }
            }
            line = filled;
        }
        return known(headStart, filled);
    }

    private Read known(int headStart, int end) {
        return new Read.Known(new HeaderSection(head, headStart, end), Arrays.copyOf(head, filled));
    }

    /// False where nothing follows.
    private boolean takeLine() throws IOException {
        int octet = content.read();
        if (octet < 0) return false;
        while (octet >= 0 && octet != '\r' && octet != '\n') {
            take(octet);
            if (filled > SubmissionContent.LARGEST_HEADER) return true;
            octet = content.read();
        }
        if (octet == '\r') skipLineFeed();
        take('\r');
        take('\n');
        return true;
    }

    private void skipLineFeed() throws IOException {
        content.mark(1);
        if (content.read() != '\n') content.reset();
    }

    private void take(int octet) {
        if (filled == head.length) head = Arrays.copyOf(head, 2 * filled);
        head[filled++] = (byte) octet;
    }
}
