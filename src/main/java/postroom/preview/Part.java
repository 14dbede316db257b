package postroom.preview;

/// One leaf of the tree a message is, in the order of the message.
///
/// @param number from 0
/// @param type in small letters, such as `image/png`
/// @param name of the file, fit to be shown; empty where it has none
/// @param contentId without its angle brackets; empty where it has none
/// @param size in octets, decoded
/// @param attached meant as a file rather than as a text to be read
public record Part(
        int number, String type, String name, String contentId, long size, boolean attached) {

    boolean isImage() {
        return switch (type) {
            case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp" -> true;
            default -> false;
        };
    }
}
