package postroom.intake.http;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.InternetHeaders;

import org.jspecify.annotations.Nullable;

import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The envelope of a message that comes as MIME: as the call says, else as its header section says.
///
/// @param content the whole content, from its first octet on
record MimeEnvelope(Envelope envelope, InputStream content) {

    private static final int LARGEST_HEADER = 256 * 1024;

    static MimeEnvelope read(InputStream body, @Nullable String from, List<String> to)
            throws IOException {
        boolean toGiven = !to.isEmpty();
        if (from != null && toGiven)
            return new MimeEnvelope(envelope(reversePath(from), forwardPaths(to)), body);
        var head = headerSection(body);
        var content = new SequenceInputStream(new ByteArrayInputStream(head), body);
        var fields = fields(head);
        return new MimeEnvelope(
                envelope(
                        from == null ? author(fields) : reversePath(from),
                        toGiven ? forwardPaths(to) : recipients(fields)),
                content);
    }

    private static Envelope envelope(Optional<Address> from, List<Address> to) {
        if (to.isEmpty())
            throw Problem.unusable(
                    "to", "The message has no recipient: name them in ?to= or in To, Cc or Bcc.");
        return new Envelope(from, to, Envelope.Body.SEVEN_BIT, false);
    }

    /// An empty `?from=` is the null reverse-path.
    private static Optional<Address> reversePath(String from) {
        return from.isBlank() ? Optional.empty() : Optional.of(address("from", from));
    }

    private static List<Address> forwardPaths(List<String> to) {
        return to.stream().map(text -> address("to", text)).toList();
    }

    private static Address address(String field, String text) {
        try {
            return Mailbox.of(text).address();
        } catch (IllegalArgumentException notAnAddress) {
            throw Problem.unusable(field, String.valueOf(notAnAddress.getMessage()));
        }
    }

    // RFC 5322 §3.6.2: with several authors, Sender is who sends
    private static Optional<Address> author(InternetHeaders fields) {
        var sender = addresses(fields, "Sender", "from");
        return sender.isEmpty()
                ? addresses(fields, "From", "from").stream().findFirst()
                : Optional.of(sender.getFirst());
    }

    private static List<Address> recipients(InternetHeaders fields) {
        var found = new ArrayList<Address>();
        for (var name : List.of("To", "Cc", "Bcc")) found.addAll(addresses(fields, name, "to"));
        return found;
    }

    private static List<Address> addresses(InternetHeaders fields, String name, String field) {
        var found = new ArrayList<Address>();
        String @Nullable [] values = fields.getHeader(name);
        if (values == null) return found;
        try {
            for (var value : values)
                for (var one : InternetAddress.parse(value, true)) {
                    if (one.isGroup())
                        for (var member : one.getGroup(true))
                            found.add(Address.of(member.getAddress()));
                    else found.add(Address.of(one.getAddress()));
                }
            return found;
        } catch (AddressException | IllegalArgumentException unreadable) {
            throw Problem.unusable(
                    List.of(
                            new FieldError(
                                    field,
                                    "The header field " + name + " holds no readable addresses.")));
        }
    }

    private static InternetHeaders fields(byte[] head) {
        try {
            return new InternetHeaders(new ByteArrayInputStream(head), true);
        } catch (MessagingException unreadable) {
            throw Problem.malformed("", "The header section cannot be read.");
        }
    }

    // Up to and with the empty line; what follows stays in the stream.
    private static byte[] headerSection(InputStream body) throws IOException {
        var head = new ByteArrayOutputStream();
        int inLine = 0;
        for (int octet = body.read(); octet >= 0; octet = body.read()) {
            head.write(octet);
            if (head.size() > LARGEST_HEADER)
                throw new Problem(413, "Too large", "The header section is larger than 256 kB.");
            if (octet == '\n') {
                if (inLine == 0) break;
                inLine = 0;
            } else if (octet != '\r') inLine++;
        }
        return head.toByteArray();
    }
}
