package postroom.mail;

import java.util.Optional;

/// Text that people tell apart by looking at it: nothing in it is invisible, or turns around what
/// stands beside it.
public final class Legible {

    /// Letters and marks that show nothing: the fillers of Hangul, an empty Braille cell, and a
    /// joiner of marks.
    private static final String EMPTY = "\u034F\u115F\u1160\u17B4\u17B5\u2800\u3164\uFFA0";

    private static final int JOINER = 0x200D;
    private static final int NON_JOINER = 0x200C;
    private static final int IDEOGRAPHIC_SPACE = 0x3000;

    private Legible() {}

    /// What is wrong with a text that is shown to people, as a sentence goes on after the name of
    /// the field; empty where nothing is.
    public static Optional<String> objection(String text) {
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            int next = at + Character.charCount(c);
            if (Character.isISOControl(c))
                return Optional.of("holds a line break or control character; type it anew");
            if (isHidden(c) && !isJoining(text, at, next))
                return Optional.of("holds " + named(c) + ", which nobody can see; type it anew");
            at = next;
        }
        return Optional.empty();
    }

    /// As above for a name, which stands in addresses and in commands, and is what people choose
    /// by.
    public static Optional<String> objectionToName(String name) {
        var hidden = objection(name);
        if (hidden.isPresent()) return hidden;
        if (name.equals(".") || name.equals(".."))
            return Optional.of("is a directory where it stands in an address; choose another");
        if (name.startsWith("-"))
            return Optional.of("begins with a hyphen, as options do; begin with a letter");
        for (int c : name.codePoints().toArray()) {
            if ("/\\%;".indexOf(c) >= 0)
                return Optional.of(
                        "holds "
                                + Character.toString(c)
                                + ", which splits addresses; leave it out");
            if (c != ' ' && c != IDEOGRAPHIC_SPACE && Character.isSpaceChar(c))
                return Optional.of(
                        "holds " + named(c) + ", which looks like a blank; type it anew");
        }
        return Optional.empty();
    }

    /// True for what cannot be seen, or moves what can; line ends and other controls apart.
    public static boolean isHidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> EMPTY.indexOf(codePoint) >= 0 || (codePoint & 0xFFFE) == 0xFFFE;
        };
    }

    // Persian words and families of emoji are written with these two.
    private static boolean isJoining(String text, int at, int next) {
        int c = text.codePointAt(at);
        return (c == JOINER || c == NON_JOINER)
                && at > 0
                && next < text.length()
                && text.codePointBefore(at) > 0x7F
                && text.codePointAt(next) > 0x7F;
    }

    private static String named(int codePoint) {
        return "U+%04X".formatted(codePoint);
    }
}
