package postroom.deliver.smtp;

import org.jspecify.annotations.Nullable;

import postroom.deliver.Judge;
import postroom.deliver.Transport.Line;
import postroom.deliver.Transport.Results;
import postroom.deliver.Transport.Source;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;
import postroom.service.Service;
import postroom.service.SmtpSettings.Pipelining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/// A signed-in connection that carries one message after the other.
///
/// With PIPELINING (RFC 2920) the envelope leaves in one group, and the next message's envelope
/// right behind the final dot. Groups are bounded, so that both sides can always read.
///
/// When the connection breaks: after the final dot the message may have left, and the result says
/// so; once content has begun the message is deferred; before that it is given back on a line that
/// had already carried something (servers hang up idle lines and have limits per connection), and
/// deferred on a fresh one.
final class SmtpLine implements Line {

    private static final int COMMANDS_PER_GROUP = 100;
    private static final Duration WORTH_A_LOOK = Duration.ofMillis(500);

    private static final String UNASKED = "the server said something nobody asked for";

    private final Wire wire;
    private final Offer offer;
    private final Service service;
    private final Judge judge;
    private final Timeouts timeouts;
    private final DotStuffing stuffing;

    private final boolean groups;
    private final boolean nextEnvelope;
    private final int recipientsAtMost;
    private final int transactionsAtMost;
    private final long opened = System.nanoTime();

    private boolean open = true;
    private boolean needsReset;
    private int begun;
    private int carried;
    private @Nullable Transaction current;
    private @Nullable Transaction following;

    SmtpLine(Wire wire, Offer offer, Service service, Judge judge, Timeouts timeouts) {
        this.wire = wire;
        this.offer = offer;
        this.service = service;
        this.judge = judge;
        this.timeouts = timeouts;
        this.stuffing = new DotStuffing(wire);
        var wish = service.smtp().pipelining();
        this.groups = wish != Pipelining.OFF && offer.has("PIPELINING");
        this.nextEnvelope = groups && wish == Pipelining.NEXT_ENVELOPE;
        this.recipientsAtMost =
                Math.min(
                        service.limits().recipientsPerMessage().orElse(Integer.MAX_VALUE),
                        offer.rcptMax().orElse(Integer.MAX_VALUE));
        this.transactionsAtMost =
                Math.min(
                        service.limits().messagesPerConnection().orElse(Integer.MAX_VALUE),
                        offer.mailMax().orElse(Integer.MAX_VALUE));
    }

    @Override
    public void carry(Source source, Results results) {
        try {
            while (isOpen()) {
                var transaction = take(source, timeouts.idle(), results);
                if (transaction == null) return;
                current = transaction;
                wire.at(Stage.MAIL);
                begin(transaction);
                while (current != null) carryOne(current, source, results);
            }
        } catch (Lost lost) {
            broken(lost.diagnostic(), results);
        } catch (RuntimeException bug) {
            broken(new Condition("internal-error", bug.toString()), results);
            throw bug;
        }
    }

    @Override
    public boolean isOpen() {
        return open
                && begun < transactionsAtMost
                && System.nanoTime() - opened < timeouts.line().toNanos();
    }

    @Override
    public void close() {
        if (!open) return;
        open = false;
        try {
            wire.say("QUIT");
            wire.hear(Stage.MAIL, timeouts.goodbye());
        } catch (Lost quitFailed) {
            // everything carried has its reply; nothing depends on this one
        }
        wire.end();
    }

    /// The next message that has something to send, or null when the line should rest.
    private @Nullable Transaction take(Source source, Duration atMost, Results results) {
        while (true) {
            long asked = System.nanoTime();
            var consignment = source.next(atMost).orElse(null);
            if (consignment == null) return null;
            var load = Load.prepare(consignment, offer, service, judge);
            if (load.isDecided()) {
                results.done(consignment, load.results(), load.conversation());
                continue;
            }
            boolean paused = System.nanoTime() - asked > WORTH_A_LOOK.toNanos();
            if (current == null && isUsedUp(paused)) {
                hangUp();
                if (paused || carried > 0) results.giveBack(consignment, load.conversation());
                else {
                    load.judgeTheRest(new NoAnswer(Stage.MAIL, UNASKED), Stage.MAIL);
                    results.done(consignment, load.results(), load.conversation());
                }
                return null;
            }
            return new Transaction(load, recipientsAtMost);
        }
    }

    // A reply too many would be taken for the answer to the next MAIL.
    private boolean isUsedUp(boolean paused) {
        return wire.hasUnaskedOctets() || (paused && !wire.isQuiet());
    }

    private void begin(Transaction transaction) throws Lost {
        begun++;
        wire.beginConversation();
        if (needsReset) {
            wire.say("RSET");
            transaction.resetAhead = true;
            needsReset = false;
        }
        writeGroup(transaction);
    }

    /// Carries the transaction whose first group is written, and makes the next one current.
    private void carryOne(Transaction transaction, Source source, Results results) throws Lost {
        var load = transaction.load;
        envelope(transaction);
        if (transaction.closing != null) closedInEnvelope(transaction, results);
        else if (!transaction.dataAccepted) needsReset = transaction.mailAccepted;
        else if (transaction.accepted.isEmpty()) onlyDot(transaction.load);
        else content(transaction, source, results);
        carried++;

        // From here on what happens to the connection is the next one's affair.
        var next = following;
        following = null;
        current = open ? next : null;
        boolean fresh = open && next == null && load.hasMore();
        if (fresh) current = new Transaction(load, recipientsAtMost);
        if (!open && next != null && next.load != load) giveBack(next, results);
        if (load.isDecided()) results.done(load.consignment(), load.results(), load.conversation());
        if (fresh && current != null) {
            wire.at(Stage.MAIL);
            begin(current);
        }
    }

    private void writeGroup(Transaction transaction) throws Lost {
        int most = groups ? COMMANDS_PER_GROUP : 1;
        int to = Math.min(transaction.commands(), transaction.written + most);
        while (transaction.written < to) wire.say(transaction.command(transaction.written++));
    }

    /// Reads the replies to everything written, writes the rest of the envelope, until DATA has its
    /// reply or there is no point in asking.
    private void envelope(Transaction transaction) throws Lost {
        if (transaction.resetAhead) heardReset(transaction);
        while (transaction.closing == null) {
            while (transaction.answered < transaction.written && transaction.closing == null)
                hearOne(transaction);
            if (!transaction.mayGoOn()) return;
            wire.at(transaction.stage(transaction.written));
            writeGroup(transaction);
        }
    }

    private void heardReset(Transaction transaction) throws Lost {
        var heard = wire.hear(Stage.MAIL);
        transaction.load.conversation().add(Stage.MAIL, "RSET", heard.text(), took(transaction));
        if (heard.reply().code() == 421) transaction.closing = heard;
    }

    private void hearOne(Transaction transaction) throws Lost {
        int number = transaction.answered;
        var stage = transaction.stage(number);
        var heard = wire.hear(stage);
        transaction.answered++;
        var load = transaction.load;
        load.conversation()
                .add(stage, transaction.command(number), heard.text(), took(transaction));
        var reply = heard.reply();
        if (reply.code() == 421) {
            transaction.closing = heard;
            return;
        }
        boolean yes = reply.code() < 300;
        if (stage == Stage.DATA ? yes : !yes && reply.isPositive())
            throw new Lost(stage, "unexpected reply: " + reply.text());
        switch (stage) {
            case MAIL -> {
                transaction.mailAccepted = yes;
                // the sender will be no more welcome in the load's other transactions
                if (!yes) load.judgeTheRest(heard, stage);
            }
            case RCPT -> {
                if (transaction.mailAccepted) recipient(transaction, number - 1, heard, yes);
            }
            default -> {
                transaction.dataAccepted = reply.code() == 354;
                if (reply.code() == 354) return;
                for (var path : transaction.accepted) load.judge(path, heard, stage);
            }
        }
    }

    private static void recipient(
            Transaction transaction, int place, SmtpReply heard, boolean yes) {
        var path = transaction.paths.get(place);
        if (yes) transaction.accepted.add(path);
        else if (isEnoughForOne(heard.reply()) && !transaction.accepted.isEmpty())
            transaction.load.again(path);
        else transaction.load.judge(path, heard, Stage.RCPT);
    }

    // RFC 5321 §4.5.3.1.10: 452 (and 552, to be read as 452) for too many recipients; the rest go
    // in
    // another transaction. The code alone also means a full disk, hence the status.
    private static boolean isEnoughForOne(Reply reply) {
        return (reply.code() == 452 || reply.code() == 552)
                && reply.status().map(s -> s.subject() == 5 && s.detail() == 3).orElse(false);
    }

    // RFC 2920 §3.1: a 354 without any recipient is answered with the dot alone.
    private void onlyDot(Load load) throws Lost {
        wire.at(Stage.DATA);
        wire.write(".\r\n");
        var heard = wire.hear(Stage.DATA, timeouts.finalDot());
        if (heard.reply().code() == 421) closed(load, heard);
    }

    private void content(Transaction transaction, Source source, Results results) throws Lost {
        var load = transaction.load;
        if (!contentWritten(transaction)) return;
        if (nextEnvelope && isOpen())
            following =
                    load.hasMore()
                            ? new Transaction(load, recipientsAtMost)
                            : take(source, Duration.ZERO, results);
        wire.at(Stage.AFTER_FINAL_DOT);
        wire.write(".\r\n");
        if (following != null) begin(following);
        var heard = wire.hear(Stage.AFTER_FINAL_DOT);
        load.conversation()
                .add(
                        Stage.AFTER_FINAL_DOT,
                        transaction.lastSaid(),
                        heard.text(),
                        took(transaction));
        var reply = heard.reply();
        if (reply.code() < 300) for (var path : transaction.accepted) load.sent(path, heard);
        else if (reply.isPositive())
            throw new Lost(Stage.AFTER_FINAL_DOT, "unexpected reply: " + reply.text());
        else for (var path : transaction.accepted) load.judge(path, heard, Stage.AFTER_FINAL_DOT);
        if (reply.code() == 421) closed(load, heard);
    }

    /// Writes the content up to the last CRLF; false when it came to an end for a known reason.
    private boolean contentWritten(Transaction transaction) throws Lost {
        var load = transaction.load;
        wire.at(Stage.CONTENT);
        transaction.contentBegun = true;
        try {
            stuffing.begin();
            load.consignment().content().writeTo(stuffing);
            stuffing.finish();
            return true;
        } catch (Lost lost) {
            var words = wire.lastWords(Stage.CONTENT);
            if (words == null) throw lost;
            closed(load, new SmtpReply(Stage.CONTENT, words));
        } catch (IOException | UncheckedIOException unreadable) {
            // Without its end the message must not look complete: no dot, no QUIT.
            closed(load, new Condition("content-unreadable", unreadable.toString()));
        }
        return false;
    }

    private void closedInEnvelope(Transaction transaction, Results results) {
        var why = transaction.closing;
        if (why == null) return;
        boolean atMail = why.stage() == Stage.MAIL;
        if (atMail && carried > 0 && !transaction.load.anySent()) {
            hangUp();
            giveBack(transaction, results);
        } else closed(transaction.load, why);
    }

    private void closed(Load load, Diagnostic why) {
        hangUp();
        load.judgeTheRest(why, Judge.stageOf(why));
    }

    private void hangUp() {
        open = false;
        wire.abort();
    }

    private void broken(Diagnostic why, Results results) {
        hangUp();
        var transaction = current;
        var next = following;
        current = null;
        following = null;
        if (transaction != null) {
            var load = transaction.load;
            load.conversation()
                    .add(Judge.stageOf(why), transaction.lastSaid(), why.text(), took(transaction));
            boolean untouched = !transaction.contentBegun && !load.anySent() && !load.isDecided();
            if (carried > 0 && untouched) giveBack(transaction, results);
            else {
                judgeBroken(transaction, why);
                results.done(load.consignment(), load.results(), load.conversation());
            }
        }
        if (next != null && (transaction == null || next.load != transaction.load))
            giveBack(next, results);
    }

    // Only those whose content was under way may have received it; the others of the load have not.
    private static void judgeBroken(Transaction transaction, Diagnostic why) {
        var stage = Judge.stageOf(why);
        for (var path : transaction.accepted) transaction.load.judge(path, why, stage);
        boolean ambiguous = stage == Stage.AFTER_FINAL_DOT;
        var rest = ambiguous ? new NoAnswer(Stage.MAIL, why.text()) : why;
        transaction.load.judgeTheRest(rest, Judge.stageOf(rest));
    }

    private static void giveBack(Transaction transaction, Results results) {
        results.giveBack(transaction.load.consignment(), transaction.load.conversation());
    }

    private static Duration took(Transaction transaction) {
        return Duration.ofNanos(transaction.nanos());
    }
}
