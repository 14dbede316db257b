package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.Role;
import postroom.mail.Address;
import postroom.route.Explainer;
import postroom.route.InvalidRoutes;
import postroom.route.Request;
import postroom.route.Router;
import postroom.route.Routes;
import postroom.service.Service;
import postroom.service.Services;
import postroom.service.Usage;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;
import postroom.web.Visitor;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which service carries which mail.
@RestController
@Tag(name = "Routes")
class RouteCalls {

    private final Routes routes;
    private final Explainer explainer;
    private final Services services;
    private final Access access;

    RouteCalls(Routes routes, Router router, Services services, Access access) {
        this.routes = routes;
        this.explainer = new Explainer(router, routes);
        this.services = services;
        this.access = access;
    }

    /// @param credential name or id; without it, one that may do anything
    record ExplainCall(
            @Nullable String credential,
            @Nullable String from,
            @Nullable String to,
            @Nullable String usage,
            @Nullable String service,
            @Nullable List<String> tags,
            @Nullable Map<String, String> headers) {}

    /// @param service null: the message would not be accepted
    /// @param state of that service
    /// @param rewritesFrom the message would leave with the service's own From
    /// @param rules those that were asked, in their order
    record Explained(
            @Nullable String service,
            @Nullable String state,
            @Nullable String route,
            String why,
            boolean rewritesFrom,
            List<Asked> rules) {
        record Asked(String route, boolean matches, @Nullable String because) {}
    }

    @GetMapping("/v1/routes")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "The rules, in their order")
    JsonNode list() {
        return routes.shown();
    }

    @PutMapping("/v1/routes")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Put these rules in the place of all that were",
            description =
                    "Mail that came to a service by a rule moves on when that service closes. What"
                            + " waits for a service that no rule of that name leads to stays"
                            + " where it is; reroute it.")
    JsonNode replace(Visitor visitor, @RequestBody JsonNode body) {
        try {
            routes.replace(body, visitor.name());
        } catch (InvalidRoutes invalid) {
            var errors =
                    invalid.troubles().stream()
                            .map(it -> new FieldError(it.field(), it.message()))
                            .toList();
            throw new Problem(
                    422,
                    "The rules cannot be used as they are",
                    errors.stream()
                            .map(error -> error.field() + " " + error.message())
                            .collect(Collectors.joining(". ", "", ".")),
                    errors);
        }
        return routes.shown();
    }

    @PostMapping("/v1/routes/explain")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "Which service a message would take, and why")
    Explained explain(@RequestBody ExplainCall call) {
        var from = address("from", call.from());
        var credential = credential(call.credential());
        var request =
                new Request(
                        credential,
                        from,
                        from,
                        usage(call.usage()),
                        Optional.ofNullable(call.service()).filter(it -> !it.isBlank()),
                        call.tags() == null ? List.of() : call.tags(),
                        headers(call.headers() == null ? Map.of() : call.headers()));
        var to = address("to", call.to()).orElse(Address.of("somebody@example.com"));
        var answer = explainer.explain(request, to);
        return new Explained(
                answer.service().map(Service::name).orElse(null),
                answer.service().map(it -> services.status(it.id()).state().word()).orElse(null),
                answer.route().orElse(null),
                answer.why(),
                answer.rewritesFrom(),
                answer.rules().stream()
                        .map(it ->
                                new Explained.Asked(
                                        it.route(), it.why().isEmpty(), it.why().orElse(null)))
                        .toList());
    }

    private Credential credential(@Nullable String nameOrId) {
        if (nameOrId == null || nameOrId.isBlank()) return Credential.anybody();
        return access.credentials().stream()
                .filter(it ->
                        it.name().equalsIgnoreCase(nameOrId)
                                || Long.toString(it.id()).equals(nameOrId))
                .findFirst()
                .orElseThrow(() ->
                        Problem.unusable("credential", "There is no credential " + nameOrId + "."));
    }

    private static Optional<Address> address(String field, @Nullable String text) {
        if (text == null || text.isBlank()) return Optional.empty();
        return Optional.of(
                Address.parse(text.strip())
                        .orElseThrow(() -> Problem.unusable(field, field + " is not an address.")));
    }

    private static Usage usage(@Nullable String word) {
        if (word == null || word.isBlank()) return Usage.TRANSACTIONAL;
        for (var usage : Usage.values()) if (usage.name().equalsIgnoreCase(word)) return usage;
        throw Problem.unusable("usage", "usage is transactional or marketing.");
    }

    private static Request.Headers headers(Map<String, String> given) {
        return name ->
                given.entrySet().stream()
                        .filter(it -> it.getKey().equalsIgnoreCase(name))
                        .map(Map.Entry::getValue)
                        .toList();
    }
}
