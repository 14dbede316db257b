package postroom.intake.smtp;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.access.Credential;
import postroom.access.SignInAnswer;
import postroom.intake.Acceptance;
import postroom.intake.Hints;
import postroom.intake.Intake;
import postroom.intake.Submission.Door;
import postroom.intake.Submission.Origin;
import postroom.intake.SubmissionContent;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.mail.Envelope.Body;
import postroom.mail.Reply;
import postroom.mail.ReportRequest;
import postroom.mail.ReportRequest.Returned;
import postroom.mail.ReportWish;
import postroom.secret.Secret;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// One client's dialogue, from the greeting to the end: message submission (RFC 6409) by the rules
/// of RFC 5321, with STARTTLS (RFC 3207), AUTH (RFC 4954), PIPELINING (RFC 2920), CHUNKING (RFC
/// 3030), SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531), DSN (RFC 3461) and enhanced
/// status codes (RFC 2034).
///
/// It runs on a virtual thread of its own; only [#stop] and [#isStuck] are for others.
public final class SubmissionConnection {

    private static final Logger LOG = LoggerFactory.getLogger(SubmissionConnection.class);
    private static final Duration LONGEST_SLOW_DOWN = Duration.ofSeconds(10);

    private final Wire wire;
    private final Entrance entrance;
    private final Intake intake;
    private final Doorkeeper doorkeeper;
    private final Patience patience;
    private final Inbound inbound;
    private final Outbound outbound;

    private boolean open = true;
    private Optional<String> greetedAs = Optional.empty();
    private boolean extended; // EHLO, not HELO
    private boolean signedIn;
    private Optional<Credential> credential = Optional.empty();
    private Optional<Transaction> transaction = Optional.empty();
    private int errors;
    private int failedSignIns;
    private int idleCommands;

    private final AtomicReference<Now> now = new AtomicReference<>(Now.BUSY);
    private volatile boolean stopping;

    /// Whether [#stop] may speak on our behalf.
    private enum Now {
        BUSY,
        WAITING_FOR_COMMAND,
        OVER
    }

    private static final class Transaction {
        final Optional<Address> reversePath;
        final boolean smtputf8;
        final Body body;
        final Optional<Returned> returned;
        final Optional<String> envelopeId;
        final List<Address> forwardPaths = new ArrayList<>(4);
        final Map<Address, ReportWish> wishes = new HashMap<>(0);
        Optional<SubmissionContent> chunks = Optional.empty();
        final long began = System.nanoTime();
        boolean chunkFailed;

        Transaction(Optional<Address> reversePath, MailParameters said) {
            this.reversePath = reversePath;
            this.smtputf8 = said.smtputf8();
            this.body = said.body();
            this.returned = said.returned();
            this.envelopeId = said.envelopeId();
        }
    }

    SubmissionConnection(
            Wire wire, Entrance entrance, Intake intake, Doorkeeper doorkeeper, Patience patience) {
        this.wire = wire;
        this.entrance = entrance;
        this.intake = intake;
        this.doorkeeper = doorkeeper;
        this.patience = patience;
        this.outbound = new Outbound(wire.out());
        this.inbound = new Inbound(wire, outbound);
    }

    /// Holds one dialogue over the streams of a process of this machine, for `sendmail -bs`, and
    /// returns at its end. Lines have to end with CRLF.
    public static void overStreams(
            InputStream in,
            OutputStream out,
            Intake intake,
            Doorkeeper doorkeeper,
            Credential local) {
        var connection =
                new SubmissionConnection(
                        new StreamWire(in, out),
                        Entrance.LOCAL,
                        intake,
                        doorkeeper,
                        Patience.USUAL);
        connection.runAs(local);
    }

    /// As [#run], for a client who need not sign in.
    void runAs(Credential known) {
        credential = Optional.of(known);
        run();
    }

    void run() {
        try {
            if (entrance == Entrance.TLS) secure();
            greet();
            while (open) next();
            outbound.flush();
        } catch (SocketTimeoutException slow) {
            lastWords("421 4.4.2 " + intake.hostname() + " closing: nothing came for too long");
        } catch (IOException gone) {
            LOG.debug("- connection from {} ended: {}", remote(), gone.toString());
        } catch (RuntimeException bug) {
            LOG.error("- connection from {} failed", remote(), bug);
            lastWords("451 4.3.0 Something went wrong here; please try again later");
        } finally {
            now.set(Now.OVER);
            try {
                endTransaction();
            } finally {
                close();
            }
        }
    }

    /// Says good-bye if nothing is going on; otherwise as soon as the current command is done.
    void stop() {
        stopping = true;
        if (!now.compareAndSet(Now.WAITING_FOR_COMMAND, Now.OVER)) return;
        try {
            wire.out().write((goodBye() + "\r\n").getBytes(StandardCharsets.US_ASCII));
            wire.out().flush();
        } catch (IOException goneAlready) {
            LOG.debug("- connection from {} ended while we said good-bye", remote());
        }
        close();
    }

    /// True when the client has not let us go on for longer than any step may take. Reading has its
    /// own time limit; this is for a client that does not read what we write.
    boolean isStuck() {
        return System.nanoTime() - inbound.waitsUntil() > Duration.ofMinutes(1).toNanos();
    }

    /// Ends the dialogue at once.
    void cut() {
        wire.cut();
    }

    private void close() {
        try {
            wire.close();
        } catch (IOException closedAlready) {
            LOG.debug("- connection from {} was closed", remote());
        }
    }

    private void secure() throws IOException {
        wire.startTls();
        inbound.forgetBuffered();
        outbound.continueOn(wire.out());
    }

    private void greet() {
        if (entrance == Entrance.PLAIN) {
            credential = doorkeeper.forListedNetwork(wire.address());
            if (credential.isEmpty()) {
                LOG.info(
                        "- connection refused remote={} reason=\"not a listed network\"", remote());
                outbound.line(
                        "554 5.7.1 "
                                + wire.address().getHostAddress()
                                + " is on no network that may send without signing in");
                open = false;
                return;
            }
        }
        outbound.line("220 " + intake.hostname() + " ESMTP Postroom");
    }

    private void next() throws IOException {
        inbound.allow(timeForNextCommand(), patience.command(), 0);
        if (!inbound.hasMore()) {
            outbound.flush();
            now.set(Now.WAITING_FOR_COMMAND);
            if (stopping && now.compareAndSet(Now.WAITING_FOR_COMMAND, Now.BUSY)) {
                outbound.line(goodBye());
                open = false;
                return;
            }
        }
        var line = inbound.line(false);
        if (now.get() != Now.BUSY && !now.compareAndSet(Now.WAITING_FOR_COMMAND, Now.BUSY)) {
            open = false;
            return;
        }
        switch (line) {
            case COMPLETE -> obey(inbound.text());
            case TOO_LONG ->
                    wrong(
                            inbound.isOfAuth()
                                    ? "500 5.5.6 The line is too long for a sign-in"
                                    : "500 5.5.2 The line is too long");
            case BARE_LF -> {
                outbound.line("500 5.5.2 A line ends with CRLF; closing");
                open = false;
            }
            case CLOSED -> open = false;
        }
        if (errors >= patience.errors() && open) {
            outbound.line("421 4.7.0 Too many errors; closing");
            open = false;
        }
    }

    private Duration timeForNextCommand() {
        if (transaction.isEmpty()) return patience.command();
        long sinceMail = System.nanoTime() - transaction.get().began;
        return least(patience.command(), patience.envelope().minusNanos(sinceMail));
    }

    private void obey(String line) throws IOException {
        if (inbound.hasControls()) {
            wrong("500 5.5.2 A command holds no control characters");
            return;
        }
        if (++idleCommands > patience.idleCommands()) {
            outbound.line("421 4.7.0 Too many commands without a message; closing");
            open = false;
            return;
        }
        int blank = line.indexOf(' ');
        var verb = (blank < 0 ? line : line.substring(0, blank)).toUpperCase(Locale.ROOT);
        var argument = blank < 0 ? "" : line.substring(blank + 1).strip();
        try {
            switch (verb) {
                case "EHLO" -> ehlo(argument, true);
                case "HELO" -> ehlo(argument, false);
                case "STARTTLS" -> starttls(argument);
                case "AUTH" -> auth(argument);
                case "MAIL" -> mail(argument);
                case "RCPT" -> rcpt(argument);
                case "DATA" -> data(argument);
                case "BDAT" -> bdat(argument);
                case "RSET" -> rset(argument);
                case "NOOP" -> outbound.line("250 2.0.0 OK");
                case "VRFY" -> outbound.line("252 2.5.2 Not verified; send the message and see");
                case "EXPN" -> wrong("502 5.5.1 There are no lists here");
                case "HELP" ->
                        outbound.line("214 2.0.0 This is Postroom, a gateway for outgoing mail");
                case "QUIT" -> quit(argument);
                default -> wrong("500 5.5.2 The command is not known");
            }
        } catch (RuntimeException bug) {
            LOG.error("- command {} from {} failed", verb, remote(), bug);
            endTransaction();
            outbound.line("451 4.3.0 Something went wrong here; please try again later");
        }
    }

    // RFC 5321 §4.1.1.1
    private void ehlo(String argument, boolean isExtended) {
        if (!isHostName(argument)) {
            wrong("501 5.5.4 Please give your host name or [address]");
            return;
        }
        endTransaction();
        greetedAs = Optional.of(argument);
        extended = isExtended;
        if (!isExtended) {
            outbound.line("250 " + intake.hostname());
            return;
        }
        outbound.line("250-" + intake.hostname());
        outbound.line("250-PIPELINING");
        outbound.line("250-8BITMIME");
        outbound.line("250-SMTPUTF8");
        outbound.line("250-ENHANCEDSTATUSCODES");
        outbound.line("250-CHUNKING");
        if (intake.tellsSenders()) outbound.line("250-DSN");
        if (mayStartTls()) outbound.line("250-STARTTLS");
        if (wire.tls().isPresent()) outbound.line("250-AUTH PLAIN LOGIN");
        outbound.line("250 SIZE " + intake.maxSize());
    }

    // RFC 3207. Whatever was learnt in the clear is forgotten; whatever was sent ahead of the
    // handshake in the clear would be an attacker's, so that is the end.
    private void starttls(String argument) throws IOException {
        if (!argument.isEmpty()) wrong("501 5.5.4 STARTTLS takes no argument");
        else if (wire.tls().isPresent()) wrong("503 5.5.1 TLS is running already");
        else if (!mayStartTls()) wrong("502 5.5.1 STARTTLS is not offered here");
        else if (inbound.hasMore()) {
            outbound.line("554 5.5.0 Nothing may follow STARTTLS before the handshake; closing");
            LOG.warn("- connection refused remote={} reason=\"input behind STARTTLS\"", remote());
            open = false;
        } else {
            outbound.line("220 2.0.0 Ready to start TLS");
            outbound.flush();
            endTransaction();
            greetedAs = Optional.empty();
            secure();
        }
    }

    // RFC 4954
    private void auth(String argument) throws IOException {
        if (greetedAs.isEmpty() || !extended) {
            wrong("503 5.5.1 Please say EHLO first");
            return;
        }
        if (wire.tls().isEmpty()) {
            wrong(
                    mayStartTls()
                            ? "538 5.7.11 Please start TLS first"
                            : "538 5.7.11 Signing in needs TLS, which is not offered here");
            return;
        }
        if (signedIn) {
            wrong("503 5.5.1 You have signed in already");
            return;
        }
        if (transaction.isPresent()) {
            wrong("503 5.5.1 Not in the middle of a message");
            return;
        }
        int blank = argument.indexOf(' ');
        var mechanism = (blank < 0 ? argument : argument.substring(0, blank));
        var initial =
                blank < 0
                        ? Optional.<String>empty()
                        : Optional.of(argument.substring(blank + 1).strip());
        switch (mechanism.toUpperCase(Locale.ROOT)) {
            case "PLAIN" -> authPlain(initial);
            case "LOGIN" -> authLogin(initial);
            default -> wrong("504 5.5.4 Please use PLAIN or LOGIN");
        }
    }

    // RFC 4616: authorization identity NUL user name NUL password
    private void authPlain(Optional<String> initial) throws IOException {
        var answer = initial.isPresent() ? decoded(initial.get()) : challenge("");
        if (answer.isEmpty()) return;
        var parts = answer.get().split("\0", -1);
        if (parts.length != 3) {
            wrong("501 5.5.2 This is not an answer of the PLAIN mechanism");
            return;
        }
        if (parts[0].isEmpty() || parts[0].equals(parts[1])) signIn(parts[1], parts[2]);
        else signInFailed(parts[1], Duration.ZERO, "acts for somebody else");
    }

    // An old draft that never became an RFC; Outlook and many devices know nothing else.
    private void authLogin(Optional<String> initial) throws IOException {
        var username = initial.isPresent() ? decoded(initial.get()) : challenge("VXNlcm5hbWU6");
        if (username.isEmpty()) return;
        var password = challenge("UGFzc3dvcmQ6");
        if (password.isEmpty()) return;
        signIn(username.get(), password.get());
    }

    private Optional<String> challenge(String text) throws IOException {
        outbound.line("334 " + text);
        switch (inbound.line(true)) {
            case COMPLETE -> {
                var answer = inbound.text();
                if (answer.equals("*")) {
                    outbound.line("501 5.7.0 Sign-in cancelled");
                    errors++;
                    return Optional.empty();
                }
                return decoded(answer.isEmpty() ? "=" : answer);
            }
            case TOO_LONG -> wrong("500 5.5.6 The line is too long for a sign-in");
            case BARE_LF -> {
                outbound.line("500 5.5.2 A line ends with CRLF; closing");
                open = false;
            }
            case CLOSED -> open = false;
        }
        return Optional.empty();
    }

    private Optional<String> decoded(String base64) {
        if (base64.equals("=")) return Optional.of("");
        try {
            if (base64.isEmpty() || base64.length() % 4 != 0)
                throw new IllegalArgumentException("padding is missing");
            var octets = Base64.getDecoder().decode(base64);
            return Optional.of(new String(octets, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notBase64) {
            wrong("501 5.5.2 This is not base64");
            return Optional.empty();
        }
    }

    private void signIn(String username, String password) throws IOException {
        switch (doorkeeper.signIn(username, new Secret(password), wire.address())) {
            case SignInAnswer.SignedIn(var who) -> {
                credential = Optional.of(who);
                signedIn = true;
                outbound.line("235 2.7.0 Welcome");
            }
            case SignInAnswer.Refused(var slowDown) ->
                    signInFailed(username, slowDown, "wrong user name or password");
            case SignInAnswer.LockedOut(var remaining) -> {
                logFailedSignIn(username, "locked out");
                long minutes = Math.max(1, remaining.plusSeconds(59).toMinutes());
                outbound.line(
                        "454 4.7.0 Too many failed sign-ins; please try again in "
                                + minutes
                                + (minutes == 1 ? " minute" : " minutes"));
                countFailedSignIn();
            }
        }
    }

    private void signInFailed(String username, Duration slowDown, String reason)
            throws IOException {
        logFailedSignIn(username, reason);
        try {
            Thread.sleep(least(slowDown, LONGEST_SLOW_DOWN));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
        outbound.line("535 5.7.8 User name or password is wrong");
        countFailedSignIn();
    }

    private void countFailedSignIn() {
        if (++failedSignIns < patience.signIns()) return;
        outbound.line("421 4.7.0 Too many failed sign-ins; closing");
        open = false;
    }

    private void logFailedSignIn(String username, String reason) {
        LOG.warn(
                "- sign-in refused user=\"{}\" remote={} reason=\"{}\"",
                shown(username),
                remote(),
                reason);
    }

    // RFC 5321 §4.1.1.2
    private void mail(String argument) {
        if (greetedAs.isEmpty()) {
            wrong("503 5.5.1 Please say EHLO first");
            return;
        }
        if (transaction.isPresent()) {
            wrong("503 5.5.1 A message is under way; RSET forgets it");
            return;
        }
        if (credential.isEmpty()) {
            wrong(
                    mayStartTls()
                            ? "530 5.7.0 Must issue a STARTTLS command first"
                            : "530 5.7.0 Please sign in first");
            return;
        }
        var read = PathArgument.read(argument, "FROM:");
        if (read.isEmpty()) {
            wrong("501 5.5.4 Please write MAIL FROM:<address>");
            return;
        }
        switch (MailParameters.read(read.get().parameters(), intake.maxSize())) {
            case MailParameters.Read.Wrong(var reply) -> wrong(reply);
            case MailParameters.Read.TooLarge(var reply) -> outbound.line(reply);
            case MailParameters.Read.Said(var said) -> mail(read.get().path(), said);
        }
    }

    private void mail(String path, MailParameters said) {
        if (path.isEmpty()) {
            begin(Optional.empty(), said);
            return;
        }
        var address = Address.parse(path);
        if (address.isEmpty()) wrong("501 5.1.7 This is not an address: " + path);
        else if (!said.smtputf8() && !address.get().isAscii())
            outbound.line("550 5.6.7 An address beyond ASCII needs the parameter SMTPUTF8");
        else if (!credential.orElseThrow().maySendAs(address.get())) {
            intake.rejected("smtp", credential.orElseThrow(), 550);
            LOG.info(
                    "- rejected door=smtp remote=\"{}\" credential={} from=<{}> reply=\"550"
                            + " 5.7.1\"",
                    remote(),
                    credential.get().name(),
                    address.get());
            outbound.line(
                    "550 5.7.1 Credential "
                            + credential.get().name()
                            + " may not send as "
                            + address.get());
        } else begin(address, said);
    }

    private void begin(Optional<Address> reversePath, MailParameters said) {
        transaction = Optional.of(new Transaction(reversePath, said));
        outbound.line("250 2.1.0 Sender OK");
    }

    // RFC 5321 §4.1.1.3
    private void rcpt(String argument) {
        idleCommands--;
        if (transaction.isEmpty()) {
            wrong("503 5.5.1 Please say MAIL first");
            return;
        }
        var current = transaction.get();
        if (current.chunks.isPresent()) {
            wrong("503 5.5.1 The content has begun");
            return;
        }
        var read = PathArgument.read(argument, "TO:");
        if (read.isEmpty()) {
            wrong("501 5.5.4 Please write RCPT TO:<address>");
            return;
        }
        switch (RcptParameters.read(read.get().parameters())) {
            case RcptParameters.Read.Wrong(var reply) -> wrong(reply);
            case RcptParameters.Read.Said(var wish) -> rcpt(current, read.get().path(), wish);
        }
    }

    private void rcpt(Transaction current, String path, ReportWish wish) {
        var address = Address.parse(path);
        if (path.equalsIgnoreCase("postmaster"))
            outbound.line("550 5.1.1 No mailboxes here; please write postmaster@ and a domain");
        else if (address.isEmpty()) wrong("501 5.1.3 This is not an address: " + path);
        else if (!current.smtputf8 && !address.get().isAscii())
            outbound.line("553 5.6.7 An address beyond ASCII needs the parameter SMTPUTF8");
        else if (current.forwardPaths.size() >= intake.maxRecipients())
            outbound.line(
                    "452 4.5.3 A message has at most " + intake.maxRecipients() + " recipients");
        else {
            current.forwardPaths.add(address.get());
            if (!wish.equals(ReportWish.NONE)) current.wishes.putIfAbsent(address.get(), wish);
            outbound.line("250 2.1.5 Recipient OK");
        }
    }

    // RFC 5321 §4.1.1.4
    private void data(String argument) throws IOException {
        if (!argument.isEmpty()) {
            wrong("501 5.5.4 DATA takes no argument");
            return;
        }
        if (transaction.isEmpty()) {
            wrong("503 5.5.1 Please say MAIL first");
            return;
        }
        var current = transaction.get();
        if (current.chunks.isPresent()) {
            wrong("503 5.5.1 The content has begun with BDAT");
            return;
        }
        if (current.forwardPaths.isEmpty()) {
            wrong("554 5.5.1 No valid recipients");
            return;
        }
        if (inbound.hasMore() && entrance != Entrance.LOCAL) {
            outbound.line("503 5.5.1 Content has to wait for the 354; closing");
            open = false;
            return;
        }
        outbound.line("354 Send the content; end with CRLF.CRLF");
        inbound.allow(patience.content(), patience.block(), patience.octetsPerSecond());
        try (var content = intake.begin(origin(current), envelope(current), Hints.NONE)) {
            inbound.contentTo(content);
            conclude(content);
        }
    }

    // RFC 3030
    private void bdat(String argument) throws IOException {
        int blank = argument.indexOf(' ');
        var size = blank < 0 ? argument : argument.substring(0, blank);
        var last = blank < 0 ? "" : argument.substring(blank + 1).strip();
        if (!MailParameters.isNumber(size) || !(last.isEmpty() || last.equalsIgnoreCase("LAST"))) {
            outbound.line("501 5.5.4 Please write BDAT length or BDAT length LAST; closing");
            open = false; // what follows is a chunk of unknown length, and no command
            return;
        }
        long length = Long.parseLong(size);
        if (length > intake.maxSize()) {
            outbound.line("552 5.3.4 The message is larger than " + intake.maxSize() + " octets");
            open = false; // not worth reading to its end
            return;
        }
        inbound.allow(patience.content(), patience.block(), patience.octetsPerSecond());
        var refusal = bdatRefusal();
        if (refusal.isPresent()) {
            inbound.skip(length);
            wrong(refusal.get());
            if (!last.isEmpty()) endTransaction();
            return;
        }
        var current = transaction.orElseThrow();
        var content =
                current.chunks.orElseGet(
                        () -> intake.begin(origin(current), envelope(current), Hints.NONE));
        current.chunks = Optional.of(content);
        inbound.chunkTo(content, length);
        if (!last.isEmpty()) conclude(content);
        else if (content.rejection().isPresent()) {
            intake.accept(content); // it knows the answer, and notes it
            current.chunkFailed = true;
            outbound.reply(content.rejection().get().reply());
        } else {
            idleCommands--;
            outbound.line("250 2.0.0 " + length + " octets received");
        }
    }

    private Optional<String> bdatRefusal() {
        if (transaction.isEmpty()) return Optional.of("503 5.5.1 Please say MAIL first");
        if (transaction.get().chunkFailed)
            return Optional.of("503 5.5.1 A chunk was refused; please say RSET");
        if (transaction.get().forwardPaths.isEmpty())
            return Optional.of("554 5.5.1 No valid recipients");
        return Optional.empty();
    }

    private void conclude(SubmissionContent content) {
        switch (intake.accept(content)) {
            case Acceptance.Accepted(var id) -> outbound.line("250 2.0.0 queued as " + id);
            case Acceptance.Rejected(Reply reply, _) -> outbound.reply(reply);
        }
        idleCommands = 0;
        endTransaction();
    }

    private void rset(String argument) {
        if (!argument.isEmpty()) {
            wrong("501 5.5.4 RSET takes no argument");
            return;
        }
        endTransaction();
        outbound.line("250 2.0.0 OK");
    }

    private void quit(String argument) {
        if (!argument.isEmpty()) {
            wrong("501 5.5.4 QUIT takes no argument");
            return;
        }
        outbound.line("221 2.0.0 Good-bye");
        open = false;
    }

    private void endTransaction() {
        transaction.flatMap(current -> current.chunks).ifPresent(SubmissionContent::close);
        transaction = Optional.empty();
    }

    /// For what a well-behaved client does not do; too much of it ends the connection.
    private void wrong(String reply) {
        errors++;
        outbound.line(reply);
    }

    private void lastWords(String reply) {
        outbound.line(reply);
        try {
            outbound.flush();
        } catch (IOException gone) {
            LOG.debug("- connection from {} ended before our last words", remote());
        }
    }

    private boolean mayStartTls() {
        return entrance == Entrance.STARTTLS && wire.tls().isEmpty();
    }

    private Origin origin(Transaction current) {
        return new Origin(
                Door.SMTP,
                credential.orElseThrow(),
                entrance == Entrance.LOCAL ? Optional.empty() : Optional.of(wire.address()),
                greetedAs,
                Optional.of(protocol(current)),
                remote());
    }

    private static Envelope envelope(Transaction current) {
        return new Envelope(
                current.reversePath,
                current.forwardPaths,
                current.body,
                current.smtputf8,
                new ReportRequest(current.returned, current.envelopeId, current.wishes));
    }

    // RFC 3848 and RFC 6531 §4.3
    private String protocol(Transaction current) {
        if (!extended) return "SMTP";
        return (current.smtputf8 ? "UTF8SMTP" : "ESMTP")
                + (wire.tls().isPresent() ? "S" : "")
                + (signedIn ? "A" : "");
    }

    private String remote() {
        var address = wire.address().getHostAddress();
        return wire.tls().map(version -> address + " " + version).orElse(address);
    }

    private String goodBye() {
        return "421 4.3.2 " + intake.hostname() + " is shutting down; please come back later";
    }

    // Anything a host may be called, and what devices call themselves: no blanks, no brackets but
    // those of an address literal, nothing that could end a comment in `Received`.
    private static boolean isHostName(String text) {
        if (text.isEmpty() || text.length() > 255) return false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!(c > 0x7f ? Character.isLetterOrDigit(c) : isOfHostName(c))) return false;
        }
        return true;
    }

    private static boolean isOfHostName(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "-._:[]".indexOf(c) >= 0;
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String shown(String text) {
        var printable = text.replaceAll("[\\p{Cntrl}\"]", "?");
        return printable.length() <= 80 ? printable : printable.substring(0, 80) + "…";
    }
}
