package postroom.intake;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.intake.Submission.Door;
import postroom.intake.Submission.Origin;
import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.Usage;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/// Hands a message in once more, as a new one: the same content for some of its recipients, with
/// another Message-ID and Date, so that nobody takes it for the one they have. It takes the route
/// it would take now if its application handed it in again, and what that may do counts.
public final class SendAgain {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<List<String>> TAGS = new TypeReference<>() {};
    private static final Set<String> MADE_ANEW = Set.of("message-id", "date", "bcc");

    private final Intake intake;
    private final Queue queue;
    private final Access access;
    private final EventLog events;

    public SendAgain(Intake intake, Queue queue, Access access, EventLog events) {
        this.intake = intake;
        this.queue = queue;
        this.access = access;
        this.events = events;
    }

    /// What came of it for those that failed.
    public sealed interface OfFailed {

        /// None of its recipients failed.
        record NothingFailed() implements OfFailed {}

        /// Somebody had it sent again before: once more would be once too often.
        record SentBefore() implements OfFailed {}
    }

    /// What came of it.
    public sealed interface Result extends OfFailed {
        record Answered(Acceptance acceptance) implements Result {}

        /// Retention erased the content.
        record Erased() implements Result {}

        /// The application that handed it in may hand nothing in any more.
        record Revoked() implements Result {}
    }

    /// To those that failed, once: for a selection, which may be asked for twice.
    ///
    /// @param by who wants it, for the timeline
    public synchronized OfFailed sendFailed(MessageRow row, String by) throws IOException {
        var failed =
                queue.recipients(row.id()).stream()
                        .filter(one -> one.state().equals("failed"))
                        .map(RecipientRow::address)
                        .distinct()
                        .toList();
        if (failed.isEmpty()) return new OfFailed.NothingFailed();
        boolean before =
                events.ofMessage(row.id()).stream()
                        .anyMatch(it -> it.type() == EventType.MESSAGE_SENT_AGAIN);
        return before ? new OfFailed.SentBefore() : send(row, failed, by);
    }

    /// @param to some of its recipients
    /// @param by who wants it, for the timeline
    public Result send(MessageRow row, List<Address> to, String by) throws IOException {
        var credential = row.credential().flatMap(access::credential);
        if (credential.isEmpty()) return new Result.Revoked();
        var content = queue.content(row.id());
        if (content.isEmpty()) return new Result.Erased();
        var envelope =
                new Envelope(
                        Address.parse(row.reversePath()),
                        to,
                        Envelope.Body.SEVEN_BIT,
                        row.smtputf8());
        return new Result.Answered(
                hand(
                        origin(credential.get(), by),
                        envelope,
                        hints(row),
                        content.get(),
                        as -> tx -> told(tx, row, as, to.size(), by)));
    }

    private static Origin origin(Credential credential, String by) {
        return new Origin(
                Door.HTTP, credential, Optional.empty(), Optional.empty(), Optional.of("HTTP"), by);
    }

    private static Hints hints(MessageRow row) {
        return new Hints(
                Optional.of(Usage.valueOf(row.usage().toUpperCase(Locale.ROOT))),
                row.askedService().map(String::valueOf),
                JSON.readValue(row.tags(), TAGS),
                Map.of("sent_again", row.id().toString()),
                Optional.empty(),
                Optional.empty());
    }

    private boolean told(Tx tx, MessageRow row, QueueId as, int recipients, String by)
            throws SQLException {
        events.append(
                tx,
                EventType.MESSAGE_SENT_AGAIN,
                Optional.of(row.id()),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Map.of("as", as.toString(), "recipients", recipients, "by", by));
        return true;
    }

    private Acceptance hand(
            Origin origin,
            Envelope envelope,
            Hints hints,
            Content content,
            Function<QueueId, Store.Work<?>> also)
            throws IOException {
        try (var in = content.open();
                var submission = intake.begin(origin, envelope, hints)) {
            submission.write(withoutWhatIsMadeAnew(in));
            in.transferTo(submission);
            return intake.accept(submission, also);
        }
    }

    /// The header section, up to where the body begins.
    private static byte[] withoutWhatIsMadeAnew(InputStream in) throws IOException {
        var kept = new ByteArrayOutputStream();
        boolean keeps = true;
        int read = 0;
        while (read < SubmissionContent.LARGEST_HEADER) {
            var line = line(in);
            read += line.length;
            if (!isContinuation(line)) keeps = !MADE_ANEW.contains(name(line));
            if (keeps) kept.writeBytes(line);
            if (line.length <= 2) break;
        }
        return kept.toByteArray();
    }

    private static byte[] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            line.write(octet);
            if (octet == '\n' || line.size() == SubmissionContent.LARGEST_HEADER) break;
        }
        return line.toByteArray();
    }

    private static boolean isContinuation(byte[] line) {
        return line.length > 2 && (line[0] == ' ' || line[0] == '\t');
    }

    private static String name(byte[] line) {
        var text = new String(line, StandardCharsets.ISO_8859_1);
        int colon = text.indexOf(':');
        return colon < 0 ? "" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    }
}
