package postroom.deliver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.mail.Content;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/// Content with another From: answers go to the author as before, by `Reply-To`, if nobody else was
/// named there. `Sender` goes, because it names somebody the next hop would have to trust, too (RFC
/// 5322 §3.6.2). The header section is read into memory, the body is not.
final class WithFrom implements Content {

    private static final int LONGEST_HEADER = 1 << 20;

    private final Content original;
    private final byte[] header;
    private final int skipped;

    private WithFrom(Content original, byte[] header, int skipped) {
        this.original = original;
        this.header = header;
        this.skipped = skipped;
    }

    /// @param mailbox what From says: `Example <noreply@example.com>`, ASCII or UTF-8
    static Content of(Content original, String mailbox) {
        try (var in = original.open()) {
            return replaced(original, in, mailbox);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Content replaced(Content original, InputStream in, String mailbox)
            throws IOException {
        var fields = new Fields(mailbox);
        var line = new ByteArrayOutputStream(200);
        int read = 0;
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            if (++read > LONGEST_HEADER) return original;
            line.write(octet);
            if (octet != '\n') continue;
            if (line.size() <= 2) break; // the empty line
            fields.line(line.toByteArray());
            line.reset();
        }
        return new WithFrom(original, fields.written(line.toByteArray()), read);
    }

    @Override
    public long size() {
        return original.size() - skipped + header.length;
    }

    @Override
    public InputStream open() throws IOException {
        var rest = original.open();
        rest.skipNBytes(skipped);
        return new SequenceInputStream(new ByteArrayInputStream(header), rest);
    }

    /// The header section on its way out, field by field.
    private static final class Fields {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(2_000);
        private final ByteArrayOutputStream author = new ByteArrayOutputStream(200);
        private final String mailbox;
        private String current = "";
        private boolean hasReplyTo;
        private boolean hasFrom;

        Fields(String mailbox) {
            this.mailbox = mailbox;
        }

        void line(byte[] line) {
            boolean continues = line[0] == ' ' || line[0] == '\t';
            if (!continues) current = name(line);
            switch (current) {
                case "from" -> {
                    author.writeBytes(line);
                    if (!continues && !hasFrom) from();
                }
                case "sender" -> {}
                default -> {
                    hasReplyTo |= current.equals("reply-to");
                    out.writeBytes(line);
                }
            }
        }

        private void from() {
            hasFrom = true;
            out.writeBytes(("From: " + mailbox + "\r\n").getBytes(UTF_8));
        }

        byte[] written(byte[] end) {
            if (!hasFrom) from();
            if (!hasReplyTo && author.size() > 0) {
                out.writeBytes("Reply-To".getBytes(US_ASCII));
                var said = author.toByteArray();
                int colon = 0;
                while (said[colon] != ':') colon++;
                out.write(said, colon, said.length - colon);
            }
            out.writeBytes(end);
            return out.toByteArray();
        }

        private static String name(byte[] line) {
            int colon = 0;
            while (colon < line.length && line[colon] != ':') colon++;
            return new String(line, 0, colon, US_ASCII).strip().toLowerCase(Locale.ROOT);
        }
    }
}
