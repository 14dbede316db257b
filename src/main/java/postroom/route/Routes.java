package postroom.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.event.Difference;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.service.Services;
import postroom.store.Store;
import postroom.store.Tx;
import postroom.store.Tx.Subject;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// The rules in their order, in memory and in the store. Safe for use by many threads.
public final class Routes {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Store store;
    private final EventLog events;
    private final Services services;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Edition edition = new Edition(List.of(), "");

    private Routes(Store store, EventLog events, Services services) {
        this.store = store;
        this.events = events;
        this.services = services;
    }

    /// The rules at one time.
    ///
    /// @param version another one after every change, here or on another node
    public record Edition(List<Route> rules, String version) {
        public Edition {
            rules = List.copyOf(rules);
        }
    }

    /// Reads what is stored.
    public static Routes open(Store store, EventLog events, Services services) {
        var routes = new Routes(store, events, services);
        routes.reload();
        return routes;
    }

    public List<Route> all() {
        return edition.rules();
    }

    public Edition edition() {
        return edition;
    }

    public Optional<Route> named(String name) {
        return all().stream().filter(route -> route.name().equals(name)).findFirst();
    }

    /// The first rule that leads to the service.
    public Optional<Route> leadingTo(long service) {
        return all().stream().filter(route -> route.leadsTo(service)).findFirst();
    }

    /// Runs after every change, on the thread that made it; has to be quick.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// Puts these rules in the place of all that were.
    ///
    /// @param body `{"routes": […]}`
    /// @throws InvalidRoutes with all that is wrong; then nothing changes
    public void replace(JsonNode body, String by) {
        replace(body, by, _ -> true);
    }

    /// The same, unless somebody else was faster; then nothing changes.
    ///
    /// @param version of the edition that was looked at
    public boolean replaceUnlessChanged(String version, JsonNode body, String by) {
        return replace(body, by, version::equals);
    }

    private synchronized boolean replace(JsonNode body, String by, Predicate<String> mayReplace) {
        var rules = new RouteReader(services::find).read(RouteReader.object(body));
        var replaced =
                store.write(tx -> {
                    tx.lock(Subject.ROUTES);
                    if (!mayReplace.test(version(written(tx)))) return Optional.<String>empty();
                    var before = stored(tx);
                    tx.update("delete from route");
                    for (int i = 0; i < rules.size(); i++) insert(tx, i, rules.get(i));
                    var names = rules.stream().map(Route::name).toList();
                    events.append(
                            tx,
                            EventType.ROUTES_CHANGED,
                            Optional.empty(),
                            OptionalLong.empty(),
                            OptionalLong.empty(),
                            Map.of("by", by, "routes", names),
                            Difference.between(before, stored(tx)));
                    return Optional.of(version(written(tx)));
                });
        replaced.ifPresent(version -> edition = new Edition(rules, version));
        if (replaced.isPresent()) listeners.forEach(Runnable::run);
        return replaced.isPresent();
    }

    /// Reads everything from the store once more, for what other nodes have changed.
    public synchronized void reload() {
        var byId = new RouteReader(id -> services.byId(Long.parseLong(id)));
        var written = store.read(Routes::written);
        var rules = written.stream().map(byId::readStored).flatMap(Optional::stream).toList();
        edition = new Edition(rules, version(written));
        listeners.forEach(Runnable::run);
    }

    /// As the API shows them, services by the names they have now.
    public JsonNode shown() {
        return shown(edition);
    }

    /// One edition, in the language of [#replace].
    public ObjectNode shown(Edition edition) {
        var shown = JSON.createObjectNode();
        var list = shown.putArray("routes");
        for (var route : edition.rules()) list.add(RouteJson.of(route, this::nameOf));
        return shown;
    }

    private static List<String> written(Tx tx) throws SQLException {
        return tx.query("select rule from route order by position", row -> row.string("rule"));
    }

    private static String version(List<String> written) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var rule : written) digest.update((rule + "\n").getBytes(UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 12);
        } catch (NoSuchAlgorithmException cannotHappen) {
            throw new IllegalStateException("the platform lacks SHA-256", cannotHappen);
        }
    }

    // By name: what moved up or down is no change of the rule.
    private static JsonNode stored(Tx tx) throws SQLException {
        var rules = JSON.createObjectNode();
        var order = new ArrayList<String>();
        tx.query(
                "select name, rule from route order by position",
                row -> {
                    order.add(row.string("name"));
                    return rules.put(row.string("name"), row.string("rule"));
                });
        return order.isEmpty() ? rules : rules.put("order", String.join(", ", order));
    }

    private String nameOf(long service) {
        return services.nameOf(service);
    }

    private static void insert(Tx tx, int position, Route route) throws SQLException {
        ObjectNode stored = RouteJson.of(route, id -> Long.toString(id));
        tx.update(
                "insert into route (position, name, rule) values (?, ?, ?)",
                position,
                route.name(),
                JSON.writeValueAsString(stored));
    }
}
