package postroom.route;

import postroom.access.Credential;
import postroom.mail.Address;
import postroom.route.Route.Choice;
import postroom.route.Route.Way;
import postroom.route.Routing.NoRoute;
import postroom.route.Routing.Routed;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Usage;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Picks the service that carries a message. In this order:
///
/// 1. A service the message asks for by name or id, if its credential may use it and it is set up
///    for the usage. Its list of senders is not looked at: who asks by name knows best, and the
///    provider has the last word.
/// 2. The first rule whose condition the message meets: of its services the first that is open, or
///    each as often as its weight says; where none is open, the first, and the mail waits. Lists of
///    senders are not looked at either.
/// 3. Of the services the credential may use and that are set up for the usage, the first (by id)
///    that lists the header From, as its `from` or among its `senders`.
/// 4. A service without a list of senders carries any header From the credential may use; one whose
///    own `from` has the same domain goes first. A service *with* a list carries nobody else.
/// 5. Nobody: the message is not accepted, and the sentence says what to change.
///
/// A `draft` carries nothing. Every other state does, also `paused` and `needs_authorization`: the
/// mail waits.
public final class Router {

    private final Supplier<List<Service>> services;
    private final LongFunction<ServiceState> stateOf;
    private final Supplier<List<Route>> routes;
    private final Map<String, AtomicLong> turns = new ConcurrentHashMap<>();

    /// @param services a snapshot that is cheap to take: [postroom.service.Services#all]
    /// @param stateOf the state of a service by id
    /// @param routes the rules in their order
    public Router(
            Supplier<List<Service>> services,
            LongFunction<ServiceState> stateOf,
            Supplier<List<Route>> routes) {
        this.services = services;
        this.stateOf = stateOf;
        this.routes = routes;
    }

    /// True when recipients of one message may go different ways.
    public boolean dependsOnRecipient() {
        for (var route : routes.get()) if (route.when().dependsOnRecipient()) return true;
        return false;
    }

    /// Where the message goes. Where services take turns, the turn is its own.
    public Routing routeFor(Request request, Address recipient) {
        return routeFor(request, recipient, AtomicLong::getAndIncrement);
    }

    /// Where [#routeFor] would send it; nobody's turn is taken.
    public Routing preview(Request request, Address recipient) {
        return routeFor(request, recipient, AtomicLong::get);
    }

    private Routing routeFor(Request request, Address recipient, ToLongFunction<AtomicLong> turn) {
        if (request.wantedService().isPresent())
            return asWanted(request, request.wantedService().get());
        for (var route : routes.get())
            if (route.when().missing(request, recipient).isEmpty())
                return asRuled(request, route, turn);
        return asFits(request);
    }

    /// What each rule said about the message, up to the one that took it.
    ///
    /// @param why what the message is instead; empty: the rule takes it
    public record Verdict(String route, Optional<String> why) {}

    public List<Verdict> explain(Request request, Address recipient) {
        var verdicts = new ArrayList<Verdict>();
        if (request.wantedService().isPresent()) return verdicts;
        for (var route : routes.get()) {
            var missing = route.when().missing(request, recipient);
            verdicts.add(new Verdict(route.name(), missing));
            if (missing.isEmpty()) break;
        }
        return verdicts;
    }

    /// Where mail of the rule may go that waits for `closed`, in order; empty: it stays. What of it
    /// a service may carry is another question.
    public List<Service> around(Route route, long closed) {
        if (isOpen(route, closed)) return List.of();
        return route.ways().stream()
                .filter(way -> isOpen(route, way.service()))
                .flatMap(way -> byId(way.service()).stream())
                .toList();
    }

    /// The service that a message takes whose size is known now: `chosen`, unless it is too large
    /// for that and another one of the rule takes it, an open one before one to wait for.
    public long withRoom(
            long chosen, String rule, Credential credential, Usage usage, long octets) {
        if (takes(chosen, octets)) return chosen;
        var fitting =
                routes.get().stream()
                        .filter(route -> route.name().equals(rule))
                        .flatMap(route ->
                                usable(credential, usage, route).stream()
                                        .map(Way::service)
                                        .filter(service -> takes(service, octets))
                                        .sorted(
                                                Comparator.comparing(
                                                        service -> !isOpen(route, service))))
                        .toList();
        return fitting.isEmpty() ? chosen : fitting.getFirst();
    }

    private boolean takes(long service, long octets) {
        return byId(service).filter(it -> it.limits().takes(octets)).isPresent();
    }

    private List<Way> usable(Credential credential, Usage usage, Route route) {
        return route.ways().stream()
                .filter(way ->
                        byId(way.service())
                                .filter(it -> credential.mayUse(it.id()))
                                .filter(it -> isFor(usage, it))
                                .filter(it -> !isDraft(it))
                                .isPresent())
                .toList();
    }

    private Routing asRuled(Request request, Route route, ToLongFunction<AtomicLong> turn) {
        var usable = usable(request.credential(), request.usage(), route);
        if (usable.isEmpty())
            return new NoRoute(
                    "Rule "
                            + route.name()
                            + " leads to no service that credential "
                            + request.credential().name()
                            + " may use for "
                            + word(request.usage())
                            + " mail");
        var open = usable.stream().filter(way -> isOpen(route, way.service())).toList();
        var way =
                switch (route.choice()) {
                    case IN_ORDER -> open.isEmpty() ? usable.getFirst() : open.getFirst();
                    case BY_WEIGHT -> byWeight(route, open.isEmpty() ? usable : open, turn);
                };
        var why =
                way.equals(usable.getFirst()) || route.choice() == Choice.BY_WEIGHT
                        ? "rule " + route.name()
                        : "rule " + route.name() + ", around " + closed(usable.getFirst());
        return new Routed(byId(way.service()).orElseThrow(), Optional.of(route.name()), why);
    }

    private String closed(Way way) {
        return byId(way.service()).map(Service::name).orElse("")
                + ", which is "
                + stateOf.apply(way.service()).word();
    }

    /// One after the other, each as often as its weight says.
    private Way byWeight(Route route, List<Way> ways, ToLongFunction<AtomicLong> next) {
        int total = ways.stream().mapToInt(Way::weight).sum();
        long turn = next.applyAsLong(turns.computeIfAbsent(route.name(), _ -> new AtomicLong()));
        // a step that shares no divisor with the total spreads the turns instead of bunching them
        long at = Math.floorMod(turn * spread(total), (long) total);
        for (var way : ways) {
            at -= way.weight();
            if (at < 0) return way;
        }
        return ways.getLast();
    }

    private static long spread(int total) {
        long step = Math.max(1, Math.round(total * 0.618));
        while (BigInteger.valueOf(step).gcd(BigInteger.valueOf(total)).intValue() != 1) step++;
        return step;
    }

    private boolean isOpen(Route route, long service) {
        return byId(service).isPresent()
                && stateOf.apply(service) != ServiceState.DRAFT
                && !route.switchWhen().contains(stateOf.apply(service));
    }

    private Optional<Service> byId(long id) {
        return services.get().stream().filter(service -> service.id() == id).findFirst();
    }

    private Routing asWanted(Request request, String wanted) {
        var found = services.get().stream().filter(service -> isCalled(service, wanted)).findAny();
        if (found.isEmpty()) return new NoRoute("There is no service \"" + wanted + "\"");
        var service = found.get();
        if (!request.credential().mayUse(service.id()))
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
        return new Routed(service, Optional.empty(), "the message asks for it");
    }

    private Routing asFits(Request request) {
        var all = services.get().stream().sorted(Comparator.comparingLong(Service::id)).toList();
        if (all.isEmpty()) return new NoRoute("No service is set up yet to carry mail");
        var allowed = all.stream().filter(s -> request.credential().mayUse(s.id())).toList();
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
                .orElseGet(() ->
                        new Routed(
                                fitting.getFirst(),
                                Optional.empty(),
                                "the message has no From of its own"));
    }

    private static Routing bySender(List<Service> fitting, Address from) {
        var listed = first(fitting, s -> s.lists(from));
        if (listed.isPresent())
            return new Routed(listed.get(), Optional.empty(), "it sends as " + from);
        var sameDomain =
                first(
                        fitting,
                        s ->
                                s.senders().isEmpty()
                                        && s.from().address().domain().equals(from.domain()));
        if (sameDomain.isPresent())
            return new Routed(sameDomain.get(), Optional.empty(), "it sends for " + from.domain());
        var open = first(fitting, s -> s.senders().isEmpty());
        if (open.isPresent())
            return new Routed(open.get(), Optional.empty(), "it has no list of senders");
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

    private boolean isDraft(Service service) {
        return stateOf.apply(service.id()) == ServiceState.DRAFT;
    }

    private static boolean isFor(Usage usage, Service service) {
        return service.usages().isEmpty() || service.usages().contains(usage);
    }

    private static String word(Usage usage) {
        return usage.name().toLowerCase(Locale.ROOT);
    }
}
