package postroom.preview;

import postroom.mail.Content;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One message, to be looked at.
///
/// @param text what is plain text in it
/// @param hasHtml whether there is HTML in it; [#html] gives it
/// @param parts all leaves, those that are shown as text included
/// @param whole false when the content is deeper, longer or more broken than we follow
public record Preview(Optional<String> text, boolean hasHtml, List<Part> parts, boolean whole) {

    private static final int LONGEST_TEXT = 256 * 1024;
    private static final int LONGEST_HTML = 1024 * 1024;
    private static final int LARGEST_IMAGE = 1024 * 1024;
    private static final int LARGEST_IMAGES = 4 * 1024 * 1024;

    public Preview {
        parts = List.copyOf(parts);
    }

    /// The files that came with the message.
    public List<Part> attachments() {
        return parts.stream().filter(Part::attached).toList();
    }

    /// Reads a content. Bytes that are no text of the charset they claim are shown as `�`.
    public static Preview of(Content content) throws IOException {
        var text = new StringBuilder();
        var parts = new ArrayList<Part>();
        boolean whole =
                Entities.walk(
                        content,
                        (number, entity, body) -> {
                            long size = 0;
                            if (!entity.isAttached() && !entity.type().equals("text/html"))
                                size = take(text, entity, body);
                            parts.add(part(number, entity, size + skip(body)));
                            return true;
                        });
        boolean hasHtml = parts.stream().anyMatch(Preview::isHtml);
        boolean hasText = parts.stream().anyMatch(part -> !part.attached() && !isHtml(part));
        return new Preview(
                hasText ? Optional.of(text.toString()) : Optional.empty(), hasHtml, parts, whole);
    }

    private static boolean isHtml(Part part) {
        return !part.attached() && part.type().equals("text/html");
    }

    private static long take(StringBuilder text, Entity entity, InputStream body)
            throws IOException {
        int room = LONGEST_TEXT - text.length();
        if (room <= 0) return 0;
        var octets = body.readNBytes(room);
        if (!text.isEmpty()) text.append("\n\n");
        text.append(new String(octets, entity.charset()));
        return octets.length;
    }

    private static Part part(int number, Entity entity, long size) {
        return new Part(
                number,
                entity.type(),
                entity.name(),
                entity.contentId(),
                size,
                entity.isAttached());
    }

    private static long skip(InputStream body) throws IOException {
        return body.transferTo(OutputStream.nullOutputStream());
    }

    /// The first HTML of the content, tamed: fit to be shown in a sandbox. Its images are those
    /// that came with the message, and no others.
    public static Optional<TamedHtml> html(Content content) throws IOException {
        var html = new ArrayList<String>();
        var images = new HashMap<String, String>();
        int[] room = {LARGEST_IMAGES};
        Entities.walk(
                content,
                (_, entity, body) -> {
                    if (html.isEmpty() && !entity.isAttached() && entity.type().equals("text/html"))
                        html.add(new String(body.readNBytes(LONGEST_HTML), entity.charset()));
                    else if (isShownImage(entity)) keep(images, entity, body, room);
                    return true;
                });
        return html.isEmpty()
                ? Optional.empty()
                : Optional.of(TamedHtml.of(html.getFirst(), images));
    }

    private static boolean isShownImage(Entity entity) {
        return !entity.contentId().isEmpty() && part(0, entity, 0).isImage();
    }

    private static void keep(
            Map<String, String> images, Entity entity, InputStream body, int[] room)
            throws IOException {
        var octets = body.readNBytes(Math.min(LARGEST_IMAGE, room[0]) + 1);
        if (octets.length > Math.min(LARGEST_IMAGE, room[0])) return; // too large to be shown
        room[0] -= octets.length;
        images.putIfAbsent(
                entity.contentId(),
                "data:" + entity.type() + ";base64," + Base64.getEncoder().encodeToString(octets));
    }

    /// Writes one part, decoded, and says which it is; empty when there is none of that number. It
    /// is known before its first octet is written.
    public static Optional<Part> part(Content content, int wanted, Receiver receiver)
            throws IOException {
        var found = new ArrayList<Part>();
        Entities.walk(
                content,
                (number, entity, body) -> {
                    if (number < wanted) return true;
                    var part = part(number, entity, -1);
                    found.add(part);
                    body.transferTo(receiver.receive(part));
                    return false;
                });
        return found.stream().findFirst();
    }

    /// Gets ready for a part.
    @FunctionalInterface
    public interface Receiver {
        OutputStream receive(Part part) throws IOException;
    }

    /// The beginning of the content as it stands, for a page.
    ///
    /// @param whole false when there is more
    public record Source(String text, boolean whole) {}

    public static Source source(Content content, int most) throws IOException {
        var octets = new ByteArrayOutputStream();
        try (var in = content.open()) {
            octets.writeBytes(in.readNBytes(most));
        }
        return new Source(
                octets.toString(java.nio.charset.StandardCharsets.UTF_8), content.size() <= most);
    }
}
