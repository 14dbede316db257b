package postroom.mail;

import java.util.List;
import java.util.Optional;

/// Who gets the message and who hears of trouble (RFC 5321 §2.3.1). It alone decides who receives,
/// never the header section.
///
/// @param reversePath empty is the null reverse-path `<>`
/// @param forwardPaths at least one, in the order given, without repetition
/// @param body what the client declared with `BODY=`, or what we found where it declared nothing
/// @param smtputf8 the message needs SMTPUTF8 (RFC 6531) on its way
/// @param reports what the client said about reports to the sender
public record Envelope(
        Optional<Address> reversePath,
        List<Address> forwardPaths,
        Body body,
        boolean smtputf8,
        ReportRequest reports) {

    /// The client said nothing about reports.
    public Envelope(
            Optional<Address> reversePath,
            List<Address> forwardPaths,
            Body body,
            boolean smtputf8) {
        this(reversePath, forwardPaths, body, smtputf8, ReportRequest.NONE);
    }

    /// RFC 6152; content with octets above 127 is EIGHT_BIT.
    public enum Body {
        SEVEN_BIT,
        EIGHT_BIT
    }

    public Envelope {
        if (forwardPaths.isEmpty())
            throw new IllegalArgumentException("an envelope has a recipient");
        forwardPaths = forwardPaths.stream().distinct().toList();
    }

    /// The reverse-path as it stands between the angle brackets: empty for the null reverse-path.
    public String reversePathText() {
        return reversePath.map(Address::toString).orElse("");
    }
}
