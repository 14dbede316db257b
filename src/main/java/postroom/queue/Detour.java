package postroom.queue;

import postroom.service.Usage;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// Mail of one rule on its way from a service that is closed to another.
///
/// @param why for the timeline
/// @param barred credentials whose mail may not go there
/// @param usages what it is set up for; empty: everything
/// @param messageSize octets it takes; empty: any number
public record Detour(
        String route,
        long from,
        long to,
        String why,
        List<Long> barred,
        Set<Usage> usages,
        OptionalLong messageSize) {

    public Detour {
        barred = List.copyOf(barred);
        usages = Set.copyOf(usages);
    }
}
