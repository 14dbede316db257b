package postroom.mail;

import java.util.Optional;

/// The name of one accepted message: what `250 2.0.0 queued as …` says, and the message's `id` in
/// the API.
///
/// Written as thirteen characters of Crockford's base 32, so it can be read out over a telephone.
/// Later messages have greater IDs.
public record QueueId(long value) implements Comparable<QueueId> {

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 13;

    public QueueId {
        if (value < 0) throw new IllegalArgumentException("a queue ID is not negative: " + value);
    }

    /// Reads what [#toString] wrote; lower case, and the letters O, I and L for 0 and 1, are
    /// understood.
    public static Optional<QueueId> parse(String text) {
        if (text.length() != LENGTH) return Optional.empty();
        long value = 0;
        for (int i = 0; i < LENGTH; i++) {
            int digit = digit(text.charAt(i));
            if (digit < 0 || (i == 0 && digit > 7)) return Optional.empty();
            value = value << 5 | digit;
        }
        return Optional.of(new QueueId(value));
    }

    @Override
    public int compareTo(QueueId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        var text = new char[LENGTH];
        long rest = value;
        for (int i = LENGTH - 1; i >= 0; i--, rest >>>= 5)
            text[i] = ALPHABET.charAt((int) (rest & 31));
        return new String(text);
    }

    private static int digit(char c) {
        return switch (Character.toUpperCase(c)) {
            case 'O' -> 0;
            case 'I', 'L' -> 1;
            default -> ALPHABET.indexOf(Character.toUpperCase(c));
        };
    }
}
