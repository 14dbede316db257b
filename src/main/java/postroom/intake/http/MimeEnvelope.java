package postroom.intake.http;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;

import org.jspecify.annotations.Nullable;

import postroom.intake.EnvelopeFields;
import postroom.intake.HeaderAhead;
import postroom.intake.HeaderAhead.Read;
import postroom.intake.HeaderSection;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.web.Problem;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The envelope of a message that comes as MIME: as the call says, else as its header section says.
///
/// @param content the whole content, from its first octet on
record MimeEnvelope(Envelope envelope, InputStream content) {

    private static final Set<String> OF_ADDRESSES =
            Set.of(
                    "from",
                    "sender",
                    "reply-to",
                    "to",
                    "cc",
                    "resent-from",
                    "resent-sender",
                    "resent-to",
                    "resent-cc");

    static MimeEnvelope read(InputStream body, @Nullable String from, List<String> to)
            throws IOException {
        var buffered = new BufferedInputStream(body);
        return switch (HeaderAhead.read(buffered)) {
            case Read.Known(var header, var octets) ->
                    new MimeEnvelope(
                            envelope(
                                    from == null ? author(header) : reversePath(from),
                                    to.isEmpty() ? recipients(header) : forwardPaths(to),
                                    needsUtf8(header)),
                            new SequenceInputStream(new ByteArrayInputStream(octets), buffered));
            // Over SMTP the rest would be body. Here it may have been meant to name recipients, or
            // to be kept from them.
            case Read.NoField(int number) ->
                    throw new Problem(
                            422,
                            "The message was not taken",
                            "Line "
                                    + number
                                    + " is no header field: it has no name with a colon behind it."
                                    + " An empty line stands before the body.");
            case Read.TooLarge() ->
                    throw new Problem(
                            413, "Too large", "The header section is larger than 256 kB.");
        };
    }

    private static Envelope envelope(Optional<Address> from, List<Address> to, boolean utf8) {
        if (to.isEmpty())
            throw Problem.unusable(
                    "to",
                    "The message has no recipient: name them in ?to= or in To, Cc or Bcc; in"
                            + " Resent-To, Resent-Cc or Resent-Bcc if it was resent.");
        return new Envelope(from, to, Envelope.Body.SEVEN_BIT, utf8);
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

    private static Optional<Address> author(HeaderSection header) {
        for (var name : EnvelopeFields.authors(header::has)) {
            var found = addresses(header, name, "from");
            if (!found.isEmpty()) return Optional.of(found.getFirst());
        }
        return Optional.empty();
    }

    private static List<Address> recipients(HeaderSection header) {
        var found = new ArrayList<Address>();
        for (var name : EnvelopeFields.recipients(header::has))
            found.addAll(addresses(header, name, "to"));
        return found;
    }

    private static List<Address> addresses(HeaderSection header, String name, String blamed) {
        var found = new ArrayList<Address>();
        for (var field : header.fields(name)) {
            try {
                for (var one : mailboxes(header.value(field), true)) found.add(Address.of(one));
            } catch (AddressException | IllegalArgumentException unreadable) {
                throw Problem.unusable(
                        blamed,
                        "The header field "
                                + header.nameAsWritten(field)
                                + " holds no readable addresses.");
            }
        }
        return found;
    }

    // RFC 6531 §3.4. Names and subjects beyond ASCII leave as they came, as they do over SMTP:
    // many programs write them so, and few servers mind.
    private static boolean needsUtf8(HeaderSection header) {
        for (var field : header.fields())
            if (OF_ADDRESSES.contains(field.name()) && !isWrittenInAscii(header.value(field)))
                return true;
        return false;
    }

    private static boolean isWrittenInAscii(String list) {
        if (Text.isAscii(list)) return true;
        try {
            return mailboxes(list, false).stream().allMatch(Text::isAscii);
        } catch (AddressException unreadable) {
            return false;
        }
    }

    private static List<String> mailboxes(String list, boolean strict) throws AddressException {
        var found = new ArrayList<String>();
        for (var one : InternetAddress.parse(list, strict)) {
            if (one.isGroup())
                for (var member : one.getGroup(strict)) found.add(member.getAddress());
            else found.add(one.getAddress());
        }
        return found;
    }
}
