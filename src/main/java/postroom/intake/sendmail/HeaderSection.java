package postroom.intake.sendmail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The header section of one message as the caller gave it, field by field, with CRLF line ends. It
/// is bounded; the body that follows is not read here.
final class HeaderSection {

    private static final int MOST_OCTETS = 1_000_000;

    /// @param name in lower case
    /// @param raw the whole field, folded as it came, with its CRLF
    private record Field(String name, byte[] raw) {}

    private final List<Field> fields = new ArrayList<>();
    private final ByteArrayOutputStream field = new ByteArrayOutputStream();
    private int octets;
    private boolean bodyFollows;
    private boolean firstBodyLineRead;
    private boolean endedByDot;

    /// Reads up to and including the empty line. A first line that is no field begins the body: it
    /// is left in `lines` then, see [#firstBodyLineRead].
    static HeaderSection read(LineReader lines, boolean dotIsContent) throws IOException, Sysexit {
        var section = new HeaderSection();
        section.readFields(lines, dotIsContent);
        section.endField();
        return section;
    }

    private void readFields(LineReader lines, boolean dotIsContent) throws IOException, Sysexit {
        boolean first = true;
        while (lines.next()) {
            if (!dotIsContent && lines.isLoneDot()) {
                endedByDot = true;
                return;
            }
            if (lines.length() == 0) {
                bodyFollows = true;
                return;
            }
            if (first && isMailboxSeparator(lines)) continue;
            first = false;
            if (!continuesField(lines)) {
                endField();
                if (!startsField(lines)) {
                    bodyFollows = true;
                    firstBodyLineRead = true;
                    return;
                }
            }
            takeLine(lines);
        }
    }

    private void takeLine(LineReader lines) throws IOException, Sysexit {
        while (true) {
            octets += lines.length() + 2;
            if (octets > MOST_OCTETS)
                throw new Sysexit(
                        Sysexit.DATAERR,
                        "the header section is larger than " + MOST_OCTETS + " octets");
            field.write(lines.piece(), 0, lines.length());
            if (lines.lineEnds() || !lines.next()) break;
        }
        field.write('\r');
        field.write('\n');
    }

    private void endField() {
        if (field.size() == 0) return;
        var raw = field.toByteArray();
        int colon = 0;
        while (raw[colon] != ':') colon++;
        var name = new String(raw, 0, colon, StandardCharsets.US_ASCII).strip();
        fields.add(new Field(name.toLowerCase(Locale.ROOT), raw));
        field.reset();
    }

    private boolean continuesField(LineReader lines) {
        byte first = lines.piece()[0];
        return field.size() > 0 && (first == ' ' || first == '\t');
    }

    private static boolean startsField(LineReader lines) {
        var line = lines.piece();
        int i = 0;
        while (i < lines.length() && line[i] > 32 && line[i] < 127 && line[i] != ':') i++;
        int name = i;
        while (i < lines.length() && (line[i] == ' ' || line[i] == '\t')) i++;
        return name > 0 && i < lines.length() && line[i] == ':';
    }

    // "From ada Mon Nov 3 …": the line that starts a message in an mbox file, and no field.
    private static boolean isMailboxSeparator(LineReader lines) {
        return lines.length() > 5
                && new String(lines.piece(), 0, 5, StandardCharsets.US_ASCII).equals("From ");
    }

    boolean has(String name) {
        for (var field : fields) if (field.name().equals(name)) return true;
        return false;
    }

    /// The addresses of all fields of that name.
    List<String> addresses(String name) {
        var found = new ArrayList<String>();
        for (var field : fields)
            if (field.name().equals(name)) found.addAll(AddressList.read(unfolded(field)));
        return found;
    }

    void remove(String name) {
        fields.removeIf(field -> field.name().equals(name));
    }

    void removeEmpty(String name) {
        fields.removeIf(field -> field.name().equals(name) && unfolded(field).isEmpty());
    }

    void add(String name, String value) {
        var raw = (name + ": " + value + "\r\n").getBytes(StandardCharsets.UTF_8);
        fields.add(0, new Field(name.toLowerCase(Locale.ROOT), raw));
    }

    /// The fields and the empty line behind them.
    byte[] octets() {
        var all = new ByteArrayOutputStream();
        for (var field : fields) all.writeBytes(field.raw());
        all.write('\r');
        all.write('\n');
        return all.toByteArray();
    }

    boolean bodyFollows() {
        return bodyFollows;
    }

    /// True when the piece last read is the beginning of the body.
    boolean firstBodyLineRead() {
        return firstBodyLineRead;
    }

    boolean endedByDot() {
        return endedByDot;
    }

    private static String unfolded(Field field) {
        var text = new String(field.raw(), StandardCharsets.UTF_8);
        return text.substring(text.indexOf(':') + 1).replace("\r\n", "").strip();
    }
}
