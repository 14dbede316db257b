package postroom.intake;

import java.util.List;
import java.util.function.Predicate;

/// Which header fields make an envelope where nobody gave one. When a message was resent, the
/// Resent- fields say to whom and by whom, and the others tell of the first time (RFC 5322 §3.6.6).
///
/// Loaded by the `sendmail` command: nothing but the JDK.
public final class EnvelopeFields {

    private EnvelopeFields() {}

    /// @param has whether the header section has a field of that name in lower case
    /// @return names in lower case, all of which count
    public static List<String> recipients(Predicate<String> has) {
        return isResent(has)
                ? List.of("resent-to", "resent-cc", "resent-bcc")
                : List.of("to", "cc", "bcc");
    }

    /// @return names in lower case, of which the first one with an address counts: with several
    ///   authors the sender is who sends (§3.6.2)
    public static List<String> authors(Predicate<String> has) {
        return isResent(has)
                ? List.of("resent-sender", "resent-from", "sender", "from")
                : List.of("sender", "from");
    }

    private static boolean isResent(Predicate<String> has) {
        return has.test("resent-to") || has.test("resent-cc") || has.test("resent-bcc");
    }
}
