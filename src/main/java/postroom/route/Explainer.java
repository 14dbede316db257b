package postroom.route;

import postroom.mail.Address;
import postroom.route.Router.Verdict;
import postroom.service.Service;

import java.util.List;
import java.util.Optional;

/// Which service would this take, and why? Asks the router itself, and nothing is sent.
public final class Explainer {

    private final Router router;
    private final Routes routes;

    public Explainer(Router router, Routes routes) {
        this.router = router;
        this.routes = routes;
    }

    /// @param service empty: the message would not be accepted
    /// @param route the rule that chose it, if one did
    /// @param rewritesFrom the message would leave with the service's own From
    /// @param rules those that were asked, in their order
    public record Answer(
            Optional<Service> service,
            Optional<String> route,
            String why,
            boolean rewritesFrom,
            List<Verdict> rules) {
        public Answer {
            rules = List.copyOf(rules);
        }
    }

    public Answer explain(Request request, Address recipient) {
        var rules = router.explain(request, recipient);
        var credential = request.credential();
        var from = request.headerFrom();
        if (from.filter(it -> !credential.maySendAs(it)).isPresent())
            return none(
                    "Credential " + credential.name() + " may not send as " + from.get(), rules);
        return switch (router.preview(request, recipient)) {
            case Routing.NoRoute(var sentence) -> none(sentence, rules);
            case Routing.Routed(var service, var route, var why) ->
                    new Answer(
                            Optional.of(service),
                            route,
                            why,
                            route.flatMap(routes::named).filter(Route::rewriteFrom).isPresent()
                                    && from.filter(service::lists).isEmpty(),
                            rules);
        };
    }

    private static Answer none(String why, List<Verdict> rules) {
        return new Answer(Optional.empty(), Optional.empty(), why, false, rules);
    }
}
