package postroom.console;

import org.springframework.util.MultiValueMap;

import postroom.route.Condition;
import postroom.route.Route;
import postroom.route.Route.Choice;
import postroom.service.InvalidService.FieldTrouble;
import postroom.service.ServiceState;
import postroom.service.Usage;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What stands in the form of one rule. It writes the rule in the language of `PUT /v1/routes`, and
/// leaves it to that to say what is wrong.
///
/// @param index empty: a new rule
/// @param position before which rule a new one goes; empty: the last
/// @param credentials names or IDs
/// @param from one pattern on each line, like domains and tags
/// @param headers `Name: value` on each line
/// @param ways in their order, with empty ones to be filled
/// @param switchWhen words of states
/// @param errors what is wrong, by field
public record RouteForm(
        String index,
        String position,
        String version,
        String name,
        List<String> credentials,
        String from,
        String domains,
        String usage,
        String tags,
        String headers,
        List<Way> ways,
        String choose,
        List<String> switchWhen,
        boolean rewriteFrom,
        Map<String, Say> errors) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int SPARE = 2;
    private static final int FEWEST = 3;
    static final List<ServiceState> STATES =
            List.of(
                    ServiceState.NEEDS_AUTHORIZATION,
                    ServiceState.LIMITED,
                    ServiceState.FAILING,
                    ServiceState.PAUSED);

    /// @param service its ID; empty: nothing was chosen
    public record Way(String service, String weight) {}

    public RouteForm {
        credentials = List.copyOf(credentials);
        ways = List.copyOf(ways);
        switchWhen = List.copyOf(switchWhen);
        errors = Map.copyOf(errors);
    }

    static RouteForm empty(String version) {
        return new RouteForm(
                "",
                "",
                version,
                "",
                List.of(),
                "",
                "",
                "",
                "",
                "",
                padded(List.of()),
                Choice.IN_ORDER.word(),
                words(STATES),
                false,
                Map.of());
    }

    static RouteForm of(int index, Route route, String version) {
        var when = route.when();
        return new RouteForm(
                Integer.toString(index),
                "",
                version,
                route.name(),
                when.credentials(),
                String.join("\n", when.from()),
                String.join("\n", when.recipientDomains()),
                usage(when),
                String.join("\n", when.tags()),
                when.headers().stream()
                        .map(it -> it.name() + ": " + it.value())
                        .collect(Collectors.joining("\n")),
                padded(
                        route.ways().stream()
                                .map(it ->
                                        new Way(
                                                Long.toString(it.service()),
                                                Integer.toString(it.weight())))
                                .toList()),
                route.choice().word(),
                words(STATES.stream().filter(route.switchWhen()::contains).toList()),
                route.rewriteFrom(),
                Map.of());
    }

    static RouteForm read(MultiValueMap<String, String> given) {
        return new RouteForm(
                first(given, "index"),
                first(given, "position"),
                first(given, "version"),
                first(given, "name"),
                all(given, "credential"),
                first(given, "from"),
                first(given, "domains"),
                first(given, "usage"),
                first(given, "tags"),
                first(given, "headers"),
                padded(ways(all(given, "service"), all(given, "weight"))),
                first(given, "choose"),
                all(given, "switch_when"),
                !first(given, "rewrite_from").isEmpty(),
                Map.of());
    }

    ObjectNode rule() {
        var rule = JSON.createObjectNode();
        rule.put("name", name);
        var when = rule.putObject("when");
        put(when, "credential", credentials);
        put(when, "from", lines(from));
        put(when, "recipient_domain", lines(domains));
        put(when, "usage", usage.isEmpty() ? List.of() : List.of(usage));
        put(when, "tag", lines(tags));
        if (!lines(headers).isEmpty()) {
            var header = when.putObject("header");
            for (var line : lines(headers)) {
                int colon = line.indexOf(':');
                if (colon < 0) header.put(line, "*");
                else
                    header.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
            }
        }
        var services = rule.putArray("services");
        for (var way : ways) {
            if (way.service().isEmpty()) continue;
            var one = services.addObject().put("service", way.service());
            if (way.weight().matches("\\d{1,4}")) one.put("weight", Integer.parseInt(way.weight()));
            else if (!way.weight().isEmpty()) one.put("weight", way.weight());
        }
        rule.put("choose", choose);
        var states = rule.putArray("switch_when");
        switchWhen.forEach(states::add);
        rule.put("rewrite_from", rewriteFrom);
        return rule;
    }

    /// @param at where the rule stood in what was read
    RouteForm with(List<FieldTrouble> troubles, int at) {
        var told = new HashMap<String, Say>();
        var ours = "routes[" + at + "].";
        for (var trouble : troubles) {
            var path = trouble.field();
            var field =
                    path.startsWith(ours)
                            ? path.substring(ours.length())
                                    .replaceFirst("^when\\.", "")
                                    .replaceFirst("[\\[.].*", "")
                            : "rules";
            var member = path.startsWith(ours) ? path.substring(ours.length()) : path;
            told.putIfAbsent(field, Say.of("routes.wrong.field", member, trouble.message()));
        }
        return new RouteForm(
                index,
                position,
                version,
                name,
                credentials,
                from,
                domains,
                usage,
                tags,
                headers,
                ways,
                choose,
                switchWhen,
                rewriteFrom,
                told);
    }

    private static void put(ObjectNode when, String name, List<String> values) {
        if (!values.isEmpty()) values.forEach(when.putArray(name)::add);
    }

    private static List<Way> ways(List<String> services, List<String> weights) {
        var ways = new ArrayList<Way>();
        for (int i = 0; i < services.size(); i++)
            if (!services.get(i).isEmpty())
                ways.add(new Way(services.get(i), i < weights.size() ? weights.get(i) : ""));
        return ways;
    }

    private static List<Way> padded(List<Way> ways) {
        var more = new ArrayList<>(ways);
        while (more.size() < Math.max(FEWEST, ways.size() + SPARE)) more.add(new Way("", "1"));
        return more;
    }

    private static String usage(Condition when) {
        return when.usages().size() == 1
                ? when.usages().iterator().next().name().toLowerCase(Locale.ROOT)
                : "";
    }

    static List<String> usages() {
        return List.of(Usage.values()).stream()
                .map(it -> it.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static List<String> words(List<ServiceState> states) {
        return states.stream().map(ServiceState::word).toList();
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(it -> !it.isEmpty()).toList();
    }

    private static String first(MultiValueMap<String, String> given, String name) {
        var value = given.getFirst(name);
        return value == null ? "" : value;
    }

    private static List<String> all(MultiValueMap<String, String> given, String name) {
        return given.getOrDefault(name, List.of()).stream()
                .map(it -> it == null ? "" : it)
                .toList();
    }
}
