package postroom.service;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How long a failing service is left alone before one message tries again.
enum Pauses {
    /// Nobody answered, or asked us to come back: trouble that goes away by itself.
    UNREACHABLE(
            List.of(
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15))),
    /// Somebody has to act first, and repeated wrong sign-ins lock accounts.
    REFUSED(
            List.of(
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15),
                    Duration.ofMinutes(30),
                    Duration.ofHours(1)));

    private final List<Duration> pauses;

    Pauses(List<Duration> pauses) {
        this.pauses = pauses;
    }

    /// The pause after that many probes; the last one repeats.
    Duration after(int probes) {
        return pauses.get(Math.min(probes, pauses.size() - 1));
    }

    /// By the kind of trouble; what the catalog does not know goes away by itself.
    static Pauses because(Catalog catalog, Optional<String> adviceId) {
        var retry = adviceId.flatMap(catalog::byId).map(Advice::retry);
        return retry.isEmpty()
                        || retry.get() == Advice.Retry.TRANSIENT
                        || retry.get() == Advice.Retry.SLOW_DOWN
                ? UNREACHABLE
                : REFUSED;
    }
}
