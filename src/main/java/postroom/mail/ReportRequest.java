package postroom.mail;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the client said about reports to the sender (RFC 3461).
///
/// @param returned how much of the message a report of failure brings back
/// @param envelopeId what the sender calls the message, decoded; comes back in every report
/// @param wishes for those forward-paths the client said something about
public record ReportRequest(
        Optional<Returned> returned, Optional<String> envelopeId, Map<Address, ReportWish> wishes) {

    /// The client said nothing.
    public static final ReportRequest NONE =
            new ReportRequest(Optional.empty(), Optional.empty(), Map.of());

    private static final int LONGEST_ENVELOPE_ID = 100; // RFC 3461 §4.4

    /// `RET` of RFC 3461 §4.3.
    public enum Returned {
        FULL,
        HDRS;

        public static Optional<Returned> read(String text) {
            return switch (text.toUpperCase(Locale.ROOT)) {
                case "FULL" -> Optional.of(FULL);
                case "HDRS" -> Optional.of(HDRS);
                default -> Optional.empty();
            };
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ReportRequest {
        wishes = Map.copyOf(wishes);
    }

    public ReportWish wishFor(Address forwardPath) {
        return wishes.getOrDefault(forwardPath, ReportWish.NONE);
    }

    /// Reads the value of `ENVID`, which is xtext.
    public static Optional<String> readEnvelopeId(String xtext) {
        return Xtext.decode(xtext).filter(ReportRequest::isEnvelopeId);
    }

    /// True for printable ASCII and blanks, as much of it as RFC 3461 allows.
    public static boolean isEnvelopeId(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST_ENVELOPE_ID
                && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
