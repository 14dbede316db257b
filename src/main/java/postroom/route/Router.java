package postroom.route;

import postroom.access.Credential;
import postroom.mail.Address;
import postroom.route.Routing.NoRoute;
import postroom.route.Routing.Routed;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Usage;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Picks the service that carries a message. The rules, in this order:
///
/// 1. A service the message asks for by name or id, if its credential may use it and it is set up
///    for the usage. Its list of senders is not looked at: who asks by name knows best, and the
///    provider has the last word.
/// 2. Of the services the credential may use and that are set up for the usage, the first (by id)
///    that lists the header From, as its `from` or among its `senders`.
/// 3. A service without a list of senders carries any header From the credential may use; one whose
///    own `from` has the same domain goes first. A service *with* a list carries nobody else.
/// 4. Nobody: the message is not accepted, and the sentence says what to change.
///
/// A `draft` carries nothing. Every other state does, also `paused` and `needs_authorization`: the
/// mail waits.
public final class Router {

    private final Supplier<List<Service>> services;
    private final LongFunction<ServiceState> stateOf;

    /// @param services a snapshot that is cheap to take: [postroom.service.Services#all]
    /// @param stateOf the state of a service by id
    public Router(Supplier<List<Service>> services, LongFunction<ServiceState> stateOf) {
        this.services = services;
        this.stateOf = stateOf;
    }

    public Routing routeFor(Request request) {
        return request.wantedService()
                .map(wanted -> asWanted(request, wanted))
                .orElseGet(() -> asFits(request));
    }

    private Routing asWanted(Request request, String wanted) {
        var found = services.get().stream().filter(service -> isCalled(service, wanted)).findAny();
        if (found.isEmpty()) return new NoRoute("There is no service \"" + wanted + "\"");
        var service = found.get();
        if (!mayUse(request.credential(), service))
            return new NoRoute(
                    "Credential "
                            + request.credential().name()
                            + " may not use service "
                            + service.name());
        if (isDraft(service))
            return new NoRoute(
                    "Service " + service.name() + " is a draft; finish setting it up first");
        if (!isFor(request.usage(), service))
            return new NoRoute(
                    "Service "
                            + service.name()
                            + " is not set up for "
                            + word(request.usage())
                            + " mail");
        return new Routed(service, "the message asks for it");
    }

    private Routing asFits(Request request) {
        var all = services.get().stream().sorted(Comparator.comparingLong(Service::id)).toList();
        if (all.isEmpty()) return new NoRoute("No service is set up yet to carry mail");
        var allowed = all.stream().filter(s -> mayUse(request.credential(), s)).toList();
        if (allowed.isEmpty())
            return new NoRoute(
                    "Credential " + request.credential().name() + " may not use any service");
        var finished = allowed.stream().filter(s -> !isDraft(s)).toList();
        if (finished.isEmpty())
            return new NoRoute(
                    "Service " + allowed.getFirst().name() + " is a draft; finish setting it up");
        var fitting = finished.stream().filter(s -> isFor(request.usage(), s)).toList();
        if (fitting.isEmpty())
            return new NoRoute("No service is set up for " + word(request.usage()) + " mail");
        return request.headerFrom()
                .map(from -> bySender(fitting, from))
                .orElseGet(
                        () -> new Routed(fitting.getFirst(), "the message has no From of its own"));
    }

    private static Routing bySender(List<Service> fitting, Address from) {
        var listed = first(fitting, s -> lists(s, from));
        if (listed.isPresent()) return new Routed(listed.get(), "it sends as " + from);
        var sameDomain =
                first(
                        fitting,
                        s ->
                                s.senders().isEmpty()
                                        && s.from().address().domain().equals(from.domain()));
        if (sameDomain.isPresent())
            return new Routed(sameDomain.get(), "it sends for " + from.domain());
        var open = first(fitting, s -> s.senders().isEmpty());
        if (open.isPresent()) return new Routed(open.get(), "it has no list of senders");
        return new NoRoute(
                "No service sends as "
                        + from
                        + "; add it to the senders of "
                        + fitting.getFirst().name());
    }

    private static Optional<Service> first(List<Service> services, Predicate<Service> which) {
        return services.stream().filter(which).findFirst();
    }

    private static boolean isCalled(Service service, String nameOrId) {
        return service.name().equalsIgnoreCase(nameOrId)
                || Long.toString(service.id()).equals(nameOrId);
    }

    private static boolean mayUse(Credential credential, Service service) {
        return credential.services().isEmpty() || credential.services().contains(service.id());
    }

    private boolean isDraft(Service service) {
        return stateOf.apply(service.id()) == ServiceState.DRAFT;
    }

    private static boolean isFor(Usage usage, Service service) {
        return service.usages().isEmpty() || service.usages().contains(usage);
    }

    private static boolean lists(Service service, Address from) {
        return same(service.from().address(), from)
                || service.senders().stream().anyMatch(sender -> same(sender.address(), from));
    }

    // no provider in use tells mailboxes apart by the case of their local part
    private static boolean same(Address one, Address other) {
        return one.domain().equals(other.domain())
                && one.localPart().equalsIgnoreCase(other.localPart());
    }

    private static String word(Usage usage) {
        return usage.name().toLowerCase(Locale.ROOT);
    }
}
