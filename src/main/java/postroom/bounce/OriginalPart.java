package postroom.bounce;

import postroom.mail.Content;
import postroom.mail.ReportRequest.Returned;
import postroom.queue.OwedReport;
import postroom.queue.OwedReport.Action;
import postroom.queue.OwedReport.Line;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/// What comes back of the message itself: its header section, or all of it where the client said
/// `RET=FULL`, it failed for another reason than its size, and it is not too large (RFC 3461 §4.3
/// leaves that to us).
record OriginalPart(String type, String encoding, byte[] octets) {

    static final int LARGEST = 256 * 1024;
    private static final int LONGEST_LINE = 998; // RFC 5322 §2.1.1

    private static final Set<String> SIZE_STATUS = Set.of("5.2.3", "5.3.4"); // RFC 3463 §3.3, §3.4

    /// What the catalog calls a refusal for size where no enhanced status says so.
    static final Set<String> SIZE_ADVICE =
            Set.of(
                    "smtp-size-exceeds-advertised",
                    "smtp-552",
                    "graph-message-size",
                    "graph-too-large",
                    "gapi-too-large");

    /// Empty where the content is not kept any more, or not even its header section has room.
    ///
    /// @param room octets that the report may still have
    static Optional<OriginalPart> of(OwedReport report, long room) {
        if (report.content().isEmpty()) return Optional.empty();
        try {
            return of(report, report.content().get(), room)
                    .filter(part -> part.octets().length <= room);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    boolean isEightBit() {
        return encoding.equals("8bit");
    }

    private static Optional<OriginalPart> of(OwedReport report, Content content, long room)
            throws IOException {
        var failed = report.lines().stream().filter(it -> it.action() == Action.FAILED).toList();
        boolean whole =
                report.returned().filter(Returned.FULL::equals).isPresent()
                        && content.size() <= Math.min(LARGEST, room)
                        && !failed.isEmpty()
                        && failed.stream().noneMatch(OriginalPart::isForSize);
        var header = read(content, true);
        // RFC 6532 §3.7: what has a header section beyond ASCII is no message/rfc822
        if (whole && isAscii(header)) {
            var octets = read(content, false);
            // RFC 2046 §5.2.1: a message within a message is not encoded
            if (hasShortLines(octets))
                return Optional.of(
                        new OriginalPart(
                                "message/rfc822", isAscii(octets) ? "7bit" : "8bit", octets));
        }
        if (header.length == 0) return Optional.empty();
        return Optional.of(
                isAscii(header) && hasShortLines(header)
                        ? new OriginalPart("text/rfc822-headers", "7bit", header)
                        : new OriginalPart(
                                "text/rfc822-headers; charset=utf-8",
                                "base64",
                                ReportMail.base64(header)));
    }

    // The way back is often no wider than the way there.
    private static boolean isForSize(Line failed) {
        return SIZE_STATUS.contains(StatusPart.status(failed))
                || failed.advice().filter(SIZE_ADVICE::contains).isPresent();
    }

    /// Whole lines.
    private static byte[] read(Content content, boolean onlyHeader) throws IOException {
        var octets = new ByteArrayOutputStream(4096);
        int endOfLines = 0;
        try (var in = content.open();
                var buffered = new java.io.BufferedInputStream(in)) {
            for (int octet = buffered.read();
                    octet >= 0 && octets.size() < LARGEST;
                    octet = buffered.read()) {
                octets.write(octet);
                if (octet != '\n') continue;
                if (onlyHeader && octets.size() - endOfLines <= 2) break;
                endOfLines = octets.size();
            }
        }
        var all = octets.toByteArray();
        return onlyHeader ? java.util.Arrays.copyOf(all, endOfLines) : all;
    }

    private static boolean isAscii(byte[] octets) {
        for (byte octet : octets) if (octet < 0) return false;
        return true;
    }

    private static boolean hasShortLines(byte[] octets) {
        int length = 0;
        for (byte octet : octets) {
            length = octet == '\n' ? 0 : length + 1;
            if (length > LONGEST_LINE + 1) return false; // and its CR
        }
        return true;
    }
}
