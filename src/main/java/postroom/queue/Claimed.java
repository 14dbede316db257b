package postroom.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What came of a demand.
///
/// @param reached the limit that keeps the rest back, if one does
public record Claimed(List<Claim> claims, Optional<LimitReached> reached) {

    static final Claimed NOTHING = new Claimed(List.of(), Optional.empty());

    public Claimed {
        claims = List.copyOf(claims);
    }

    /// @param until when there is room again
    public record LimitReached(Quota quota, int limit, Instant until) {}
}
