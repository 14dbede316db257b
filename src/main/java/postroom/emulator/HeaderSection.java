package postroom.emulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The header section of a message, just well enough to read single fields and to put others in
/// front.
final class HeaderSection {
    private static final Pattern IN_BRACKETS = Pattern.compile("<([^<>]*)>");
    private static final Pattern BARE = Pattern.compile("[^\\s,;:<>()\"]+@[^\\s,;:<>()\"]+");

    private record Field(String name, String raw, int start, int end) {
        String unfolded() {
            return raw.substring(raw.indexOf(':') + 1).replaceAll("\r\n(?=[ \t])", "").strip();
        }
    }

    private final byte[] content;
    private final List<Field> fields = new ArrayList<>();

    static HeaderSection of(byte[] content) {
        return new HeaderSection(content);
    }

    private HeaderSection(byte[] content) {
        this.content = content;
        int start = 0;
        while (start < content.length && content[start] != '\r' && content[start] != '\n') {
            int end = endOfField(start);
            String raw =
                    new String(content, start, end - start, StandardCharsets.UTF_8).stripTrailing();
            int colon = raw.indexOf(':');
            if (colon < 1) return;
            fields.add(new Field(raw.substring(0, colon).strip(), raw, start, end));
            start = end;
        }
    }

    private int endOfField(int start) {
        int at = start;
        while (true) {
            while (at < content.length && content[at] != '\n') at++;
            at = Math.min(at + 1, content.length);
            if (at >= content.length || (content[at] != ' ' && content[at] != '\t')) return at;
        }
    }

    private Optional<Field> field(String name) {
        return fields.stream().filter(f -> f.name().equalsIgnoreCase(name)).findFirst();
    }

    Optional<String> value(String name) {
        return field(name).map(Field::unfolded);
    }

    /// The address of the first mailbox in a field such as From.
    Optional<String> address(String name) {
        return value(name).flatMap(HeaderSection::addressIn);
    }

    static Optional<String> addressIn(String value) {
        Matcher brackets = IN_BRACKETS.matcher(value);
        if (brackets.find()) return Optional.of(brackets.group(1));
        Matcher bare = BARE.matcher(value);
        return bare.find() ? Optional.of(bare.group()) : Optional.empty();
    }

    /// The content with the field removed and new lines in front.
    byte[] replacing(String name, String... newLines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 256);
        for (String line : newLines)
            out.writeBytes((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        int copied = 0;
        for (Field field : fields)
            if (field.name().equalsIgnoreCase(name)) {
                out.write(content, copied, field.start() - copied);
                copied = field.end();
            }
        out.write(content, copied, content.length - copied);
        return out.toByteArray();
    }
}
