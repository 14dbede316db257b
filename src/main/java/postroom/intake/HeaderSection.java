package postroom.intake;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The fields of a header section (RFC 5322 §2.2), as positions in the octets they came in. Nothing
/// is changed or copied; what a field says is decoded only when somebody asks.
public final class HeaderSection {

    private final byte[] octets;
    private final List<Field> fields = new ArrayList<>(16);

    /// @param name in lower case
    /// @param start of the name
    /// @param colon behind the name
    /// @param end behind the last line end
    public record Field(String name, int start, int colon, int end) {}

    /// @param octets whole lines, each of which is [Line#OF_A_FIELD]
    HeaderSection(byte[] octets, int from, int end) {
        this.octets = octets;
        int line = from;
        while (line < end) {
            int next = lineEnd(line, end);
            while (next < end && isBlank(octets[next])) next = lineEnd(next, end);
            int colon = colon(octets, line, next);
            fields.add(new Field(name(line, colon), line, colon, next));
            line = next;
        }
    }

    /// What a line is that stands where header fields stand.
    enum Line {
        /// Starts or continues a field.
        OF_A_FIELD,
        /// Ends the header section.
        EMPTY,
        /// `From ada@example.com Sat Nov 21 10:44:00 2026`: mbox writers put it on top of a
        /// message, and some quote it.
        MAILBOX,
        /// Ends the header section as well, although the empty line is missing.
        NO_FIELD
    }

    /// @param end behind the CRLF of the line
    /// @param isFirst of the header section, so that it continues nothing
    static Line lineAt(byte[] octets, int line, int end, boolean isFirst) {
        if (end - line == 2) return Line.EMPTY;
        if (isBlank(octets[line]) ? !isFirst : colon(octets, line, end) > line)
            return Line.OF_A_FIELD;
        return line == 0 && isMailboxLine(octets, end) ? Line.MAILBOX : Line.NO_FIELD;
    }

    private static boolean isMailboxLine(byte[] octets, int end) {
        int at = octets[0] == '>' ? 1 : 0;
        var from = new byte[] {'F', 'r', 'o', 'm', ' '};
        return end >= at + 5 && Arrays.equals(octets, at, at + 5, from, 0, 5);
    }

    public List<Field> fields() {
        return fields;
    }

    public List<Field> fields(String name) {
        var found = new ArrayList<Field>(1);
        for (var field : fields) if (field.name().equals(name)) found.add(field);
        return found;
    }

    public boolean has(String name) {
        for (var field : fields) if (field.name().equals(name)) return true;
        return false;
    }

    /// The name as it was written.
    public String nameAsWritten(Field field) {
        return new String(
                        octets,
                        field.start(),
                        field.colon() - field.start(),
                        StandardCharsets.ISO_8859_1)
                .strip();
    }

    /// Unfolded (RFC 5322 §2.2.3) and without blanks around it. UTF-8, or ISO 8859-1 where it is
    /// not.
    public String value(Field field) {
        int from = field.colon() + 1;
        int length = 0;
        var unfolded = new byte[field.end() - from];
        boolean ascii = true;
        for (int i = from; i < field.end(); i++) {
            byte octet = octets[i];
            if (octet == '\r' || octet == '\n') continue;
            if (octet < 0) ascii = false;
            unfolded[length++] = octet == '\t' ? (byte) ' ' : octet;
        }
        if (ascii) return new String(unfolded, 0, length, StandardCharsets.ISO_8859_1).strip();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(unfolded, 0, length))
                    .toString()
                    .strip();
        } catch (CharacterCodingException notUtf8) {
            return new String(unfolded, 0, length, StandardCharsets.ISO_8859_1).strip();
        }
    }

    private int lineEnd(int from, int end) {
        int at = from;
        while (at < end && octets[at] != '\n') at++;
        return Math.min(at + 1, end);
    }

    private String name(int start, int colon) {
        return new String(octets, start, colon - start, StandardCharsets.ISO_8859_1)
                .stripTrailing()
                .toLowerCase(Locale.ROOT);
    }

    // RFC 5322 §2.2: printable ASCII but the colon; §4.5.3 lets blanks stand between name and colon
    private static int colon(byte[] octets, int line, int end) {
        int at = line;
        while (at < end && octets[at] > ' ' && octets[at] < 0x7f && octets[at] != ':') at++;
        if (at == line) return -1;
        while (at < end && isBlank(octets[at])) at++;
        return at < end && octets[at] == ':' ? at : -1;
    }

    private static boolean isBlank(byte octet) {
        return octet == ' ' || octet == '\t';
    }
}
