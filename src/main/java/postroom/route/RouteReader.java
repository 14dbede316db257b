package postroom.route;

import postroom.mail.Legible;
import postroom.route.Condition.HeaderIs;
import postroom.route.Route.Choice;
import postroom.route.Route.Way;
import postroom.service.Fields;
import postroom.service.InvalidService.FieldTrouble;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Usage;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads rules as `PUT /v1/routes` has them; notes everything that is wrong.
final class RouteReader {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_ROUTES = 500;
    private static final int MOST_VALUES = 1_000;
    private static final int LONGEST = 300;

    private final Function<String, Optional<Service>> services;

    /// @param services finds one by name or ID
    RouteReader(Function<String, Optional<Service>> services) {
        this.services = services;
    }

    /// @param body `{"routes": […]}`
    List<Route> read(ObjectNode body) {
        var fields = new Fields(body);
        var routes = new ArrayList<Route>();
        var names = new HashSet<String>();
        var elements = fields.objects("routes");
        if (!fields.has("routes")) fields.trouble("routes", "is missing; [] means no rules");
        if (elements.size() > MOST_ROUTES)
            fields.trouble("routes", "holds more than " + MOST_ROUTES + " rules");
        for (var element : elements) {
            if (!fields.troubles().isEmpty() && routes.size() > MOST_ROUTES) break;
            read(element, names).ifPresent(routes::add);
        }
        fields.refuseUnknown();
        refuse(fields.troubles());
        return List.copyOf(routes);
    }

    /// A rule as it was written down; nothing where no service is left that it led to.
    Optional<Route> readStored(String rule) {
        var fields = new Fields((ObjectNode) JSON.readTree(rule));
        var ways = new ArrayList<Way>();
        for (var one : fields.textsOrObjects("services", "service"))
            services.apply(one.string("service", ""))
                    .ifPresent(it ->
                            ways.add(new Way(it.id(), one.number("weight", 1, 1_000).orElse(1))));
        if (ways.isEmpty()) return Optional.empty();
        return Optional.of(
                new Route(
                        fields.string("name", ""),
                        condition(fields.object("when")),
                        ways,
                        fields.word("choose", Choice.class).orElse(Choice.IN_ORDER),
                        switchWhen(fields),
                        fields.flag("rewrite_from", false)));
    }

    private static void refuse(List<FieldTrouble> troubles) {
        if (!troubles.isEmpty()) throw new InvalidRoutes(troubles);
    }

    private Optional<Route> read(Fields rule, Set<String> names) {
        var name = rule.required("name", "give the rule a name");
        if (name.length() > LONGEST) rule.trouble("name", "is longer than " + LONGEST);
        Legible.objection(name).ifPresent(objection -> rule.trouble("name", objection));
        if (!name.isEmpty() && !names.add(name.toLowerCase(Locale.ROOT)))
            rule.trouble("name", "is the name of another rule; choose another");
        var when = condition(rule.object("when"));
        var ways = ways(rule);
        var choice = rule.word("choose", Choice.class).orElse(Choice.IN_ORDER);
        var switchWhen = switchWhen(rule);
        boolean rewriteFrom = rule.flag("rewrite_from", false);
        rule.refuseUnknown();
        return rule.troubles().isEmpty()
                ? Optional.of(new Route(name, when, ways, choice, switchWhen, rewriteFrom))
                : Optional.empty();
    }

    private Condition condition(Fields when) {
        var usages = EnumSet.noneOf(Usage.class);
        for (var word : texts(when, "usage"))
            usage(word)
                    .ifPresentOrElse(
                            usages::add,
                            () ->
                                    when.trouble(
                                            "usage",
                                            "is not known; choose transactional or marketing"));
        var condition =
                new Condition(
                        texts(when, "credential"),
                        texts(when, "from"),
                        texts(when, "recipient_domain").stream()
                                .map(it -> it.toLowerCase(Locale.ROOT).replaceFirst("^@", ""))
                                .toList(),
                        usages,
                        texts(when, "tag"),
                        headers(when.object("header")));
        when.refuseUnknown();
        return condition;
    }

    private static List<HeaderIs> headers(Fields header) {
        var found = new ArrayList<HeaderIs>();
        for (var name : header.names()) {
            if (!name.matches("[!-9;-~]{1,76}"))
                header.trouble(name, "is not the name of a header field");
            found.add(new HeaderIs(name, header.string(name, "")));
        }
        return found;
    }

    private static Optional<Usage> usage(String word) {
        for (var usage : Usage.values())
            if (usage.name().equalsIgnoreCase(word)) return Optional.of(usage);
        return Optional.empty();
    }

    private static List<String> texts(Fields fields, String name) {
        var texts = fields.textOrTexts(name);
        if (texts.size() > MOST_VALUES)
            fields.trouble(name, "holds more than " + MOST_VALUES + " values");
        if (texts.stream().anyMatch(text -> text.length() > LONGEST))
            fields.trouble(name, "holds a value longer than " + LONGEST);
        return texts;
    }

    private List<Way> ways(Fields rule) {
        var ways = new ArrayList<Way>();
        var seen = new HashSet<Long>();
        for (var one : rule.textsOrObjects("services", "service")) {
            var named = one.required("service", "name the service");
            int weight = one.number("weight", 1, 1_000).orElse(1);
            one.refuseUnknown();
            if (named.isEmpty()) continue;
            var service = services.apply(named);
            if (service.isEmpty()) one.trouble("service", "is no service: " + shown(named));
            else if (!seen.add(service.get().id())) one.trouble("service", "is there twice");
            else ways.add(new Way(service.get().id(), weight));
        }
        if (!rule.has("services")) rule.trouble("services", "is missing; name one at least");
        else if (seen.isEmpty() && rule.troubles().isEmpty())
            rule.trouble("services", "is empty; name one at least");
        return ways;
    }

    private static Set<ServiceState> switchWhen(Fields rule) {
        if (!rule.has("switch_when")) return Route.CLOSED;
        var states = EnumSet.noneOf(ServiceState.class);
        for (var word : texts(rule, "switch_when")) {
            var state =
                    Route.CLOSED.stream().filter(it -> it.word().equalsIgnoreCase(word)).findAny();
            state.ifPresentOrElse(
                    states::add,
                    () ->
                            rule.trouble(
                                    "switch_when",
                                    "may hold needs_authorization, limited, failing, paused"));
        }
        return states;
    }

    private static String shown(String text) {
        var printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 80 ? printable : printable.substring(0, 80) + "…";
    }

    /// The body of a call, if it is an object.
    static ObjectNode object(JsonNode body) {
        if (body instanceof ObjectNode object) return object;
        throw new InvalidRoutes(
                List.of(new FieldTrouble("routes", "is missing; the body is {\"routes\": […]}")));
    }
}
