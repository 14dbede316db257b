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
        @Override
        void close();
    }
}
