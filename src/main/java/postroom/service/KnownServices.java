package postroom.service;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What is in memory of the services. Safe for use by many threads; reading needs no lock.
final class KnownServices {

    private final Map<Long, Known> known = new ConcurrentHashMap<>();
    private volatile List<Service> inOrder = List.of();

    /// @param given settings as they were given, without the preset's, secrets sealed
    /// @param confirmAt when the state has to be read once more
    record Known(
            Service service, ObjectNode given, ServiceStatus status, Optional<Instant> confirmAt) {
        Known with(ServiceStatus changed, Optional<Instant> confirm) {
            return new Known(service, given, changed, confirm);
        }
    }

    /// By age, oldest first.
    List<Service> all() {
        return inOrder;
    }

    Optional<Known> find(long id) {
        return Optional.ofNullable(known.get(id));
    }

    /// @throws NoSuchElementException when there is no such service
    Known get(long id) {
        return find(id).orElseThrow(() -> new NoSuchElementException("there is no service " + id));
    }

    /// By name, whatever its case, or by ID.
    Optional<Service> named(String nameOrId) {
        return all().stream()
                .filter(service ->
                        service.name().equalsIgnoreCase(nameOrId)
                                || Long.toString(service.id()).equals(nameOrId))
                .findFirst();
    }

    void put(long id, Known one) {
        known.put(id, one);
        sort();
    }

    Map<Long, Known> snapshot() {
        return Map.copyOf(known);
    }

    /// False when it is not what it `was` any more; then it stays as it is.
    ///
    /// @param was null: unknown
    boolean replace(long id, @Nullable Known was, Known now) {
        boolean replaced = known.compute(id, (key, found) -> found == was ? now : found) == now;
        sort();
        return replaced;
    }

    void remove(long id) {
        known.remove(id);
        sort();
    }

    void retain(Collection<Long> ids) {
        known.keySet().retainAll(ids);
        sort();
    }

    /// Where it is known still.
    void status(long id, ServiceStatus status, Optional<Instant> confirmAt) {
        known.computeIfPresent(id, (key, now) -> now.with(status, confirmAt));
    }

    /// Unless somebody was faster than whoever read that.
    void confirm(long id, Known read, ServiceStatus status) {
        known.computeIfPresent(
                id, (key, now) -> now == read ? now.with(status, Optional.empty()) : now);
    }

    private void sort() {
        inOrder =
                known.values().stream()
                        .map(Known::service)
                        .sorted((a, b) -> Long.compare(a.id(), b.id()))
                        .toList();
    }
}
