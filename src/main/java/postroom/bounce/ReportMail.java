package postroom.bounce;

import postroom.catalog.Catalog;
import postroom.config.PostroomSettings.ReportReversePath;
import postroom.mail.Address;
import postroom.mail.EncodedWords;
import postroom.mail.Envelope;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.ReportRequest;
import postroom.mail.ReportWish;
import postroom.queue.NewMessage;
import postroom.queue.OwedReport;
import postroom.queue.Queue;
import postroom.queue.Spool;
import postroom.service.Service;
import postroom.service.Services;
import postroom.service.Usage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Makes a report a message for the queue: `multipart/report` (RFC 6522) with a text for people, a
/// part for programs (RFC 3464), and what the message looked like.
final class ReportMail {

    static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    /// More than header section and boundaries take, with what servers on the way put in front.
    private static final int FRAME = 8 * 1024;

    private static final Base64.Encoder BASE64 =
            Base64.getMimeEncoder(76, "\r\n".getBytes(StandardCharsets.US_ASCII));

    private final Queue queue;
    private final Spool spool;
    private final ReportWording wording;
    private final StatusPart status;
    private final Style style;
    private final InstantSource clock;

    /// @param hostname what we call ourselves
    record Style(String hostname, ReportReversePath reversePath) {}

    ReportMail(
            Queue queue,
            Spool spool,
            Catalog catalog,
            Services services,
            Style style,
            InstantSource clock) {
        this.queue = queue;
        this.spool = spool;
        this.wording = new ReportWording(catalog, style.hostname());
        this.status = new StatusPart(style.hostname(), services);
        this.style = style;
        this.clock = clock;
    }

    NewMessage of(OwedReport report, Service carrier) {
        var from = carrier.from().address().withAsciiDomain();
        var to = report.reversePath().withAsciiDomain();
        var id = queue.newId();
        var messageId = "<" + id + "@" + from.domain() + ">";
        var subject = ReportWording.subject(report);
        var text = utf8(text(id, wording.of(report)));
        var fields = utf8(status.of(report));
        long most = carrier.limits().messageSize().orElse(Long.MAX_VALUE);
        var original = OriginalPart.of(report, most - text.length - fields.length - FRAME);
        var content = spool.draft();
        try {
            content.write(utf8(header(from, to, messageId, subject, report)));
            content.write(utf8(opening(id, original)));
            content.write(text);
            content.write(utf8(part(id, "message/delivery-status", "7bit")));
            content.write(fields);
            if (original.isPresent()) {
                content.write(utf8(part(id, original.get().type(), original.get().encoding())));
                content.write(original.get().octets());
            }
            content.write(utf8("\r\n--" + boundary(id) + "--\r\n"));
        } catch (IOException notKept) {
            content.discard();
            throw new UncheckedIOException(notKept);
        }
        return new NewMessage(
                id,
                OptionalLong.empty(),
                NewMessage.REPORT,
                "postroom",
                envelope(from, to, original),
                from.toString(),
                subject,
                messageId,
                Usage.TRANSACTIONAL,
                List.of(),
                Map.of("about", report.id().toString()),
                carrier.id(),
                Optional.empty(),
                content);
    }

    // RFC 3464 §2 wants the null reverse-path. Submission servers of the large providers take none
    // but the mailbox that signed in, so that is what the owner gets unless the settings say
    // otherwise; whoever understands RFC 3461 is told never to answer it.
    private Envelope envelope(Address from, Address to, Optional<OriginalPart> original) {
        boolean international = !from.isAscii() || !to.isAscii();
        boolean eightBit = original.filter(OriginalPart::isEightBit).isPresent();
        var body = international || eightBit ? Body.EIGHT_BIT : Body.SEVEN_BIT;
        return switch (style.reversePath()) {
            case EMPTY -> new Envelope(Optional.empty(), List.of(to), body, international);
            case SERVICE ->
                    new Envelope(
                            Optional.of(from),
                            List.of(to),
                            body,
                            international,
                            new ReportRequest(
                                    Optional.empty(),
                                    Optional.empty(),
                                    Map.of(to, ReportWish.NEVER)));
        };
    }

    private String header(
            Address from, Address to, String messageId, String subject, OwedReport report) {
        var original = printable(report.messageId(), 900);
        // RFC 3834 §5: nobody answers this automatically; the X- field says so to Exchange.
        return """
        From: Postroom <%s>
        To: <%s>
        Subject: %s
        Date: %s
        Message-ID: %s
        In-Reply-To: %s
        References: %s
        Auto-Submitted: auto-replied
        X-Auto-Response-Suppress: All
        MIME-Version: 1.0
        """
                .formatted(
                        from,
                        to,
                        EncodedWords.encode(subject),
                        date(clock.instant()),
                        messageId,
                        original,
                        original)
                .replaceAll("\r?\n", "\r\n");
    }

    // RFC 2045 §6.4: a multipart is as wide as the widest of its parts, and says so.
    private static String opening(QueueId id, Optional<OriginalPart> original) {
        boolean eightBit = original.filter(OriginalPart::isEightBit).isPresent();
        return """
        Content-Type: multipart/report; report-type=delivery-status;
         boundary="%s"
        %s
        This is a report in the format of RFC 3464.
        """
                .formatted(boundary(id), eightBit ? "Content-Transfer-Encoding: 8bit\n" : "")
                .replaceAll("\r?\n", "\r\n");
    }

    private static String text(QueueId id, String text) {
        boolean plain = text.chars().allMatch(c -> c < 0x7f) && hasShortLines(text);
        var octets = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        return part(id, "text/plain; charset=utf-8", plain ? "7bit" : "base64")
                + (plain
                        ? new String(octets, StandardCharsets.US_ASCII)
                        : BASE64.encodeToString(octets) + "\r\n");
    }

    private static String part(QueueId id, String type, String encoding) {
        return "\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n"
                .formatted(boundary(id), type, encoding);
    }

    // No text of others holds the name of a message that is only now coming to be.
    private static String boundary(QueueId id) {
        return "=_postroom_" + id;
    }

    static String date(Instant time) {
        return DATE.format(time);
    }

    static byte[] base64(byte[] octets) {
        return BASE64.encode(octets);
    }

    /// One line of ASCII, fit for a field.
    static String printable(String text, int most) {
        var clean = text.strip().replaceAll("[^\\x20-\\x7e]+", "?");
        return clean.length() <= most ? clean : clean.substring(0, most) + "...";
    }

    private static boolean hasShortLines(String text) {
        return text.lines().allMatch(line -> line.length() <= 900);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
