package postroom.check;

import postroom.mail.Diagnostic.Condition;
import postroom.oauth.Audience;
import postroom.secret.Secret;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Service;
import postroom.service.Service.TransportKind;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What an access token tells about itself, where it tells anything. Access tokens are opaque by
/// contract, so this never decides whether one is used: it explains a refusal that came anyway.
///
/// @param permissions delegated ones, or the roles of an application
/// @param objectId of the enterprise application: what New-ServicePrincipal wants
record TokenReview(
        Optional<String> audience,
        List<String> permissions,
        Optional<String> tenant,
        Optional<String> objectId,
        Optional<Instant> ends) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TokenReview NOTHING =
            new TokenReview(
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
    private static final int LONGEST = 300;
    private static final long MOST_SECONDS = 1L << 40;
    private static final Pattern GUID =
            Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    static TokenReview of(Secret accessToken) {
        var parts = accessToken.value().split("\\.", -1);
        if (parts.length != 3) return NOTHING;
        try {
            var claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            var permissions = new ArrayList<String>();
            text(claims.path("scp")).ifPresent(it -> permissions.addAll(words(it)));
            for (var role : claims.path("roles")) text(role).ifPresent(permissions::add);
            boolean isApplication =
                    claims.path("idtyp").asString("").equals("app")
                            || (claims.has("roles") && !claims.has("scp"));
            return new TokenReview(
                    text(claims.path("aud")),
                    List.copyOf(permissions),
                    text(claims.path("tid")),
                    isApplication ? text(claims.path("oid")) : Optional.empty(),
                    time(claims.path("exp")));
        } catch (IllegalArgumentException | JacksonException opaque) {
            return NOTHING;
        }
    }

    /// For people: `audience https://outlook.office.com, SMTP.Send, tenant 9b1c…`.
    String words() {
        return String.join(
                ", ",
                Stream.of(
                                audience.map(it -> "audience " + it),
                                permissions.isEmpty()
                                        ? Optional.<String>empty()
                                        : Optional.of(String.join(" ", permissions)),
                                tenant.map(it -> "tenant " + it),
                                objectId.map(it -> "object ID " + it),
                                ends.map(it -> "ends at " + it))
                        .flatMap(Optional::stream)
                        .toList());
    }

    /// True when it is of a tenant that is none of the service's.
    boolean isOfAnotherTenant(Service service) {
        return tenant.isPresent()
                && service.authentication() instanceof OAuth2 oauth2
                && oauth2.client()
                        .tenant()
                        .filter(own -> GUID.matcher(own).matches())
                        .filter(own -> !own.equalsIgnoreCase(tenant.get()))
                        .isPresent();
    }

    /// What is wrong with it for that service, should the server refuse it.
    Optional<Condition> suspicion(Service service) {
        if (audience.isEmpty()
                || service.transport() != TransportKind.SMTP
                || !(service.authentication() instanceof OAuth2 oauth2)
                || oauth2.provider() != Provider.MICROSOFT) return Optional.empty();
        if (Audience.isGraph(audience.get())) return suspicion("audience-wrong");
        if (oauth2.grant() == Grant.CLIENT_CREDENTIALS)
            return permissions.contains("SMTP.SendAsApp")
                    ? Optional.empty()
                    : suspicion("role-missing");
        return permissions.contains("SMTP.Send") ? Optional.empty() : suspicion("scope-missing");
    }

    private Optional<Condition> suspicion(String name) {
        return Optional.of(new Condition(name, words()));
    }

    private static Optional<Instant> time(JsonNode claim) {
        boolean isTime =
                claim.isIntegralNumber()
                        && claim.canConvertToLong()
                        && Math.abs(claim.longValue()) < MOST_SECONDS;
        return isTime ? Optional.of(Instant.ofEpochSecond(claim.longValue())) : Optional.empty();
    }

    private static Optional<String> text(JsonNode claim) {
        return claim.isString() && claim.stringValue().length() <= LONGEST
                ? Optional.of(claim.stringValue())
                : Optional.empty();
    }

    private static List<String> words(String text) {
        return Stream.of(text.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
    }
}
