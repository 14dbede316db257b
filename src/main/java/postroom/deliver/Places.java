package postroom.deliver;

import postroom.service.Service;

import java.time.Duration;
import java.util.Optional;

/// Room for a line that is none of the lanes', within the service's limit of connections.
@FunctionalInterface
public interface Places {

    /// Waits for a place at most that long. Where lanes have them all, one lane ends as soon as the
    /// message it carries is settled. Empty: none became free.
    Optional<Place> take(Service service, Duration atMost);

    /// Belongs to whoever took it until it is closed.
    interface Place extends AutoCloseable {

        /// Counts one message with one recipient among those that the service may send in a minute
        /// and in a day. Waits for room in the minute.
        ///
        /// @return the limit that leaves no room, in words; empty: it may be sent
        default Optional<String> count() {
            return Optional.empty();
        }

        @Override
        void close();
    }
}
