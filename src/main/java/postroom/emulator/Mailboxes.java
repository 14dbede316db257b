package postroom.emulator;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/// What arrived. The last messages are kept whole; all are counted, so that a benchmark does not
/// fill the memory.
public final class Mailboxes {
    private final int keep;
    private final Deque<ReceivedMessage> kept = new ArrayDeque<>();
    private long messages;
    private long recipients;

    Mailboxes(int keep) {
        this.keep = keep;
    }

    /// All messages that ever arrived, kept or not.
    public synchronized long received() {
        return messages;
    }

    /// All forward-paths of all messages that ever arrived.
    public synchronized long receivedRecipients() {
        return recipients;
    }

    /// The messages still kept, oldest first.
    public synchronized List<ReceivedMessage> messages() {
        return new ArrayList<>(kept);
    }

    /// The message with this number, counted from 1 in the order of arrival, unless it is gone.
    public synchronized Optional<ReceivedMessage> message(long number) {
        return kept.stream().filter(m -> m.number() == number).findFirst();
    }

    /// The messages still kept that were sent to this forward-path.
    public List<ReceivedMessage> sentTo(String address) {
        return messages().stream()
                .filter(m -> m.forwardPaths().stream().anyMatch(address::equalsIgnoreCase))
                .toList();
    }

    /// Forgets everything, counts included.
    public synchronized void clear() {
        kept.clear();
        messages = 0;
        recipients = 0;
    }

    synchronized ReceivedMessage store(LongFunction<ReceivedMessage> numbered) {
        ReceivedMessage message = numbered.apply(++messages);
        recipients += message.recipients().size();
        if (keep > 0) {
            if (kept.size() >= keep) kept.removeFirst();
            kept.addLast(message);
        }
        return message;
    }

    /// When, where and how a message came in.
    record Arrival(Provider provider, String account, Instant at, String tls, long connection) {}
}
