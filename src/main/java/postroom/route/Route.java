package postroom.route;

import postroom.service.ServiceState;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// One rule: which mail it is for, and which services carry that mail.
///
/// @param when what a message has to be like; an empty condition takes any
/// @param ways in their order
/// @param switchWhen in which states of a service its mail goes another way
/// @param rewriteFrom a service that does not list the header From sends as itself
public record Route(
        String name,
        Condition when,
        List<Way> ways,
        Choice choice,
        Set<ServiceState> switchWhen,
        boolean rewriteFrom) {

    /// The trouble that mail can go around.
    public static final Set<ServiceState> CLOSED =
            Set.of(
                    ServiceState.NEEDS_AUTHORIZATION,
                    ServiceState.LIMITED,
                    ServiceState.FAILING,
                    ServiceState.PAUSED);

    /// @param weight its share, where weights decide
    public record Way(long service, int weight) {}

    /// How one of several open services is taken.
    public enum Choice {
        /// The first one; the others when it is closed.
        IN_ORDER,
        /// Each as often as its weight says.
        BY_WEIGHT;

        /// As settings spell it.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Route {
        ways = List.copyOf(ways);
        switchWhen = Set.copyOf(switchWhen);
        if (ways.isEmpty()) throw new IllegalArgumentException(name + " leads nowhere");
    }

    public boolean leadsTo(long service) {
        return ways.stream().anyMatch(way -> way.service() == service);
    }
}
