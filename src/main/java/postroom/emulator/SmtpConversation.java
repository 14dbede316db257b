package postroom.emulator;

import postroom.emulator.EmulatorScript.Limits;
import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.Fault.Action;
import postroom.emulator.Fault.Stage;
import postroom.emulator.ReceivedMessage.Envelope;
import postroom.emulator.ReceivedMessage.ForwardPath;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One SMTP conversation from greeting to goodbye: one `switch` over the verbs, one method for
/// each, in the order of RFC 5321.
final class SmtpConversation {
    private static final Pattern PATH = Pattern.compile("(?i)(FROM|TO):\\s*<([^>]*)>(?:\\s+(.*))?");
    private static final Pattern ADDRESS = Pattern.compile("(\"[^\"]+\"|[^\\s<>@\"]+)@[^\\s<>@]+");
    private static final Pattern HOST = Pattern.compile("\\[[0-9A-Za-z:.]+]|[0-9A-Za-z_.-]+");
    private static final Set<String> MAIL_PARAMETERS =
            Set.of("SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH");
    private static final Set<String> RCPT_PARAMETERS = Set.of("NOTIFY", "ORCPT");

    /// The conversation ends now; what was said still goes out unless it is cut off.
    private static final class Over extends IOException {
        private static final long serialVersionUID = 1L;
        final boolean cutOff;

        Over(boolean cutOff) {
            super("over");
            this.cutOff = cutOff;
        }
    }

    private final Premises premises;
    private final SmtpServer server;
    private final Wire wire;
    private final Voice voice;
    private final long number;

    private boolean greeted;
    private Optional<Mailbox> account = Optional.empty();
    private boolean admitted;
    private Optional<String> reversePath = Optional.empty();
    private String mailParameters = "";
    private final List<ForwardPath> recipients = new ArrayList<>();
    private final ByteArrayOutputStream chunks = new ByteArrayOutputStream();
    private Optional<String> instead = Optional.empty();

    SmtpConversation(Premises premises, SmtpServer server, Wire wire, Voice voice, long number) {
        this.premises = premises;
        this.server = server;
        this.wire = wire;
        this.voice = voice;
        this.number = number;
    }

    void run() throws IOException {
        try {
            if (trouble(Stage.CONNECT)) throw new Over(false);
            if (server.speaksTlsAtOnce()) wire.secure(Certificates.ofThisProcess().serverContext());
            Pause.lasting(premises.script().delays().greeting());
            if (trouble(Stage.GREETING)) throw new Over(false);
            reply(voice.greeting());
            while (true) command(wire.readLine());
        } catch (Over over) {
            if (over.cutOff) wire.drop();
        } catch (Wire.LineTooLong tooLong) {
            wire.reply(voice.lineTooLong());
        } catch (SocketTimeoutException idle) {
            wire.reply(voice.idle());
        } finally {
            if (account.isPresent()) server.turnstile().disconnected(accountName(), admitted);
            wire.close();
        }
    }

    private void command(String line) throws IOException {
        int blank = line.indexOf(' ');
        String verb = (blank < 0 ? line : line.substring(0, blank)).toUpperCase(Locale.ROOT);
        String argument = blank < 0 ? "" : line.substring(blank + 1).strip();
        switch (verb) {
            case "EHLO" -> hello(argument, true);
            case "HELO" -> hello(argument, false);
            case "STARTTLS" -> startTls();
            case "AUTH" -> auth(argument);
            case "MAIL" -> mail(argument);
            case "RCPT" -> rcpt(argument);
            case "DATA" -> data();
            case "BDAT" -> bdat(argument);
            case "RSET" -> {
                forgetMessage();
                reply(voice.reset());
            }
            case "NOOP" -> reply(voice.noop());
            case "VRFY", "EXPN" -> reply(voice.verify());
            case "QUIT" -> {
                reply(voice.quit());
                throw new Over(false);
            }
            default -> reply(voice.unknown());
        }
    }

    // ---- hello, TLS, AUTH

    private void hello(String domain, boolean extended) throws IOException {
        if (trouble(Stage.EHLO)) return;
        if (!HOST.matcher(domain).matches()) {
            reply(voice.badHello());
            return;
        }
        greeted = true;
        forgetMessage();
        String lines = voice.hello(domain, wire.isSecured());
        reply(
                extended
                        ? lines
                        : lines.lines().findFirst().orElseThrow().replaceFirst("^250-", "250 "));
    }

    private void startTls() throws IOException {
        if (wire.isSecured() || !voice.offersStartTls()) {
            reply(voice.noStartTls());
            return;
        }
        if (trouble(Stage.STARTTLS)) return;
        reply(voice.startTls());
        wire.secure(Certificates.ofThisProcess().serverContext());
        greeted = false; // RFC 3207 §4.2: whatever was learnt before is forgotten
        forgetMessage();
    }

    private void auth(String argument) throws IOException {
        String[] words = argument.split("\\s+", 2);
        String mechanism = words[0].toUpperCase(Locale.ROOT);
        if (!greeted) {
            reply(voice.helloFirst());
            return;
        }
        if (account.isPresent()) {
            reply(voice.authTwice());
            return;
        }
        if (!voice.offers(mechanism, wire.isSecured())) {
            reply(
                    voice.wantsTls() && !wire.isSecured()
                            ? voice.authBeforeTls()
                            : voice.unknownMechanism());
            return;
        }
        AuthDialogue dialogue = new AuthDialogue(server.doorman(), server.provider(), wire);
        Optional<String> initial = words.length > 1 ? Optional.of(words[1]) : Optional.empty();
        Verdict verdict = dialogue.run(mechanism, initial);
        Occasions who = new Occasions(dialogue.user(), List.of());
        if (trouble(Stage.AUTH, who)) {
            logAuth(mechanism, dialogue.user(), "fault");
            return;
        }
        switch (verdict) {
            case Verdict.Welcome(Mailbox mailbox) -> welcome(mechanism, mailbox);
            case Verdict.Refused(Verdict.Reason reason) -> {
                logAuth(mechanism, dialogue.user(), "refused " + reason);
                refuse(mechanism, reason);
            }
            case Verdict.Cancelled cancelled -> reply(voice.cancelled());
            case Verdict.Undecodable undecodable -> reply(voice.undecodable());
        }
    }

    private void welcome(String mechanism, Mailbox mailbox) {
        account = Optional.of(mailbox);
        server.turnstile().connected(accountName());
        admitted = server.turnstile().admit(accountName(), limits());
        logAuth(mechanism, mailbox.address(), "235");
        reply(voice.authenticated());
    }

    /// Google tells why in a challenge and waits for an empty line; Exchange refuses at once.
    private void refuse(String mechanism, Verdict.Reason reason) throws IOException {
        boolean bearer = mechanism.equals("XOAUTH2") || mechanism.equals("OAUTHBEARER");
        if (bearer && voice instanceof GoogleVoice google) {
            wire.challenge(google.failureChallenge(mechanism, reason));
            wire.readLine();
        }
        reply(voice.refused(reason));
    }

    private void logAuth(String mechanism, String user, String outcome) {
        premises.log()
                .add("auth %s %s user=%s %s", server.provider().word(), mechanism, user, outcome);
    }

    // ---- the mail transaction

    private void mail(String argument) throws IOException {
        if (voice.wantsTls() && !wire.isSecured()) {
            reply(voice.tlsFirst());
            return;
        }
        if (!greeted) {
            reply(voice.helloFirst());
            return;
        }
        if (voice.wantsAuth() && account.isEmpty()) {
            reply(voice.authFirst());
            return;
        }
        if (reversePath.isPresent()) {
            reply(voice.mailTwice());
            return;
        }
        Matcher path = PATH.matcher(argument);
        if (!path.matches()
                || !path.group(1).equalsIgnoreCase("FROM")
                || !isAddressOrEmpty(path.group(2))) {
            reply(voice.badReversePath());
            return;
        }
        String parameters = Optional.ofNullable(path.group(3)).orElse("");
        if (!areKnown(parameters, MAIL_PARAMETERS)) {
            reply(voice.badParameter());
            return;
        }
        if (announcedSize(parameters) > voice.sizeLimit()) {
            reply(voice.tooBig());
            return;
        }
        if (trouble(Stage.MAIL)) return;
        if (isExchange()
                && !path.group(2).isEmpty()
                && !account.orElseThrow().maySendAs(path.group(2))) {
            reply(voice.senderDenied());
            return;
        }
        if (!server.turnstile().mayStartMessage(accountName(), limits(), premises.now())) {
            reply(voice.tooFast());
            if (voice.tooFast().startsWith("421")) throw new Over(false);
            return;
        }
        if (!isExchange() && account.isPresent() && !mayBeAdmitted()) {
            reply(voice.tooManyConnections());
            throw new Over(false);
        }
        reversePath = Optional.of(path.group(2));
        mailParameters = parameters;
        reply(voice.mail());
    }

    private void rcpt(String argument) throws IOException {
        if (reversePath.isEmpty()) {
            reply(voice.mailFirst());
            return;
        }
        Matcher path = PATH.matcher(argument);
        if (!path.matches() || !path.group(1).equalsIgnoreCase("TO") || !isAddress(path.group(2))) {
            reply(voice.badRecipient());
            return;
        }
        String parameters = Optional.ofNullable(path.group(3)).orElse("");
        if (!areKnown(parameters, RCPT_PARAMETERS)) {
            reply(voice.badParameter());
            return;
        }
        if (trouble(Stage.RCPT, new Occasions(accountName(), List.of(path.group(2))))) return;
        int limit = limits().recipientsPerMessage();
        if (limit > 0 && recipients.size() >= limit) {
            reply(voice.tooManyRecipients());
            return;
        }
        recipients.add(new ForwardPath(path.group(2), parameters));
        reply(voice.recipient());
    }

    private void data() throws IOException {
        if (!readyForContent()) return;
        if (chunks.size() > 0) {
            reply(voice.mailTwice()); // RFC 3030 §2: DATA and BDAT must not be mixed
            return;
        }
        if (trouble(Stage.DATA)) return;
        reply(voice.data());
        Wire.Content content = wire.readContent(voice.sizeLimit());
        finish(content.bytes(), content.tooBig(), content.bareLineFeed());
    }

    /// RFC 3030: the chunk follows the command at once, whether or not we like it.
    private void bdat(String argument) throws IOException {
        String[] words = argument.split("\\s+");
        if (!words[0].matches("\\d{1,9}")) {
            reply(voice.badParameter());
            throw new Over(false);
        }
        int size = Integer.parseInt(words[0]);
        boolean last = words.length > 1 && words[1].equalsIgnoreCase("LAST");
        boolean tooBig = chunks.size() + (long) size > voice.sizeLimit();
        if (reversePath.isEmpty() || recipients.isEmpty() || tooBig) {
            wire.skip(size);
            if (!tooBig) readyForContent();
            else reply(voice.tooBig());
            forgetMessage();
            return;
        }
        chunks.writeBytes(wire.readExactly(size));
        if (last) {
            if (trouble(Stage.DATA)) return;
            finish(chunks.toByteArray(), false, false);
        } else reply(voice.chunk(size));
    }

    private boolean readyForContent() {
        if (reversePath.isEmpty()) reply(voice.mailFirst());
        else if (recipients.isEmpty()) reply(voice.recipientFirst());
        else return true;
        return false;
    }

    /// The content is complete: what becomes of it? It is stored before anybody hears of it.
    private void finish(byte[] content, boolean tooBig, boolean bareLineFeed) throws IOException {
        Pause.lasting(premises.script().delays().finalDot());
        Optional<Action> action =
                strike(Stage.FINAL_DOT, new Occasions(accountName(), addresses()));
        boolean unheard = action.filter(Action.DropBeforeReply.class::isInstance).isPresent();
        if (!unheard && action.isPresent() && act(action.get())) {
            forgetMessage();
            return;
        }
        Optional<String> refusal =
                tooBig ? Optional.of(voice.tooBig()) : objection(content, bareLineFeed);
        String reply = refusal.isPresent() ? refusal.get() : voice.accepted(store(content));
        if (unheard) throw new Over(true);
        reply(reply);
        forgetMessage();
    }

    private Optional<String> objection(byte[] content, boolean bareLineFeed) {
        if (account.isPresent() && isExchange() && !mayBeAdmitted())
            return Optional.of(voice.tooManyConnections());
        if (voice instanceof MicrosoftVoice exchange && bareLineFeed)
            return Optional.of(exchange.bareLineFeed());
        if (isExchange()) {
            Mailbox mailbox = account.orElseThrow();
            Optional<String> from =
                    HeaderSection.of(content).address("From").filter(a -> !mailbox.maySendAs(a));
            if (from.isPresent())
                return Optional.of(voice.fromDenied(mailbox.address(), from.get()));
        }
        if (!server.turnstile()
                .maySendTo(accountName(), recipients.size(), limits(), premises.now()))
            return Optional.of(voice.dailyLimit());
        return Optional.empty();
    }

    /// Returns the Message-ID that the stored message has.
    private String store(byte[] content) {
        HeaderSection header = HeaderSection.of(content);
        Optional<String> given = header.value("Message-ID");
        byte[] kept = content;
        String messageId =
                given.orElseGet(() ->
                        "<" + Chance.hex(32).toUpperCase(Locale.ROOT) + "@" + server.name() + ">");
        boolean consumer = account.map(Mailbox::consumer).orElse(false);
        if (isExchange() && consumer && given.isPresent()) {
            // Outlook.com puts its own in place and keeps the old one aside
            messageId =
                    "<"
                            + Chance.hex(32).toUpperCase(Locale.ROOT)
                            + "@AM5PR00MB0001.eurprd00.prod.outlook.com>";
            kept =
                    header.replacing(
                            "Message-ID",
                            "Message-ID: " + messageId,
                            "X-Microsoft-Original-Message-ID: " + given.get());
        } else if (given.isEmpty() && server.provider() != Provider.SMARTHOST)
            kept = header.replacing("Message-ID", "Message-ID: " + messageId);
        if (server.provider() == Provider.GOOGLE) kept = withOwnFrom(kept);
        byte[] stored = kept;
        Envelope envelope = new Envelope(reversePath.orElse(""), mailParameters, recipients);
        var arrival =
                new Mailboxes.Arrival(
                        server.provider(), accountName(), premises.now(), wire.tls(), number);
        premises.mailboxes().store(n -> new ReceivedMessage(n, arrival, envelope, stored));
        return messageId;
    }

    /// Gmail does not refuse a foreign From, it silently puts the account's address in its place.
    private byte[] withOwnFrom(byte[] content) {
        HeaderSection header = HeaderSection.of(content);
        Optional<String> from = header.value("From");
        Mailbox mailbox = account.orElseThrow();
        boolean own = from.flatMap(HeaderSection::addressIn).filter(mailbox::maySendAs).isPresent();
        if (own || from.isEmpty()) return content;
        String address = HeaderSection.addressIn(from.get()).orElse("");
        String rewritten =
                address.isEmpty()
                        ? mailbox.address()
                        : from.get().replace(address, mailbox.address());
        return header.replacing(
                "From", "From: " + rewritten, "X-Google-Original-From: " + from.get());
    }

    private void forgetMessage() {
        reversePath = Optional.empty();
        mailParameters = "";
        recipients.clear();
        chunks.reset();
    }

    // ---- trouble by script

    private record Occasions(String user, List<String> recipients) {}

    private boolean trouble(Stage stage) throws IOException {
        return trouble(stage, new Occasions(accountName(), addresses()));
    }

    /// True if the script has answered, so that nothing else needs to be done.
    private boolean trouble(Stage stage, Occasions occasion) throws IOException {
        Optional<Action> action = strike(stage, occasion);
        return action.isPresent() && act(action.get());
    }

    private Optional<Action> strike(Stage stage, Occasions occasion) throws IOException {
        if (!premises.faults().anyAt(stage)) return Optional.empty();
        wire.flush();
        return premises.faults()
                .strike(
                        Faults.Occasion.mail(
                                stage, server.provider(), occasion.user(), occasion.recipients()));
    }

    private boolean act(Action action) throws IOException {
        switch (action) {
            case Action.Smtp(String script) -> {
                String text = wellFormed(script);
                if (text.startsWith("2") || text.startsWith("3")) {
                    instead = Optional.of(text);
                    return false;
                }
                wire.reply(text);
                if (text.startsWith("421")) throw new Over(false);
            }
            case Action.Garbage garbage ->
                    wire.reply("\u0007\u0013 HTTP/1.1 502 Bad Gateway <html>");
            case Action.Silence(var length) -> {
                wire.flush();
                Pause.lasting(length);
                throw new Over(true);
            }
            case Action.DropInData drop -> {
                wire.reply(voice.data());
                wire.readSomething();
                throw new Over(true);
            }
            case Action.Drop drop -> throw new Over(true);
            case Action.DropBeforeReply drop -> throw new Over(true);
            case Action.OAuth error -> wire.reply("454 4.7.0 " + error.error());
            case Action.Delay delay -> throw new IllegalStateException("waited out before");
            case Action.Catalog named ->
                    throw new IllegalStateException("not looked up: " + named.entry());
        }
        return true;
    }

    // ---- small pieces

    /// A positive reply may be put into other words by the script.
    private void reply(String text) {
        wire.reply(instead.filter(other -> other.charAt(0) == text.charAt(0)).orElse(text));
        instead = Optional.empty();
    }

    /// A script may hold a reply as it was seen in some log, without its end. A client would wait
    /// for it forever, so all lines but the last get a hyphen, and the last gets none (RFC 5321
    /// §4.2.1).
    private static String wellFormed(String script) {
        List<String> lines = script.strip().lines().toList();
        StringBuilder reply = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            boolean last = i == lines.size() - 1;
            reply.append(lines.get(i).replaceFirst("^(\\d{3})[- ]", last ? "$1 " : "$1-"));
            if (!last) reply.append('\n');
        }
        return reply.toString();
    }

    private boolean mayBeAdmitted() {
        if (!admitted) admitted = server.turnstile().admit(accountName(), limits());
        return admitted;
    }

    private boolean isExchange() {
        return server.provider() == Provider.MICROSOFT;
    }

    private Limits limits() {
        return premises.script().limits(server.provider());
    }

    private String accountName() {
        return account.map(Mailbox::address).orElse("");
    }

    private List<String> addresses() {
        return recipients.stream().map(ForwardPath::address).toList();
    }

    private static boolean isAddress(String text) {
        return ADDRESS.matcher(text).matches();
    }

    private static boolean isAddressOrEmpty(String text) {
        return text.isEmpty() || isAddress(text);
    }

    private static boolean areKnown(String parameters, Set<String> known) {
        for (String parameter : parameters.strip().split("\\s+")) {
            String name =
                    parameter.contains("=")
                            ? parameter.substring(0, parameter.indexOf('='))
                            : parameter;
            if (!name.isEmpty() && !known.contains(name.toUpperCase(Locale.ROOT))) return false;
        }
        return true;
    }

    private static long announcedSize(String parameters) {
        for (String parameter : parameters.split("\\s+"))
            if (parameter.regionMatches(true, 0, "SIZE=", 0, 5)
                    && parameter.substring(5).matches("\\d{1,18}"))
                return Long.parseLong(parameter.substring(5));
        return 0;
    }
}
