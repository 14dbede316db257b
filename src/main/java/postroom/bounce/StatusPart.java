package postroom.bounce;

import postroom.mail.Address;
import postroom.mail.EnhancedStatus;
import postroom.mail.ReportWish;
import postroom.mail.Xtext;
import postroom.queue.OwedReport;
import postroom.queue.OwedReport.Line;
import postroom.service.Service;
import postroom.service.Services;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The part of a report that is for programs: `message/delivery-status` (RFC 3464 §2), in ASCII.
final class StatusPart {

    private static final Pattern REPLY = Pattern.compile("([245])\\d\\d(?: (.*))?");
    private static final int LONGEST_DIAGNOSTIC = 1_000;
    private static final int FOLD = 76;

    private final String hostname;
    private final Services services;

    StatusPart(String hostname, Services services) {
        this.hostname = hostname;
        this.services = services;
    }

    String of(OwedReport report) {
        var text = new StringBuilder();
        field(text, "Reporting-MTA", "dns; " + hostname);
        report.envelopeId().ifPresent(it -> field(text, "Original-Envelope-Id", it));
        field(text, "Arrival-Date", ReportMail.date(report.acceptedAt()));
        for (var line : report.lines()) {
            text.append("\r\n");
            recipient(text, report, line);
        }
        return text.toString();
    }

    private void recipient(StringBuilder text, OwedReport report, Line line) {
        line.originalRecipient().ifPresent(it -> field(text, "Original-Recipient", original(it)));
        field(text, "Final-Recipient", address(line.address()));
        field(text, "Action", line.action().name().toLowerCase(Locale.ROOT));
        field(text, "Status", status(line));
        if (isReply(line)) remote(line).ifPresent(it -> field(text, "Remote-MTA", "dns; " + it));
        line.diagnostic()
                .ifPresent(it ->
                        field(
                                text,
                                "Diagnostic-Code",
                                (isReply(line) ? "smtp; " : "x-postroom; ")
                                        + ReportMail.printable(it, LONGEST_DIAGNOSTIC)));
        line.lastAttempt().ifPresent(it -> field(text, "Last-Attempt-Date", ReportMail.date(it)));
        field(text, "Final-Log-ID", report.id().toString());
        line.triedUntil().ifPresent(it -> field(text, "Will-Retry-Until", ReportMail.date(it)));
    }

    private static boolean isReply(Line line) {
        return line.diagnostic().filter(it -> REPLY.matcher(it).matches()).isPresent();
    }

    private Optional<String> remote(Line line) {
        return services.byId(line.service())
                .filter(it -> it.transport() == Service.TransportKind.SMTP)
                .map(it -> ReportMail.printable(it.smtp().host(), 255))
                .filter(host -> !host.isEmpty());
    }

    /// The far side's own, where it says what the action says: too old is 4.4.7 (RFC 3463 §3.5),
    /// whatever was said last.
    static String status(Line line) {
        var said =
                line.diagnostic()
                        .map(REPLY::matcher)
                        .filter(it -> it.matches() && it.group(2) != null)
                        .flatMap(it -> EnhancedStatus.parse(it.group(2)));
        return switch (line.action()) {
            case FAILED ->
                    line.reason().equals("refused")
                            ? said.filter(it -> it.statusClass() != 2)
                                    .map(EnhancedStatus::toString)
                                    .orElse("5.0.0")
                            : "4.4.7";
            case DELAYED -> ofClass(said, 4);
            case RELAYED -> ofClass(said, 2);
        };
    }

    private static String ofClass(Optional<EnhancedStatus> said, int statusClass) {
        return said.filter(it -> it.statusClass() == statusClass)
                .map(EnhancedStatus::toString)
                .orElse(statusClass + ".0.0");
    }

    // RFC 6533 §3: a local part that is not ASCII has an address type of its own
    private static String address(Address address) {
        var ascii = address.withAsciiDomain();
        return ascii.isAscii()
                ? "rfc822; " + ascii
                : "utf-8; " + Xtext.encodeInternational(address.toString());
    }

    private static String original(String original) {
        int address = original.indexOf(';') + 1;
        var text = original.substring(address);
        boolean ascii = text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        return original.substring(0, address)
                + " "
                + (ascii && !original.startsWith("utf-8;")
                        ? text
                        : ReportWish.originalRecipientParameter(original).substring(address));
    }

    /// Folded where there are blanks (RFC 3464 §2.1.1).
    private static void field(StringBuilder text, String name, String value) {
        text.append(name).append(':');
        int column = name.length() + 1;
        for (var word : value.split(" ", -1)) {
            boolean folds = column + 1 + word.length() > FOLD && column > name.length() + 1;
            text.append(folds ? "\r\n " : " ").append(word);
            column = (folds ? 1 : column + 1) + word.length();
        }
        text.append("\r\n");
    }
}
