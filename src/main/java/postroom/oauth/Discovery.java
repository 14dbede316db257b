package postroom.oauth;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.Stage;
import postroom.service.Authentication.Endpoints;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Finds the endpoints of a provider that is known by its issuer alone (OpenID Connect Discovery,
/// RFC 8414). What was found is believed for an hour; for the endpoints that the owner named,
/// nobody is asked.
final class Discovery {

    private static final String DOCUMENT = "/.well-known/openid-configuration";
    private static final Duration BELIEVED = Duration.ofHours(1);
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Exchange exchange;
    private final InstantSource clock;
    private final Map<Asked, Known> known = new ConcurrentHashMap<>();

    Discovery(Exchange exchange, InstantSource clock) {
        this.exchange = exchange;
        this.clock = clock;
    }

    sealed interface Answer {}

    record Found(Endpoints endpoints) implements Answer {}

    record Unknown(Diagnostic diagnostic) implements Answer {}

    /// @param authorities that are trusted for it, in PEM
    private record Asked(URI issuer, Optional<String> authorities) {}

    private record Known(Endpoints endpoints, Instant until) {}

    Answer complete(Endpoints named, Optional<String> authorities) {
        boolean isComplete = !named.token().equals(Endpoints.TO_BE_DISCOVERED);
        if (isComplete || named.issuer().isEmpty()) return new Found(named);
        var asked = new Asked(named.issuer().get(), authorities);
        var before = known.get(asked);
        if (before != null && clock.instant().isBefore(before.until()))
            return new Found(named.or(before.endpoints()));
        var answer = ask(asked);
        if (!(answer instanceof Found(var endpoints))) return answer;
        known.put(asked, new Known(endpoints, clock.instant().plus(BELIEVED)));
        return new Found(named.or(endpoints));
    }

    private Answer ask(Asked asked) {
        var base = asked.issuer().toString().replaceFirst("/+$", "");
        var http = Exchange.document(URI.create(base + DOCUMENT));
        return switch (exchange.send(http, asked.authorities())) {
            case Exchange.Silence it -> new Unknown(it.diagnostic());
            case Exchange.Answer it ->
                    it.status() == 200 ? read(asked.issuer(), it.body()) : refused(it.status());
        };
    }

    private static Answer read(URI issuer, byte[] body) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(body);
        } catch (JacksonException notJson) {
            return unusable("the issuer's document is not JSON");
        }
        // RFC 8414 §3.3: a document that speaks for somebody else is of no use.
        if (!json.path("issuer").asString("").equals(issuer.toString()))
            return unusable("the document is of another issuer than " + issuer);
        var token = endpoint(json, "token_endpoint");
        if (token.isEmpty()) return unusable("the issuer names no token_endpoint on https");
        return new Found(
                new Endpoints(
                        Optional.of(issuer),
                        endpoint(json, "authorization_endpoint"),
                        token.get(),
                        endpoint(json, "device_authorization_endpoint"),
                        endpoint(json, "revocation_endpoint"),
                        List.of()));
    }

    private static Unknown refused(int status) {
        return status == 429 || status >= 500
                ? new Unknown(new NoAnswer(Stage.TOKEN, "the sign-in server answered " + status))
                : unusable("the issuer answered " + status + " at " + DOCUMENT);
    }

    private static Unknown unusable(String why) {
        return new Unknown(new Condition("issuer-unusable", why));
    }

    // Secrets go there: https, or this machine.
    private static Optional<URI> endpoint(JsonNode json, String name) {
        try {
            var uri = URI.create(json.path(name).asString(""));
            var host = uri.getHost();
            boolean safe =
                    "https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme())
                                    && host != null
                                    && LOOPBACK.contains(host));
            return Optional.of(uri)
                    .filter(it -> safe && host != null)
                    .filter(it -> it.getUserInfo() == null && it.getFragment() == null);
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }
}
