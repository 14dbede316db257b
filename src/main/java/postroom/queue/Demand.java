package postroom.queue;

import postroom.service.Limits;

/// What lanes would like to have: about `most` due recipients of a service, within its limits.
///
/// @param onlyTransactional leave marketing mail where it is
public record Demand(long service, int most, Limits limits, boolean onlyTransactional) {

    public Demand {
        if (most < 1) throw new IllegalArgumentException("a demand for " + most);
    }
}
