package postroom.console;

import org.springframework.util.MultiValueMap;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.mail.Address;
import postroom.route.Explainer;
import postroom.route.Request;
import postroom.service.Usage;

import java.util.List;
import java.util.Optional;

/// Which service would this take? Reads what somebody asks in the box of the page.
final class RouteQuestion {

    private final Access access;
    private final Explainer explainer;

    RouteQuestion(Access access, Explainer explainer) {
        this.access = access;
        this.explainer = explainer;
    }

    /// @param credential its ID; empty: one that may do anything
    /// @param header `Name: value`
    /// @param service that the message asks for
    record Asked(
            String credential,
            String from,
            String to,
            String usage,
            String tag,
            String header,
            String service,
            boolean isAsked) {

        static Asked read(MultiValueMap<String, String> given) {
            return new Asked(
                    first(given, "credential"),
                    first(given, "from"),
                    first(given, "to"),
                    first(given, "usage"),
                    first(given, "tag"),
                    first(given, "header"),
                    first(given, "service"),
                    given.containsKey("to"));
        }

        private static String first(MultiValueMap<String, String> given, String name) {
            var value = given.getFirst(name);
            return value == null ? "" : value.strip();
        }
    }

    sealed interface Outcome {}

    record Answered(Explainer.Answer answer) implements Outcome {}

    /// @param field that cannot be read
    record Unclear(String field, Say what) implements Outcome {}

    Outcome answer(Asked asked) {
        var from = Address.parse(asked.from());
        var to = Address.parse(asked.to());
        if (from.isEmpty() && !asked.from().isEmpty()) return unclear("from");
        if (to.isEmpty() && !asked.to().isEmpty()) return unclear("to");
        int colon = asked.header().indexOf(':');
        if (colon < 1 && !asked.header().isEmpty())
            return new Unclear("header", Say.of("routes.ask.no-header"));
        var request =
                new Request(
                        credential(asked.credential()),
                        from,
                        from,
                        asked.usage().equals("marketing") ? Usage.MARKETING : Usage.TRANSACTIONAL,
                        Optional.of(asked.service()).filter(it -> !it.isEmpty()),
                        asked.tag().isEmpty() ? List.of() : List.of(asked.tag()),
                        headers(asked.header(), colon));
        return new Answered(
                explainer.explain(request, to.orElse(Address.of("somebody@example.com"))));
    }

    private static Unclear unclear(String field) {
        return new Unclear(field, Say.of("routes.ask.no-address"));
    }

    private Credential credential(String id) {
        return access.credentials().stream()
                .filter(it -> Long.toString(it.id()).equals(id))
                .findFirst()
                .orElse(Credential.anybody());
    }

    private static Request.Headers headers(String line, int colon) {
        if (colon < 1) return Request.Headers.NONE;
        var field = line.substring(0, colon).strip();
        var value = line.substring(colon + 1).strip();
        return name -> name.equalsIgnoreCase(field) ? List.of(value) : List.of();
    }
}
