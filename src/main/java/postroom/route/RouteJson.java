package postroom.route;

import postroom.route.Route.Choice;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;

/// A rule as the API shows it: what says nothing is left out, so that a file that was applied comes
/// back as it was.
final class RouteJson {
    private RouteJson() {}

    private static final JsonMapper JSON = JsonMapper.shared();

    static ObjectNode of(Route route, LongFunction<String> nameOf) {
        var shown = JSON.createObjectNode();
        shown.put("name", route.name());
        var when = when(route.when());
        if (!when.isEmpty()) shown.set("when", when);
        var services = shown.putArray("services");
        for (var way : route.ways()) {
            var name = nameOf.apply(way.service());
            if (way.weight() == 1) services.add(name);
            else services.addObject().put("service", name).put("weight", way.weight());
        }
        if (route.choice() != Choice.IN_ORDER) shown.put("choose", route.choice().word());
        if (!route.switchWhen().equals(Route.CLOSED)) {
            var states = shown.putArray("switch_when");
            route.switchWhen().stream().sorted().forEach(state -> states.add(state.word()));
        }
        if (route.rewriteFrom()) shown.put("rewrite_from", true);
        return shown;
    }

    private static ObjectNode when(Condition condition) {
        var when = JSON.createObjectNode();
        put(when, "credential", condition.credentials());
        put(when, "from", condition.from());
        put(when, "recipient_domain", condition.recipientDomains());
        put(
                when,
                "usage",
                condition.usages().stream()
                        .sorted()
                        .map(usage -> usage.name().toLowerCase(Locale.ROOT))
                        .toList());
        put(when, "tag", condition.tags());
        if (!condition.headers().isEmpty()) {
            var header = when.putObject("header");
            condition.headers().forEach(it -> header.put(it.name(), it.value()));
        }
        return when;
    }

    private static void put(ObjectNode when, String name, List<String> values) {
        if (values.size() == 1) when.put(name, values.getFirst());
        else if (!values.isEmpty()) values.forEach(when.withArray("/" + name)::add);
    }
}
