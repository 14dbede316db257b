package postroom.preview;

import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.field.ContentDispositionField;
import org.apache.james.mime4j.dom.field.ContentTypeField;
import org.apache.james.mime4j.field.ContentDispositionFieldLenientImpl;
import org.apache.james.mime4j.field.ContentTypeFieldLenientImpl;
import org.apache.james.mime4j.stream.Field;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// What the header section of one part says.
final class Entity {

    private static final int LONGEST_NAME = 120;

    private String type = "text/plain";
    private String charset = "";
    private String typeName = "";
    private String disposition = "";
    private String dispositionName = "";
    private String contentId = "";

    void read(Field field) {
        switch (String.valueOf(field.getName()).toLowerCase(Locale.ROOT)) {
            case "content-type" -> readType(field);
            case "content-disposition" -> readDisposition(field);
            case "content-id" -> contentId = field.getBody().strip().replaceAll("^<|>$", "");
            default -> {}
        }
    }

    private void readType(Field field) {
        ContentTypeField read =
                ContentTypeFieldLenientImpl.PARSER.parse(field, DecodeMonitor.SILENT);
        if (read.getMimeType() != null) type = read.getMimeType().toLowerCase(Locale.ROOT);
        charset = text(read.getCharset());
        typeName = text(read.getParameter("name"));
    }

    private void readDisposition(Field field) {
        ContentDispositionField read =
                ContentDispositionFieldLenientImpl.PARSER.parse(field, DecodeMonitor.SILENT);
        disposition = text(read.getDispositionType()).toLowerCase(Locale.ROOT);
        dispositionName = text(read.getFilename());
    }

    private static String text(@org.jspecify.annotations.Nullable String maybe) {
        return maybe == null ? "" : maybe;
    }

    String type() {
        return type;
    }

    boolean isAttached() {
        return disposition.equals("attachment")
                || !dispositionName.isEmpty()
                || !type.startsWith("text/");
    }

    String contentId() {
        return contentId.length() <= 250 ? contentId : "";
    }

    /// Fit to be shown and to be a file's name: one line, no path, and nothing that turns the
    /// direction of writing, by which `gpj.exe` looks like `exe.jpg`.
    String name() {
        var given = dispositionName.isEmpty() ? typeName : dispositionName;
        var decoded = DecoderUtil.decodeEncodedWords(given, DecodeMonitor.SILENT);
        var plain =
                decoded.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", "")
                        .replaceAll("[/\\\\:*?\"<>|]+", "_")
                        .replaceFirst("^\\.+", "")
                        .strip();
        return shortened(plain);
    }

    private static String shortened(String name) {
        if (name.length() <= LONGEST_NAME) return name;
        int dot = name.lastIndexOf('.');
        var end = dot > 0 && name.length() - dot <= 12 ? name.substring(dot) : "";
        return name.substring(0, LONGEST_NAME - end.length() - 1) + "…" + end;
    }

    /// What nobody knows is read as a text of western Europe, which never fails.
    Charset charset() {
        try {
            return charset.isEmpty() ? StandardCharsets.UTF_8 : Charset.forName(charset);
        } catch (IllegalArgumentException nobodyKnows) {
            return Optional.of("windows-1252")
                    .filter(Charset::isSupported)
                    .map(Charset::forName)
                    .orElse(StandardCharsets.ISO_8859_1);
        }
    }
}
