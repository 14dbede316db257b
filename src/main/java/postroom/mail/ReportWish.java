package postroom.mail;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What the sender wants to hear of one recipient (RFC 3461 §4.1, §4.2).
///
/// @param occasions of what; none of it is `NEVER`; absent where the client did not say
/// @param originalRecipient address type and address, decoded: `rfc822;ada@example.com`
public record ReportWish(Optional<Set<Occasion>> occasions, Optional<String> originalRecipient) {

    /// The client said nothing.
    public static final ReportWish NONE = new ReportWish(Optional.empty(), Optional.empty());

    /// Not a word.
    public static final ReportWish NEVER = new ReportWish(Optional.of(Set.of()), Optional.empty());

    private static final int LONGEST_ORIGINAL_RECIPIENT = 500; // RFC 3461 §4.2
    private static final String INTERNATIONAL = "utf-8;";

    public enum Occasion {
        SUCCESS,
        FAILURE,
        DELAY
    }

    public ReportWish {
        occasions = occasions.map(Set::copyOf);
    }

    /// True when the sender asked to hear of it.
    public boolean asksFor(Occasion occasion) {
        return occasions.isPresent() && occasions.get().contains(occasion);
    }

    /// Reads `NEVER`, or a list such as `SUCCESS,FAILURE`.
    public static Optional<Set<Occasion>> readNotify(String text) {
        if (text.equalsIgnoreCase("NEVER")) return Optional.of(Set.of());
        var read = EnumSet.noneOf(Occasion.class);
        for (var word : text.split(",", -1)) {
            switch (word.toUpperCase(Locale.ROOT)) {
                case "SUCCESS" -> read.add(Occasion.SUCCESS);
                case "FAILURE" -> read.add(Occasion.FAILURE);
                case "DELAY" -> read.add(Occasion.DELAY);
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(read);
    }

    /// The words of [#readNotify], in lower case and always in the same order.
    public static String notifyText(Set<Occasion> occasions) {
        if (occasions.isEmpty()) return "never";
        return occasions.stream()
                .sorted()
                .map(occasion -> occasion.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }

    /// Reads `rfc822;ada+2Bx@example.com`. The address need not be one as we know them (§4.2).
    public static Optional<String> readOriginalRecipient(String parameter) {
        int semicolon = parameter.indexOf(';');
        if (parameter.length() > LONGEST_ORIGINAL_RECIPIENT || semicolon < 1)
            return Optional.empty();
        var type = parameter.substring(0, semicolon).toLowerCase(Locale.ROOT);
        var address = parameter.substring(semicolon + 1);
        if (address.isEmpty() || !type.chars().allMatch(ReportWish::isOfAtom))
            return Optional.empty();
        var decoded =
                (type + ";").equals(INTERNATIONAL)
                        ? Xtext.decodeInternational(address)
                        : Xtext.decode(address);
        // in ASCII, as it goes on, an international address may be ten times as long
        return decoded.map(it -> type + ";" + it)
                .filter(it ->
                        originalRecipientParameter(it).length() <= LONGEST_ORIGINAL_RECIPIENT);
    }

    /// What [#readOriginalRecipient] reads.
    public static String originalRecipientParameter(String original) {
        int address = original.indexOf(';') + 1;
        var text = original.substring(address);
        return original.substring(0, address)
                + (original.startsWith(INTERNATIONAL)
                        ? Xtext.encodeInternational(text)
                        : Xtext.encode(text));
    }

    // RFC 5322 §3.2.3
    private static boolean isOfAtom(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0;
    }
}
