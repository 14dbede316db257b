package postroom.service;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How a service is.
///
/// @param reason id of the advice, where something is wrong
/// @param detail what the far side said, verbatim
/// @param until limited: until then
/// @param probeAt failing: when one message may try
/// @param probes failing: how many tried since it failed
/// @param closedSince the gate has been closed since then
/// @param closedTotal how long it was closed before that
public record ServiceStatus(
        ServiceState state,
        Instant since,
        Optional<String> reason,
        Optional<String> detail,
        Optional<Instant> until,
        Optional<Instant> probeAt,
        int probes,
        Optional<Instant> closedSince,
        Duration closedTotal) {

    /// The advice of a service that has sent what its owner lets it send in a day.
    public static final String DAY_IS_FULL = "service-day-limit";

    /// True when its owner's limit, not the provider, keeps it from sending.
    boolean isFull() {
        return state == ServiceState.LIMITED && reason.equals(Optional.of(DAY_IS_FULL));
    }

    /// A service that was just set up.
    static ServiceStatus initial(ServiceState state, Instant now) {
        return new ServiceStatus(
                state,
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                state == ServiceState.READY ? Optional.empty() : Optional.of(now),
                Duration.ZERO);
    }

    /// The gate: only a ready service is sent through.
    public boolean isOpen() {
        return state == ServiceState.READY;
    }

    /// How long the gate has been closed in all, which is how long the lifetime of its mail stood
    /// still.
    public Duration closedBy(Instant now) {
        return closedSince
                .filter(now::isAfter)
                .map(since -> closedTotal.plus(Duration.between(since, now)))
                .orElse(closedTotal);
    }

    /// True when one message may try whether the trouble is over.
    public boolean mayProbe(Instant now) {
        return state == ServiceState.FAILING && probeAt.filter(at -> !at.isAfter(now)).isPresent();
    }

    /// The same gate in another state. Time behind a closed gate adds up; whoever goes from one
    /// closed state to another stays closed. A service that fails once more, while it fails, keeps
    /// its count of probes.
    ServiceStatus movedTo(
            ServiceState next,
            Optional<String> why,
            Optional<String> said,
            Optional<Instant> limitedUntil,
            Pauses pauses,
            Instant now) {
        boolean failsStill = state == ServiceState.FAILING && next == ServiceState.FAILING;
        boolean opens = next == ServiceState.READY;
        return new ServiceStatus(
                next,
                next == state ? since : now,
                why,
                said,
                next == ServiceState.LIMITED ? limitedUntil : Optional.empty(),
                next == ServiceState.FAILING
                        ? Optional.of(now.plus(pauses.after(failsStill ? probes : 0)))
                        : Optional.empty(),
                failsStill ? probes : 0,
                opens ? Optional.empty() : closedSince.or(() -> Optional.of(now)),
                opens ? closedBy(now) : closedTotal);
    }

    /// The same after the clock was set back: what ends at a time ends as much earlier, and nothing
    /// began in the future.
    ServiceStatus setBack(Duration by, Instant now) {
        return new ServiceStatus(
                state,
                notAfter(since, now),
                reason,
                detail,
                until.map(at -> at.isAfter(now) ? at.minus(by) : at),
                probeAt.map(at -> at.isAfter(now) ? at.minus(by) : at),
                probes,
                closedSince.map(at -> notAfter(at, now)),
                closedTotal);
    }

    private static Instant notAfter(Instant at, Instant now) {
        return at.isAfter(now) ? now : at;
    }

    /// One message is on its way to try; the next one may after a longer pause.
    ServiceStatus probed(Pauses pauses, Instant now) {
        return new ServiceStatus(
                state,
                since,
                reason,
                detail,
                until,
                Optional.of(now.plus(pauses.after(probes + 1))),
                probes + 1,
                closedSince,
                closedTotal);
    }
}
