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

    /// Whoever can wait asks the other nodes for one meanwhile.
    @Override
    public Optional<Place> take(Service service, Duration atMost) {
        try {
            var place = taken(service, atMost.isPositive());
            return place.isPresent() || !atMost.isPositive() ? place : askedFor(service, atMost);
        } catch (StoreException away) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<Place> askedFor(Service service, Duration atMost) throws InterruptedException {
        long ends = System.nanoTime() + atMost.toNanos();
        long request = lines.ask(service.id());
        try {
            while (System.nanoTime() < ends) {
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
                var place = taken(service, true);
                if (place.isPresent()) return place;
            }
            return Optional.empty();
        } finally {
            lines.withdraw(request);
        }
    }

    private Optional<Place> taken(Service service, boolean beforeOthers) {
        int limit = service.limits().connections();
        var seat =
                beforeOthers
                        ? lines.takeBeforeOthers(service.id(), limit)
                        : lines.take(service.id(), limit);
        return seat.map(taken -> () -> lines.giveBack(taken));
    }
}
