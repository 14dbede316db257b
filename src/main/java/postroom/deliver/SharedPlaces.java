package postroom.deliver;

import postroom.queue.Lines;
import postroom.service.Service;
import postroom.store.StoreException;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Places for lines where several nodes keep to a service's limit of connections together.
public final class SharedPlaces implements Places {

    /// For a node that is alone: its own count is all there is.
    public static final Places ALONE = (service, atMost) -> Optional.of(() -> {});

    private static final long LOOK_AGAIN_MILLIS = 250;

    private final Lines lines;

    public SharedPlaces(Lines lines) {
        this.lines = lines;
    }

    /// A node does not know how to make another one's lane leave; it looks again until then.
    @Override
    public Optional<Place> take(Service service, Duration atMost) {
        long ends = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                var seat = lines.take(service.id(), service.limits().connections());
                if (seat.isPresent())
                    return Optional.of(() -> lines.giveBack(service.id(), seat.getAsInt()));
                if (System.nanoTime() >= ends) return Optional.empty();
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (StoreException away) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
