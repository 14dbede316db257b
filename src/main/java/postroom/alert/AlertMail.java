package postroom.alert;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.EncodedWords;
import postroom.mail.Envelope;
import postroom.mail.Envelope.Body;
import postroom.queue.MessageRow;
import postroom.queue.NewMessage;
import postroom.queue.Queue;
import postroom.queue.Spool;
import postroom.service.Service;
import postroom.service.Usage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// Makes a letter a message for the queue, like any other but for its door.
final class AlertMail {

    private static final Base64.Encoder BASE64 =
            Base64.getMimeEncoder(76, "\r\n".getBytes(StandardCharsets.US_ASCII));

    private final Queue queue;
    private final Spool spool;
    private final List<Address> to;
    private final InstantSource clock;

    AlertMail(Queue queue, Spool spool, List<Address> to, InstantSource clock) {
        this.queue = queue;
        this.spool = spool;
        this.to = to.stream().map(Address::withAsciiDomain).toList();
        this.clock = clock;
    }

    /// False where nobody wants any.
    boolean isWanted() {
        return !to.isEmpty();
    }

    /// @param carrier the service it leaves through
    /// @param answers the Message-ID of an earlier mail about the same
    NewMessage of(Service carrier, String subject, String text, Optional<String> answers) {
        var from = carrier.from().address().withAsciiDomain();
        var id = queue.newId();
        var messageId = "<" + id + "@" + from.domain() + ">";
        boolean ascii = from.isAscii() && to.stream().allMatch(Address::isAscii);
        var envelope =
                new Envelope(
                        Optional.of(from), to, ascii ? Body.SEVEN_BIT : Body.EIGHT_BIT, !ascii);
        var content = spool.draft();
        try {
            content.write(
                    (header(from, messageId, subject, answers) + body(text))
                            .getBytes(StandardCharsets.UTF_8));
        } catch (IOException notKept) {
            throw new UncheckedIOException(notKept);
        }
        return new NewMessage(
                id,
                OptionalLong.empty(),
                NewMessage.ALERT,
                "postroom",
                envelope,
                from.toString(),
                subject,
                messageId,
                Usage.TRANSACTIONAL,
                List.of(),
                Map.of(),
                carrier.id(),
                Optional.empty(),
                content);
    }

    /// The same mail once more, from another service, to those who have not got it.
    NewMessage again(Service carrier, MessageRow mail, Content content, List<Address> left)
            throws IOException {
        var from = carrier.from().address().withAsciiDomain();
        boolean ascii = from.isAscii() && left.stream().allMatch(Address::isAscii);
        var envelope =
                new Envelope(
                        Optional.of(from), left, ascii ? Body.SEVEN_BIT : Body.EIGHT_BIT, !ascii);
        var octets = new ByteArrayOutputStream();
        content.writeTo(octets);
        var text = octets.toString(StandardCharsets.UTF_8);
        var rest = text.substring(text.indexOf("\r\n")); // From is the first line
        var draft = spool.draft();
        draft.write((from(from) + rest).getBytes(StandardCharsets.UTF_8));
        return new NewMessage(
                queue.newId(),
                OptionalLong.empty(),
                NewMessage.ALERT,
                "postroom",
                envelope,
                from.toString(),
                mail.subject(),
                mail.messageId(),
                Usage.TRANSACTIONAL,
                List.of(),
                Map.of(),
                carrier.id(),
                Optional.empty(),
                draft);
    }

    private static String from(Address from) {
        return "From: Postroom <" + from + ">";
    }

    private String header(
            Address from, String messageId, String subject, Optional<String> answers) {
        var earlier =
                answers.map(it -> "In-Reply-To: %s\r\nReferences: %s\r\n".formatted(it, it))
                        .orElse("");
        // RFC 3834 §5: nobody answers this automatically.
        return """
        %s
        To: %s
        Subject: %s
        Date: %s
        Message-ID: %s
        """
                        .formatted(
                                from(from),
                                to.stream()
                                        .map(it -> "<" + it + ">")
                                        .collect(Collectors.joining(",\n ")),
                                EncodedWords.encode(subject.replaceAll("\\p{Cntrl}", " ")),
                                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        clock.instant().atOffset(ZoneOffset.UTC)),
                                messageId)
                        .replaceAll("\r?\n", "\r\n")
                + earlier
                + "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    }

    // Always seven bits, so that any server takes it.
    private static String body(String text) {
        boolean ascii = text.chars().allMatch(c -> c < 0x7f);
        var octets = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
                + (ascii ? "7bit" : "base64")
                + "\r\n\r\n"
                + (ascii
                        ? new String(octets, StandardCharsets.US_ASCII)
                        : BASE64.encodeToString(octets) + "\r\n");
    }
}
