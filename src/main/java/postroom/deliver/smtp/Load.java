package postroom.deliver.smtp;

import org.jspecify.annotations.Nullable;

import postroom.deliver.Consignment;
import postroom.deliver.Judge;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Envelope.Body;
import postroom.mail.Recipient;
import postroom.mail.ReportWish;
import postroom.mail.Xtext;
import postroom.service.Service;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// A consignment under way: which recipients still wait for a transaction, and what came of the
/// others. What can be refused without asking the server is refused here.
final class Load {

    private final Consignment consignment;
    private final Conversation conversation = new Conversation();
    private final Judge judge;
    private final String provider;

    private final @Nullable DeliveryResult[] results;
    private int undecided;
    private boolean anySent;

    private final List<Path> waiting;
    private int taken;
    private String mail = "";
    private boolean knowsReports;
    private boolean passesOn;

    /// A recipient as it goes over the wire.
    record Path(int place, Recipient recipient, String command) {}

    private Load(Consignment consignment, Service service, Judge judge) {
        this.consignment = consignment;
        this.judge = judge;
        this.provider = service.provider();
        this.results = new DeliveryResult[consignment.recipients().size()];
        this.undecided = results.length;
        this.waiting = new ArrayList<>(results.length);
    }

    static Load prepare(Consignment consignment, Offer offer, Service service, Judge judge) {
        var load = new Load(consignment, service, judge);
        load.prepare(offer, service);
        return load;
    }

    Consignment consignment() {
        return consignment;
    }

    Conversation conversation() {
        return conversation;
    }

    /// The MAIL command with its parameters.
    String mail() {
        return mail;
    }

    /// True while recipients wait for a transaction.
    boolean hasMore() {
        return taken < waiting.size();
    }

    /// The next recipients, at most that many.
    List<Path> take(int atMost) {
        int from = taken;
        taken = from + Math.min(waiting.size() - from, atMost);
        return from == 0 && taken == waiting.size()
                ? List.copyOf(waiting)
                : List.copyOf(waiting.subList(from, taken));
    }

    /// For another transaction: the server took enough recipients for this one.
    void again(Path path) {
        waiting.add(path);
    }

    boolean isDecided() {
        return undecided == 0;
    }

    /// True once a part of it is the next hop's.
    boolean anySent() {
        return anySent;
    }

    void sent(Path path, Diagnostic diagnostic) {
        anySent = true;
        decide(path.place(), judge.sent(path.recipient(), diagnostic, passesOn));
    }

    void judge(Path path, Diagnostic diagnostic, Stage stage) {
        judge(path.place(), path.recipient(), diagnostic, stage);
    }

    /// The same for everyone who has no result yet.
    void judgeTheRest(Diagnostic diagnostic, Stage stage) {
        taken = waiting.size();
        for (int i = 0; i < results.length && undecided > 0; i++)
            if (results[i] == null) judge(i, consignment.recipients().get(i), diagnostic, stage);
    }

    List<DeliveryResult> results() {
        if (results.length == 1) return List.of(Objects.requireNonNull(results[0]));
        return Arrays.stream(results).map(Objects::requireNonNull).toList();
    }

    private void judge(int place, Recipient recipient, Diagnostic diagnostic, Stage stage) {
        decide(
                place,
                judge.judge(provider, recipient, diagnostic, stage, Optional.empty()).result());
    }

    private void decide(int place, DeliveryResult result) {
        if (results[place] == null) undecided--;
        results[place] = result;
    }

    private void prepare(Offer offer, Service service) {
        long size = consignment.content().size();
        long most =
                Math.min(
                        offer.size().orElse(Long.MAX_VALUE),
                        service.limits().messageSize().orElse(Long.MAX_VALUE));
        if (size > most) {
            refuse("size-exceeds-advertised", size + " octets, and the limit is " + most);
            return;
        }
        knowsReports = offer.has("DSN");
        passesOn = knowsReports && consignment.reportsReachSender();
        boolean utf8 = offer.has("SMTPUTF8");
        if (consignment.smtputf8() && !utf8 && headerNeedsUtf8()) {
            refuse("smtputf8-not-offered", "the header section is not ASCII");
            return;
        }
        var reversePath = "";
        boolean international = consignment.smtputf8();
        if (consignment.reversePath().isPresent()) {
            var address = consignment.reversePath().get();
            reversePath = onTheWire(address, utf8);
            if (reversePath.isEmpty()) {
                refuse("smtputf8-not-offered", "the reverse-path " + address + " is not ASCII");
                return;
            }
            international |= !isAscii(reversePath);
        }
        var recipients = consignment.recipients();
        for (int i = 0; i < recipients.size(); i++) {
            var recipient = recipients.get(i);
            var path = onTheWire(recipient.address(), utf8);
            if (path.isEmpty()) {
                refuse(i, recipient);
                continue;
            }
            international |= !isAscii(path);
            waiting.add(new Path(i, recipient, "RCPT TO:<" + path + ">" + wishOf(recipient)));
        }
        mail = mailCommand(reversePath, size, offer, international && utf8);
    }

    // Eight-bit content to a server without 8BITMIME leaves as it is ("just send 8"): hardly any
    // server is that old, none is known to harm it, and recoding would break signatures.
    private String mailCommand(String reversePath, long size, Offer offer, boolean utf8) {
        var command = "MAIL FROM:<" + reversePath + ">";
        if (offer.has("SIZE")) command += " SIZE=" + size;
        boolean eightBit = consignment.body() == Body.EIGHT_BIT || utf8;
        if (eightBit && offer.has("8BITMIME")) command += " BODY=8BITMIME";
        if (utf8) command += " SMTPUTF8";
        return passesOn ? command + aboutReports() : command;
    }

    // RFC 3461 §5.1.1: what the client said goes on as it was said, and nothing is added.
    private String aboutReports() {
        var text = "";
        if (consignment.returned().isPresent()) text += " RET=" + consignment.returned().get();
        if (consignment.envelopeId().isPresent())
            text += " ENVID=" + Xtext.encode(consignment.envelopeId().get());
        return text;
    }

    private String wishOf(Recipient recipient) {
        var wish = recipient.wish();
        boolean never = wish.occasions().filter(Set::isEmpty).isPresent();
        // Nobody is to hear, whoever it would be.
        if (!passesOn) return knowsReports && never ? " NOTIFY=NEVER" : "";
        var text = "";
        if (wish.occasions().isPresent())
            text +=
                    " NOTIFY="
                            + ReportWish.notifyText(wish.occasions().get())
                                    .toUpperCase(Locale.ROOT);
        if (wish.originalRecipient().isPresent())
            text +=
                    " ORCPT="
                            + ReportWish.originalRecipientParameter(wish.originalRecipient().get());
        return text;
    }

    /// Empty where the address cannot be written. RFC 6531 §3.2: a domain has an A-label form, a
    /// local part has none.
    private static String onTheWire(Address address, boolean utf8) {
        var text = address.toString();
        if (isAscii(text)) return text;
        if (!isAscii(address.localPart())) return utf8 ? text : "";
        var ascii = address.withAsciiDomain();
        return utf8 || ascii.isAscii() ? ascii.toString() : "";
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) if (text.charAt(i) >= 0x80) return false;
        return true;
    }

    // Some clients ask for SMTPUTF8 by habit; the header section says whether it is needed.
    private boolean headerNeedsUtf8() {
        try (var in = consignment.content().open()) {
            int lineLength = 0;
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                if (octet >= 0x80) return true;
                if (octet == '\n' && lineLength == 0) return false;
                if (octet == '\n') lineLength = 0;
                else if (octet != '\r') lineLength++;
            }
            return false;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private void refuse(String condition, String text) {
        judgeTheRest(new Condition(condition, text), Stage.MAIL);
    }

    private void refuse(int place, Recipient recipient) {
        var why = new Condition("smtputf8-not-offered", recipient.address() + " is not ASCII");
        judge(place, recipient, why, Stage.RCPT);
    }
}
