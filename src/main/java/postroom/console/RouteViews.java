package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.route.Condition;
import postroom.route.Explainer;
import postroom.route.Route;
import postroom.route.Route.Choice;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rules as pages show them.
final class RouteViews {

    private final Services services;

    RouteViews(Services services) {
        this.services = services;
    }

    /// @param when none: any mail
    /// @param switchWhen states in which mail goes another way; none: it waits
    record View(
            int index,
            String name,
            List<Part> when,
            List<WayView> ways,
            boolean byWeight,
            List<ServiceState> switchWhen,
            boolean rewriteFrom) {}

    /// One member of a condition.
    ///
    /// @param label key of a text
    record Part(Say label, List<String> values) {}

    /// @param share in percent, where weights decide
    record WayView(String id, String name, Mark mark, int weight, long share) {}

    /// @param service null: the message would not be accepted
    record Answer(
            @Nullable String service,
            @Nullable String id,
            @Nullable Mark mark,
            String why,
            boolean rewritesFrom,
            List<Verdict> rules) {}

    /// @param because why the rule does not take it; null: it does
    record Verdict(String name, @Nullable String because) {}

    List<View> all(List<Route> routes) {
        var views = new ArrayList<View>();
        for (int i = 0; i < routes.size(); i++) views.add(view(i, routes.get(i)));
        return views;
    }

    Answer answer(Explainer.Answer answer) {
        return new Answer(
                answer.service().map(Service::name).orElse(null),
                answer.service().map(it -> Long.toString(it.id())).orElse(null),
                answer.service().map(it -> mark(it.id())).orElse(null),
                answer.why(),
                answer.rewritesFrom(),
                answer.rules().stream()
                        .map(it -> new Verdict(it.route(), it.why().orElse(null)))
                        .toList());
    }

    private View view(int index, Route route) {
        long all = route.ways().stream().mapToLong(Route.Way::weight).sum();
        return new View(
                index,
                route.name(),
                parts(route.when()),
                route.ways().stream().map(it -> way(it, all)).toList(),
                route.choice() == Choice.BY_WEIGHT,
                RouteForm.STATES.stream().filter(route.switchWhen()::contains).toList(),
                route.rewriteFrom());
    }

    private WayView way(Route.Way way, long all) {
        return new WayView(
                Long.toString(way.service()),
                services.byId(way.service())
                        .map(Service::name)
                        .orElse(Long.toString(way.service())),
                mark(way.service()),
                way.weight(),
                Math.round(100.0 * way.weight() / all));
    }

    private Mark mark(long service) {
        return Mark.of(services.status(service).state());
    }

    private static List<Part> parts(Condition when) {
        var parts = new ArrayList<Part>();
        add(parts, Say.of("routes.when.credential"), when.credentials());
        add(parts, Say.of("routes.when.from"), when.from());
        add(parts, Say.of("routes.when.domain"), when.recipientDomains());
        add(
                parts,
                Say.of("routes.when.usage"),
                when.usages().stream()
                        .sorted()
                        .map(it -> it.name().toLowerCase(Locale.ROOT))
                        .toList());
        add(parts, Say.of("routes.when.tag"), when.tags());
        for (var header : when.headers())
            add(parts, Say.of("routes.when.header", header.name()), List.of(header.value()));
        return parts;
    }

    private static void add(List<Part> parts, Say label, List<String> values) {
        if (!values.isEmpty()) parts.add(new Part(label, values));
    }
}
