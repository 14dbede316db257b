package postroom.intake;

import postroom.intake.Examination.Finding.Fit;
import postroom.mail.QueueId;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Writes the header section of a message we take: our `Received` on top, the fields as they came
/// without those that are nobody else's business, and at the end what was missing.
final class AcceptedHeader {

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private final IntakeSettings settings;

    AcceptedHeader(IntakeSettings settings) {
        this.settings = settings;
    }

    void write(
            OutputStream out,
            byte[] octets,
            HeaderSection header,
            Submission submission,
            Fit fit,
            QueueId id,
            String messageId,
            Instant now)
            throws IOException {
        var date = DATE.format(now);
        write(out, received(submission, id, date));

        int kept = -1; // start of a run of fields that stay
        int end = 0;
        for (var field : header.fields()) {
            if (leaves(header, field)) {
                if (kept < 0) kept = field.start();
                end = field.end();
            } else if (kept >= 0) {
                out.write(octets, kept, end - kept);
                kept = -1;
            }
        }
        if (kept >= 0) out.write(octets, kept, end - kept);

        if (fit.needsFrom()) write(out, "From: " + fit.service().from().mailbox() + "\r\n");
        if (isMissing(header, "message-id")) write(out, "Message-ID: " + messageId + "\r\n");
        if (isMissing(header, "date")) write(out, "Date: " + date + "\r\n");
    }

    // RFC 5321 §4.4. The client's address stays in, as submission servers do, so that a provider's
    // abuse desk can follow the trace; the credential's name does not.
    private String received(Submission submission, QueueId id, String date) {
        var origin = submission.origin();
        var line = new StringBuilder("Received: ");
        if (origin.address().isPresent()) {
            var address = origin.address().get();
            var literal =
                    (address instanceof Inet6Address ? "IPv6:" : "") + address.getHostAddress();
            line.append("from ");
            if (origin.greetedAs().isPresent())
                line.append(ascii(origin.greetedAs().get()))
                        .append(" ([")
                        .append(literal)
                        .append("])");
            else line.append('[').append(literal).append(']');
            line.append("\r\n\t");
        }
        line.append("by ").append(settings.hostname()).append(" (Postroom)");
        origin.protocol().ifPresent(word -> line.append(" with ").append(word));
        return line.append(" id ")
                .append(id)
                .append(";\r\n\t")
                .append(date)
                .append("\r\n")
                .toString();
    }

    // a device may be called Büro; the header section need not be UTF-8 for that
    private static String ascii(String name) {
        return name.replaceAll("[^\\x21-\\x7e]", "?");
    }

    // Bcc: the envelope decides who receives, and nobody else shall read it (RFC 5322 §3.6.3).
    // An empty Message-ID, Date or From is as good as none, and two of them would be worse.
    private static boolean leaves(HeaderSection header, HeaderSection.Field field) {
        return switch (field.name()) {
            case "bcc", "resent-bcc" -> false;
            case "message-id", "date", "from" -> !header.value(field).isEmpty();
            default -> !field.name().startsWith(PostroomFields.PREFIX);
        };
    }

    private static boolean isMissing(HeaderSection header, String name) {
        for (var field : header.fields(name)) if (!header.value(field).isEmpty()) return false;
        return true;
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
