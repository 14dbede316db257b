package postroom.deliver;

import postroom.queue.Claimed.LimitReached;
import postroom.queue.Queue;
import postroom.service.Service;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One message of a guest, within what the service may send. A full minute is waited for, and the
/// next room in it is the guest's; a full day is not.
final class GuestMessage {

    /// A full minute has room again after sixty seconds and the slot that was counted last.
    private static final Duration PATIENCE = Duration.ofSeconds(70);

    private static final long LOOK_AGAIN_MILLIS = 500;

    private GuestMessage() {}

    /// The limit that leaves no room, in words; empty: it is counted and may be sent.
    static Optional<String> count(Queue queue, Service service) {
        long ends = System.nanoTime() + PATIENCE.toNanos();
        var reserved = queue.reserve(service.id(), service.limits(), Optional.empty());
        while (reserved.reached().isPresent()) {
            var limit = reserved.reached().get();
            if (!isSoonOver(limit) || System.nanoTime() > ends || interrupted()) {
                queue.release(service.id(), reserved);
                return Optional.of(words(service, limit));
            }
            reserved = queue.reserve(service.id(), service.limits(), Optional.of(reserved));
        }
        return Optional.empty();
    }

    private static boolean isSoonOver(LimitReached limit) {
        return switch (limit.quota()) {
            case MESSAGES_PER_MINUTE -> true;
            case RECIPIENTS_PER_DAY -> false;
        };
    }

    private static boolean interrupted() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            return false;
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static String words(Service service, LimitReached limit) {
        var what =
                switch (limit.quota()) {
                    case MESSAGES_PER_MINUTE -> " messages went through %s within a minute";
                    case RECIPIENTS_PER_DAY -> " recipients went through %s within 24 hours";
                };
        return limit.limit()
                + what.formatted(service.name())
                + ": all that its limit allows until "
                + limit.until();
    }
}
