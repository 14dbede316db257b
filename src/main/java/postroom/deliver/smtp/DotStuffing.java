package postroom.deliver.smtp;

import java.io.OutputStream;

/// Writes content as RFC 5321 §4.5.2 wants it: a dot at the beginning of a line is doubled. Line
/// ends leave as CRLF whatever came in, so that no server can see the end of the message where
/// there is none (a bare CR or LF around a dot).
final class DotStuffing extends OutputStream {

    private final Wire wire;
    private boolean atLineStart = true;
    private boolean afterCr;

    DotStuffing(Wire wire) {
        this.wire = wire;
    }

    /// Ready for another message.
    void begin() {
        atLineStart = true;
        afterCr = false;
    }

    /// CRLF, unless the content ended with it; the dot is the caller's.
    void finish() throws Lost {
        if (afterCr) wire.write('\n');
        else if (!atLineStart) wire.write("\r\n");
        begin();
    }

    @Override
    public void write(int octet) throws Lost {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] octets, int from, int length) throws Lost {
        int to = from + length;
        int unwritten = from;
        for (int i = from; i < to; i++) {
            byte octet = octets[i];
            if (octet > '.' && !atLineStart && !afterCr) continue;
            if (afterCr) {
                afterCr = false;
                atLineStart = true;
                if (octet == '\n') continue;
                wire.write(octets, unwritten, i - unwritten);
                wire.write('\n');
                unwritten = i;
            }
            if (octet == '\r') {
                afterCr = true;
                atLineStart = false;
            } else if (octet == '\n') {
                wire.write(octets, unwritten, i - unwritten);
                wire.write("\r\n");
                unwritten = i + 1;
                atLineStart = true;
            } else if (atLineStart) {
                atLineStart = false;
                if (octet != '.') continue;
                wire.write(octets, unwritten, i - unwritten);
                wire.write('.');
                unwritten = i;
            }
        }
        wire.write(octets, unwritten, to - unwritten);
    }
}
