package postroom.alert;

import postroom.queue.Queue;
import postroom.service.Service;
import postroom.service.Services;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Chooses the service that carries an alert mail. A gate may stand open because nobody has tried
/// it yet, so that one goes first which mail has left through lately, and after it one that passed
/// a check.
final class Carriers {

    private static final int ATTEMPTS_LOOKED_AT = 500;

    private final Services services;
    private final Queue queue;
    private final Optional<String> preferred;

    /// @param preferred the owner's choice, name or ID
    Carriers(Services services, Queue queue, Optional<String> preferred) {
        this.services = services;
        this.queue = queue;
        this.preferred = preferred;
    }

    /// What a mail is about, and who cannot carry it.
    ///
    /// @param about the service it tells of
    /// @param orItself when nobody else is open and it is well
    /// @param tried and the mail did not leave
    record Cargo(long about, boolean orItself, Set<Long> tried) {}

    /// The best of those that are open.
    ///
    /// @param known what else is wrong
    Optional<Service> best(Cargo cargo, List<Alert> known) {
        var open =
                services.all().stream()
                        .filter(it -> services.status(it.id()).isOpen())
                        .filter(it -> !cargo.tried().contains(it.id()))
                        .filter(it -> cargo.orItself() || it.id() != cargo.about())
                        .toList();
        if (open.size() < 2) return open.stream().findFirst();
        var sending = queue.sentLately(ATTEMPTS_LOOKED_AT);
        var verified = services.verified();
        return open.stream()
                .min(
                        Comparator.<Service, Boolean>comparing(it -> it.id() == cargo.about())
                                .thenComparing(it -> !isPreferred(it))
                                .thenComparing(it -> isInTrouble(it, known))
                                .thenComparing(it -> !sending.contains(it.id()))
                                .thenComparing(it -> !verified.contains(it.id()))
                                .thenComparing(Service::id));
    }

    private boolean isPreferred(Service service) {
        return preferred
                .filter(it ->
                        service.name().equalsIgnoreCase(it)
                                || Long.toString(service.id()).equals(it))
                .isPresent();
    }

    private static boolean isInTrouble(Service service, List<Alert> known) {
        return known.stream()
                .anyMatch(
                        it -> it.service() == service.id() && it.isOpen() && it.kind().stopsMail());
    }
}
