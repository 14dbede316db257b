package postroom.intake.sendmail;

import postroom.config.DataDirectory;
import postroom.config.Key;
import postroom.config.Quantities;
import postroom.intake.EnvelopeFields;
import postroom.mail.Address;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The `sendmail` command. It reads one message, works out who gets it, and leaves it in the drop
/// directory; whether the server runs makes no difference. Nothing but the JDK is loaded.
public final class Sendmail {

    private final CommandLine command;
    private final InstantSource clock;
    private final Identity identity;
    private final int maxRecipients;
    private final DropWriter writer;

    private Sendmail(CommandLine command, Map<String, String> environment, InstantSource clock)
            throws Sysexit {
        this.command = command;
        this.clock = clock;
        var directory = DataDirectory.find(command.data, command.config, environment);
        var host = directory.glance(Key.HOSTNAME, environment);
        this.identity =
                new Identity(
                        System.getProperty("user.name", "nobody"),
                        host.isEmpty() ? DataDirectory.machineName() : host);
        this.maxRecipients = (int) number(directory, Key.MAX_RECIPIENTS, environment);
        this.writer =
                new DropWriter(
                        dataPath(directory, environment).resolve("drop"),
                        number(directory, Key.MAX_SIZE, environment),
                        clock);
    }

    /// Runs the command and returns its exit code: 0, or one of `sysexits.h` after one sentence on
    /// `err`.
    public static int run(
            String[] arguments,
            InputStream in,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            InstantSource clock) {
        try {
            var command = CommandLine.read(arguments);
            if (command.help) out.print(Help.TEXT);
            if (command.help || command.nothingToDo) return Sysexit.OK;
            var sendmail = new Sendmail(command, environment, clock);
            if (command.dialogue) sendmail.converse(in, out);
            else sendmail.takeOne(in);
            return Sysexit.OK;
        } catch (Sysexit notTaken) {
            err.println("sendmail: " + notTaken.getMessage() + ".");
            return notTaken.code();
        } catch (IOException unreadable) {
            err.println("sendmail: the message cannot be read: " + unreadable.getMessage() + ".");
            return Sysexit.IOERR;
        } catch (RuntimeException bug) {
            err.println("sendmail: this should not have happened, please report it: " + bug);
            return Sysexit.SOFTWARE;
        }
    }

    private void converse(InputStream in, PrintStream out) throws IOException, Sysexit {
        new Dialogue(in, out, identity, maxRecipients, writer).run();
    }

    private void takeOne(InputStream in) throws IOException, Sysexit {
        var recipients = new ArrayList<Address>();
        for (var text : command.recipients) {
            Identity.refuseControls(text);
            for (var mailbox : AddressList.read(text))
                recipients.add(identity.address(mailbox, Sysexit.USAGE));
        }
        if (recipients.isEmpty() && !command.recipientsFromHeader)
            throw new Sysexit(Sysexit.USAGE, "nobody to send to: name a recipient, or use -t");
        var lines = new LineReader(in);
        var header = HeaderSection.read(lines, command.dotIsContent);
        if (command.recipientsFromHeader) takeRecipients(header, recipients);
        if (recipients.size() > maxRecipients)
            throw new Sysexit(
                    Sysexit.DATAERR,
                    recipients.size() + " recipients; message.max-recipients is " + maxRecipients);
        var reversePath = reversePath(header);
        complete(header);
        writer.write(
                reversePath,
                recipients,
                command.asked,
                identity.user(),
                sink -> {
                    var octets = header.octets();
                    sink.write(octets, octets.length);
                    if (header.bodyFollows() && !header.endedByDot()) copyBody(lines, header, sink);
                });
    }

    private void takeRecipients(HeaderSection header, List<Address> recipients) throws Sysexit {
        for (var name : EnvelopeFields.recipients(header::has))
            for (var mailbox : header.addresses(name))
                recipients.add(identity.address(mailbox, Sysexit.DATAERR));
        header.remove("bcc");
        header.remove("resent-bcc");
        if (recipients.isEmpty())
            throw new Sysexit(Sysexit.DATAERR, "nobody to send to: no address in To, Cc or Bcc");
    }

    /// `-f`; else the author, whose provider will accept no other; else the user on this machine.
    private Optional<Address> reversePath(HeaderSection header) throws Sysexit {
        if (command.reversePathGiven) return identity.reversePath(command.reversePath);
        var from = header.addresses("from");
        return Optional.of(
                from.isEmpty()
                        ? identity.own()
                        : identity.address(from.getFirst(), Sysexit.DATAERR));
    }

    // An empty field is as good as none: the server would drop it, and write an author of its own.
    private void complete(HeaderSection header) throws Sysexit {
        header.removeEmpty("date");
        header.removeEmpty("from");
        if (!header.has("date")) header.add("Date", Identity.date(clock.instant()));
        if (!header.has("from")) {
            var author =
                    command.reversePathGiven
                            ? identity.reversePath(command.reversePath).orElse(identity.own())
                            : identity.own();
            header.add("From", Identity.mailbox(command.fullName, author));
        }
    }

    private void copyBody(LineReader lines, HeaderSection header, DropWriter.Sink sink)
            throws IOException, Sysexit {
        boolean startOfLine = true;
        boolean pending = header.firstBodyLineRead();
        while (pending || lines.next()) {
            pending = false;
            if (startOfLine && !command.dotIsContent && lines.isLoneDot()) return;
            sink.write(lines.piece(), lines.length());
            startOfLine = lines.lineEnds();
            if (startOfLine) sink.endLine();
        }
        if (!startOfLine) sink.endLine();
    }

    private static long number(DataDirectory directory, Key key, Map<String, String> environment) {
        try {
            return Quantities.size(directory.glance(key, environment));
        } catch (NumberFormatException | ArithmeticException serverWillComplain) {
            return Quantities.size(key.defaultText());
        }
    }

    /// A caller such as cron runs anywhere, so where nobody named a directory, the one beside the
    /// launcher will do; a new one is not made in a place where no server would look for it.
    private static Path dataPath(DataDirectory directory, Map<String, String> environment)
            throws Sysexit {
        if (directory.named() || Files.isDirectory(directory.path())) return directory.path();
        var home = Path.of(environment.getOrDefault("POSTROOM_HOME", ""));
        var beside = home.resolve("data");
        if (Files.isDirectory(beside)) return beside;
        if (home.toAbsolutePath().normalize().equals(Path.of("").toAbsolutePath())) return beside;
        throw new Sysexit(
                Sysexit.TEMPFAIL,
                "there is no data directory here; name Postroom's with POSTROOM_DATA");
    }

    /// Kept apart, so that it is loaded for whoever asks for it.
    private static final class Help {
        static final String TEXT =
                """
                Usage: postroom sendmail [-t] [-i] [-f ADDRESS] [-F NAME] [-bs] [ADDRESS...]

                Reads a message and leaves it for Postroom to send, whether the server runs or not.

                  -t            take recipients from To, Cc and Bcc; Bcc is removed
                  -i, -oi       a line with a single dot does not end the message
                  -f, -r ADDR   the reverse-path, where reports go; '' or '<>' for none
                  -F NAME       your name, where the message has no From
                  -N WHEN       report never, or success,failure,delay; without it: failure and delay
                  -R full|hdrs  how much of the message a report brings back
                  -V ID         what a report calls the message, as Original-Envelope-Id
                  -bs           speak SMTP on standard input and output
                  --data DIR    Postroom's data directory (or POSTROOM_DATA)
                  --config FILE the settings file that names it
                  --            what follows are recipients
                  -h, --help    this text

                Other options of sendmail are taken and ignored. Exit codes are those of sysexits.h:
                0 taken, 64 wrong call, 65 the message cannot be sent as it is, 75 try again later.
                """;
    }
}
