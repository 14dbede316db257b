package postroom.oauth;

import postroom.secret.Secret;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.Base64;
import java.util.Optional;

/// What an access token tells about itself, for people who look for the reason of a refusal. Access
/// tokens are opaque by contract: one that tells nothing is as good as any other.
record Claims(Optional<String> account, Optional<String> audience, Optional<String> tenant) {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Claims NONE =
            new Claims(Optional.empty(), Optional.empty(), Optional.empty());

    static Claims of(Secret accessToken) {
        var parts = accessToken.value().split("\\.", -1);
        if (parts.length != 3) return NONE;
        try {
            var claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return new Claims(
                    first(claims, "upn", "preferred_username", "unique_name", "email"),
                    first(claims, "aud"),
                    first(claims, "tid"));
        } catch (IllegalArgumentException | JacksonException opaque) {
            return NONE;
        }
    }

    private static Optional<String> first(JsonNode claims, String... names) {
        for (var name : names)
            if (claims.path(name).isString() && claims.path(name).stringValue().length() < 500)
                return Optional.of(claims.path(name).stringValue());
        return Optional.empty();
    }
}
