package postroom.intake;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.access.Credential;
import postroom.intake.Acceptance.Accepted;
import postroom.intake.Acceptance.Rejected;
import postroom.intake.Examination.Finding;
import postroom.intake.Submission.Door;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.mail.Reply;
import postroom.queue.NewMessage;
import postroom.queue.Queue;
import postroom.queue.Spool;
import postroom.route.Router;
import postroom.store.Store;
import postroom.store.StoreException;
import postroom.tally.Tallies;
import postroom.tally.Tally;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// The counter behind all three doors. A door begins a submission, gives it the content octet by
/// octet, and asks for the answer:
///
/// ```java
/// try (var content = intake.begin(origin, envelope, Hints.NONE)) {
///     in.transferTo(content);
///     switch (intake.accept(content)) { … }
/// }
/// ```
///
/// [Accepted] means committed. [Rejected] means that nothing of it was kept.
public final class Intake {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final Rejected STOPPING =
            new Rejected(
                    Reply.of(451, "4.3.2", "Postroom is stopping; please try again later"), "");

    private final Spool spool;
    private final Queue queue;
    private final Examination examination;
    private final AcceptedHeader acceptedHeader;
    private final IntakeSettings settings;
    private final InstantSource clock;
    private final Tallies tallies;
    private volatile boolean stopping;

    /// Whoever hands a message in does not want it kept after all; for what is done in the same
    /// transaction.
    public static final class Withdrawn extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Withdrawn(String why) {
            super(why, null, false, false);
        }
    }

    public Intake(
            Spool spool,
            Queue queue,
            Router router,
            IntakeSettings settings,
            InstantSource clock,
            Tallies tallies) {
        this.spool = spool;
        this.queue = queue;
        this.examination = new Examination(router, settings);
        this.acceptedHeader = new AcceptedHeader(settings);
        this.settings = settings;
        this.clock = clock;
        this.tallies = tallies;
    }

    public SubmissionContent begin(Submission.Origin origin, Envelope envelope, Hints hints) {
        var content =
                new SubmissionContent(this, new Submission(origin, envelope, hints), spool.draft());
        if (stopping) content.reject(STOPPING);
        return content;
    }

    /// Nothing begins any more; what began comes to its end.
    public void stop() {
        stopping = true;
    }

    /// Where the doors count.
    public Tallies tallies() {
        return tallies;
    }

    /// After the last octet. Returns once the message is durable, or says why it was rejected.
    public Acceptance accept(SubmissionContent content) {
        return accept(content, _ -> _ -> 0);
    }

    /// As [#accept(SubmissionContent)], with something that has to be durable together with the
    /// message, such as the answer to an `Idempotency-Key`.
    public Acceptance accept(SubmissionContent content, Function<QueueId, Store.Work<?>> also) {
        content.finish();
        if (content.rejection().isEmpty()) keep(content, also);
        if (content.rejection().isPresent()) {
            var rejected = content.rejection().get();
            logRejected(content.submission(), rejected);
            return rejected;
        }
        return new Accepted(content.examined().orElseThrow().id());
    }

    public long maxSize() {
        return settings.maxSize();
    }

    public int maxRecipients() {
        return settings.maxRecipients();
    }

    public String hostname() {
        return settings.hostname();
    }

    /// True when the parameters of RFC 3461 are worth saying.
    public boolean tellsSenders() {
        return settings.tellsSenders();
    }

    /// What is known once the header section was read.
    record Examined(QueueId id, Finding.Fit fit, String messageId) {}

    /// Looks at the header section and writes the new one to the draft, or rejects the content.
    Optional<Examined> examine(SubmissionContent content, byte[] octets, HeaderSection header)
            throws IOException {
        var submission = content.submission();
        var now = clock.instant();
        switch (examination.examine(submission, header, now)) {
            case Finding.Unfit(var rejected) -> {
                content.reject(rejected);
                return Optional.empty();
            }
            case Finding.Fit fit -> {
                var id = queue.newId();
                var messageId = Examination.messageId(header, id, fit.headerFrom());
                acceptedHeader.write(
                        content.draft(), octets, header, submission, fit, id, messageId, now);
                return Optional.of(new Examined(id, fit, messageId));
            }
        }
    }

    boolean refusesBareLineEndings(Submission submission) {
        return settings.refusesBareLineEndings() && submission.origin().door() == Door.SMTP;
    }

    private void keep(SubmissionContent content, Function<QueueId, Store.Work<?>> also) {
        var examined = content.examined().orElseThrow();
        var message = message(content, examined);
        try {
            queue.put(message, also.apply(message.id()));
            logAccepted(message, examined);
        } catch (Withdrawn withdrawn) {
            content.reject(
                    new Rejected(
                            Reply.of(451, "4.3.0", String.valueOf(withdrawn.getMessage())), ""));
        } catch (StoreException notKept) {
            content.reject(notKept(notKept));
        } catch (RuntimeException bug) {
            content.reject(trouble(bug));
        }
    }

    // Never an answer to the null reverse-path (RFC 5321 §4.5.5) nor to what a program wrote by
    // itself (RFC 3834 §2): no loop, no backscatter. The reverse-path is one the credential may
    // send as. HTTP mail has events.
    private boolean tellsSender(Submission submission, Finding.Fit fit) {
        return settings.tellsSenders()
                && submission.origin().door() != Door.HTTP
                && submission.envelope().reversePath().isPresent()
                && !fit.automatic();
    }

    private NewMessage message(SubmissionContent content, Examined examined) {
        var submission = content.submission();
        var origin = submission.origin();
        var fit = examined.fit();
        return new NewMessage(
                examined.id(),
                OptionalLong.of(origin.credential().id()),
                origin.door().word(),
                origin.remote(),
                envelope(withReversePath(submission, fit), content.hasEightBit()),
                fit.headerFrom(),
                fit.subject(),
                examined.messageId(),
                fit.usage(),
                fit.hints().tags(),
                fit.hints().metadata(),
                examination.withRoom(fit, origin.credential(), content.draft().size()),
                fit.hints().service().map(_ -> fit.service().id()),
                fit.sendAt(),
                tellsSender(submission, fit),
                content.draft());
    }

    // An HTTP call without `from` sends as the service does, and trouble is reported there. Over
    // SMTP
    // an empty reverse-path is the null reverse-path and stays so.
    private static Envelope withReversePath(Submission submission, Finding.Fit fit) {
        var given = submission.envelope();
        if (submission.origin().door() != Door.HTTP || !fit.needsFrom()) return given;
        if (given.reversePath().isPresent()) return given;
        return new Envelope(
                Address.parse(fit.headerFrom()),
                given.forwardPaths(),
                given.body(),
                given.smtputf8(),
                given.reports());
    }

    // What the content holds decides, whatever was declared: nobody behind us is asked for 8BITMIME
    // in vain, and 8-bit content does not leave as 7-bit.
    private static Envelope envelope(Envelope given, boolean eightBit) {
        boolean ascii =
                given.reversePath().map(Address::isAscii).orElse(true)
                        && given.forwardPaths().stream().allMatch(Address::isAscii);
        return new Envelope(
                given.reversePath(),
                given.forwardPaths(),
                eightBit ? Envelope.Body.EIGHT_BIT : Envelope.Body.SEVEN_BIT,
                !ascii || (given.smtputf8() && eightBit),
                given.reports());
    }

    static Rejected notKept(IOException failed) {
        return failed.getCause() instanceof StoreException store ? notKept(store) : trouble(failed);
    }

    static Rejected trouble(Exception unexpected) {
        LOG.error("- a submission failed", unexpected);
        return new Rejected(
                Reply.of(451, "4.3.0", "Something went wrong here; please try again later"), "");
    }

    private static Rejected notKept(StoreException failed) {
        LOG.error("- a submission could not be kept: {}", failed.getMessage());
        return new Rejected(
                failed.isFull()
                        ? Reply.of(452, "4.3.1", "No room for the message; please try again later")
                        : Reply.of(
                                451,
                                "4.3.0",
                                "The message could not be kept; please try again later"),
                "");
    }

    /// For a door that says no by itself.
    public void rejected(String door, Credential credential, int code) {
        tallies.add(Tally.MESSAGES_REJECTED, door, Integer.toString(code));
        tallies.add(Tally.CREDENTIAL_REJECTED, Long.toString(credential.id()));
    }

    private static void logAccepted(NewMessage message, Examined examined) {
        if (!LOG.isInfoEnabled()) return;
        LOG.info(
                "{} accepted door={} remote=\"{}\" credential={} from=<{}> to={} size={} service={}"
                        + " why=\"{}\"",
                message.id(),
                message.door(),
                message.remote(),
                message.credential().orElse(0),
                message.envelope().reversePathText(),
                message.envelope().forwardPaths().size(),
                message.content().size(),
                examined.fit().service().name(),
                examined.fit().why());
    }

    private void logRejected(Submission submission, Rejected rejected) {
        var origin = submission.origin();
        rejected(origin.door().word(), origin.credential(), rejected.reply().code());
        LOG.info(
                "- rejected door={} remote=\"{}\" credential={} from=<{}> to={} reply=\"{}\"",
                submission.origin().door().word(),
                submission.origin().remote(),
                submission.origin().credential().name(),
                submission.envelope().reversePathText(),
                submission.envelope().forwardPaths().size(),
                rejected.reply().text().replaceAll("\\p{Cntrl}", "?"));
    }
}
