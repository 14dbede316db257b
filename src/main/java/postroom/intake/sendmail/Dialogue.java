package postroom.intake.sendmail;

import postroom.mail.Address;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// SMTP on standard input and output (`-bs`), for programs that speak it to a local command. Each
/// message goes into the drop directory before its `250`.
///
/// Callers end lines with CRLF or with LF; whichever the first command used is the one that ends
/// the content, so that the other kind cannot smuggle in a second message.
final class Dialogue {

    private final LineReader lines;
    private final PrintStream out;
    private final Identity identity;
    private final int maxRecipients;
    private final DropWriter writer;

    private boolean callerUsesCrlf;
    private boolean afterProperLineEnd;
    private boolean mailGiven;
    private Optional<Address> reversePath = Optional.empty();
    private final List<Address> recipients = new ArrayList<>();

    Dialogue(
            InputStream in,
            PrintStream out,
            Identity identity,
            int maxRecipients,
            DropWriter writer) {
        this.lines = new LineReader(in);
        this.out = out;
        this.identity = identity;
        this.maxRecipients = maxRecipients;
        this.writer = writer;
    }

    void run() throws IOException {
        say("220 " + identity.host() + " ESMTP Postroom");
        boolean first = true;
        while (lines.next()) {
            if (!lines.lineEnds()) {
                skipRestOfLine();
                say("500 5.5.2 That line is too long");
                continue;
            }
            if (first) callerUsesCrlf = lines.endedWithCrlf();
            first = false;
            if (!answer(new String(lines.piece(), 0, lines.length(), StandardCharsets.UTF_8)))
                return;
        }
    }

    /// False when the caller said goodbye.
    private boolean answer(String line) throws IOException {
        int space = line.indexOf(' ');
        var verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
        switch (verb) {
            case "EHLO" -> greet();
            case "HELO" -> {
                reset();
                say("250 " + identity.host());
            }
            case "MAIL" -> mail(line);
            case "RCPT" -> rcpt(line);
            case "DATA" -> data();
            case "RSET" -> {
                reset();
                say("250 2.0.0 Ok");
            }
            case "NOOP" -> say("250 2.0.0 Ok");
            case "VRFY" -> say("252 2.5.0 Send it and see");
            case "QUIT" -> {
                say("221 2.0.0 Bye");
                return false;
            }
            default -> say("500 5.5.2 That is not a command here");
        }
        return true;
    }

    private void greet() {
        reset();
        say("250-" + identity.host());
        say("250-8BITMIME");
        say("250-SMTPUTF8");
        say("250-PIPELINING");
        say("250 ENHANCEDSTATUSCODES");
    }

    private void mail(String line) {
        if (mailGiven) {
            say("503 5.5.1 MAIL was given already");
            return;
        }
        var path = path(line, "MAIL FROM:");
        if (path.isEmpty()) {
            say("501 5.5.4 Say it as MAIL FROM:<address>");
            return;
        }
        try {
            reversePath = identity.reversePath(path.get());
            mailGiven = true;
            say("250 2.1.0 Ok");
        } catch (Sysexit notAnAddress) {
            say("553 5.1.7 " + notAnAddress.getMessage());
        }
    }

    private void rcpt(String line) {
        if (!mailGiven) {
            say("503 5.5.1 MAIL comes first");
            return;
        }
        if (recipients.size() >= maxRecipients) {
            say("452 4.5.3 Too many recipients; at most " + maxRecipients);
            return;
        }
        var path = path(line, "RCPT TO:");
        if (path.isEmpty() || path.get().isEmpty()) {
            say("501 5.5.4 Say it as RCPT TO:<address>");
            return;
        }
        try {
            recipients.add(identity.address(path.get(), Sysexit.USAGE));
            say("250 2.1.5 Ok");
        } catch (Sysexit notAnAddress) {
            say("553 5.1.3 " + notAnAddress.getMessage());
        }
    }

    private void data() throws IOException {
        if (recipients.isEmpty()) {
            say("503 5.5.1 RCPT comes first");
            return;
        }
        say("354 End with a dot on a line of its own");
        boolean[] ended = {false};
        try {
            writer.write(
                    reversePath,
                    recipients,
                    Asked.NOTHING,
                    identity.user(),
                    sink -> ended[0] = copyContent(sink));
            say("250 2.0.0 left for Postroom to send");
        } catch (Sysexit notTaken) {
            if (!ended[0]) skipContent();
            var code = notTaken.code() == Sysexit.TEMPFAIL ? "451 4.3.0 " : "552 5.3.4 ";
            say(code + notTaken.getMessage());
        }
        reset();
    }

    private boolean copyContent(DropWriter.Sink sink) throws IOException, Sysexit {
        boolean startOfLine = true;
        afterProperLineEnd = true;
        while (lines.next()) {
            if (startOfLine && endsContent()) return true;
            int stuffed = startOfLine && lines.length() > 0 && lines.piece()[0] == '.' ? 1 : 0;
            sink.write(lines.piece(), stuffed, lines.length() - stuffed);
            startOfLine = lines.lineEnds();
            if (startOfLine) sink.endLine();
        }
        throw new Sysexit(Sysexit.TEMPFAIL, "the caller left before the end of the message");
    }

    private void skipContent() throws IOException {
        boolean startOfLine = true;
        afterProperLineEnd = true;
        while (lines.next()) {
            if (startOfLine && endsContent()) return;
            startOfLine = lines.lineEnds();
        }
    }

    private boolean endsContent() {
        boolean afterAnother = afterProperLineEnd;
        afterProperLineEnd = lines.endedWithCrlf() == callerUsesCrlf;
        return afterAnother && afterProperLineEnd && lines.isLoneDot();
    }

    private void skipRestOfLine() throws IOException {
        while (!lines.lineEnds() && lines.next()) {
            // nothing of it is wanted
        }
    }

    /// What stands between the angle brackets; parameters behind them change nothing here.
    private static Optional<String> path(String line, String prefix) {
        if (!line.regionMatches(true, 0, prefix, 0, prefix.length())) return Optional.empty();
        var rest = line.substring(prefix.length()).strip();
        int end = rest.lastIndexOf('>');
        if (!rest.startsWith("<") || end < 0) return Optional.empty();
        return Optional.of(rest.substring(1, end));
    }

    private void reset() {
        mailGiven = false;
        reversePath = Optional.empty();
        recipients.clear();
    }

    private void say(String line) {
        out.print(CommandLine.printable(line) + "\r\n");
        out.flush();
    }
}
