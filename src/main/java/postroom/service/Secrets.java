package postroom.service;

import postroom.secret.MasterKeyException;
import postroom.secret.Pem;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.InvalidService.FieldTrouble;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The secret members of a service's settings. They come in as text, are kept as `{"sealed": …,
/// "ends_with": …}`, and are shown as `{"set": true, "ends_with": …}`; what is shown may be sent
/// back and then changes nothing.
final class Secrets {

    private static final Pattern GUID =
            Pattern.compile("(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final int LONGEST = 20_000;

    private static final List<Place> PLACES =
            List.of(
                    new Place(List.of("authentication"), "password", "password"),
                    new Place(List.of("authentication"), "client_secret", "client_secret"),
                    new Place(List.of("authentication"), "client_key", "client_key"),
                    new Place(List.of("authentication"), "refresh_token", "refresh_token"),
                    new Place(List.of("authentication"), "service_account", "service_account"),
                    new Place(List.of("smtp", "client_certificate"), "key", "smtp_client_key"));

    private final Vault vault;

    Secrets(Vault vault) {
        this.vault = vault;
    }

    /// @param context the last part of what the vault seals it for
    private record Place(List<String> parents, String member, String context) {
        Optional<ObjectNode> parentIn(ObjectNode settings) {
            JsonNode node = settings;
            for (var parent : parents) node = node.path(parent);
            return node instanceof ObjectNode found ? Optional.of(found) : Optional.empty();
        }

        String path() {
            return String.join(".", parents) + "." + member;
        }
    }

    /// Seals the secrets in what came from outside, in place, and takes out those that were only
    /// shown. One that is stored already stays as it is, so that the same settings, given once
    /// more, change nothing.
    ///
    /// @param stored what is there, sealed
    /// @return the paths of those that were given
    Set<String> seal(
            long service, ObjectNode given, ObjectNode stored, List<FieldTrouble> troubles) {
        var found = new TreeSet<String>();
        for (var place : PLACES)
            place.parentIn(given)
                    .filter(parent -> isSealed(service, place, parent, stored, troubles))
                    .ifPresent(parent -> found.add(place.path()));
        return found;
    }

    private boolean isSealed(
            long service,
            Place place,
            ObjectNode parent,
            ObjectNode stored,
            List<FieldTrouble> troubles) {
        var value = parent.get(place.member());
        if (value == null || value.isNull()) return false;
        if (value.isObject() && value.has("set")) {
            parent.remove(place.member());
            return false;
        }
        var text = textOf(place, value);
        var trouble =
                text.flatMap(secret -> trouble(place, secret))
                        .or(() -> text.flatMap(key -> strangerTo(place, parent, stored, key)));
        if (text.isEmpty() || trouble.isPresent()) {
            parent.remove(place.member());
            troubles.add(
                    new FieldTrouble(
                            place.path(),
                            trouble.orElse("is not a text; put it in quotation marks")));
            return false;
        }
        var secret = new Secret(text.get());
        var sealed =
                place.parentIn(stored)
                        .flatMap(there -> sealed(there.path(place.member())))
                        .filter(there -> isTheSame(there, secret, service, place))
                        .orElseGet(() ->
                                vault.seal(
                                        secret, Service.secretContext(service, place.context())));
        parent.set(
                place.member(),
                parent.objectNode()
                        .put("sealed", sealed.ciphertext())
                        .put("ends_with", sealed.endsWith()));
        return true;
    }

    private boolean isTheSame(Sealed there, Secret secret, long service, Place place) {
        try {
            return vault.open(there, Service.secretContext(service, place.context()))
                    .equals(secret);
        } catch (MasterKeyException sealedWithAnotherKey) {
            return false;
        }
    }

    /// A copy to be shown: no ciphertext leaves the house.
    static ObjectNode hidden(ObjectNode settings) {
        var shown = settings.deepCopy();
        for (var place : PLACES)
            place.parentIn(shown)
                    .ifPresent(parent ->
                            sealed(parent.path(place.member()))
                                    .ifPresent(s -> hide(place, parent, s)));
        return shown;
    }

    /// Puts something in the places of secrets that are missing, for whoever looks at settings that
    /// are not complete yet and never at the secrets.
    static void pretend(ObjectNode settings) {
        if (!(settings.get("authentication") instanceof ObjectNode authentication)) return;
        for (var member : List.of("password", "client_secret", "refresh_token", "service_account"))
            if (sealed(authentication.path(member)).isEmpty())
                authentication.set(
                        member, authentication.objectNode().put("sealed", "").put("ends_with", ""));
    }

    static Optional<Sealed> sealed(JsonNode node) {
        return node.path("sealed").isString()
                ? Optional.of(
                        new Sealed(
                                node.path("sealed").stringValue(),
                                node.path("ends_with").asString("")))
                : Optional.empty();
    }

    private static void hide(Place place, ObjectNode parent, Sealed sealed) {
        parent.set(
                place.member(),
                parent.objectNode().put("set", true).put("ends_with", sealed.endsWith()));
    }

    private static Optional<String> textOf(Place place, JsonNode value) {
        if (value.isString()) return Optional.of(value.stringValue());
        boolean isKeyFile = place.member().equals("service_account") && value.isObject();
        return isKeyFile && !value.has("sealed") ? Optional.of(value.toString()) : Optional.empty();
    }

    private static Optional<String> trouble(Place place, String secret) {
        if (secret.isBlank()) return Optional.of("is empty; give it, or leave it out to keep it");
        if (secret.length() > LONGEST) return Optional.of("is longer than any secret; check it");
        return switch (place.member()) {
            case "client_secret" ->
                    GUID.matcher(secret.strip()).matches()
                            ? Optional.of(
                                    "this looks like the secret's ID, copy its Value; where that"
                                            + " is hidden by now, make a new client secret")
                            : spaces(secret);
            case "refresh_token" -> spaces(secret);
            // RFC 4616 §2: nothing of PLAIN may hold NUL; line ends come from files and clipboards
            case "password" ->
                    secret.chars().anyMatch(Character::isISOControl)
                            ? Optional.of("holds a line break or control character; type it anew")
                            : Optional.empty();
            case "client_key" -> signingKeyTrouble(secret);
            case "key" -> keyTrouble(secret);
            case "service_account" -> keyFileTrouble(secret);
            default -> Optional.empty();
        };
    }

    private static Optional<String> spaces(String secret) {
        return secret.chars().anyMatch(c -> c <= ' ' || c > '~')
                ? Optional.of("holds white space or a character beyond ASCII; copy it once more")
                : Optional.empty();
    }

    private static Optional<String> keyFileTrouble(String secret) {
        try {
            var file = JsonMapper.shared().readTree(secret);
            if (file.path("client_email").isString() && file.path("private_key").isString())
                return signingKeyTrouble(file.path("private_key").stringValue())
                        .map(trouble -> "holds a private_key that " + trouble);
        } catch (JacksonException notJson) {
            // said below
        }
        return Optional.of(
                "is not the key file of a service account; give the JSON file Google offered for"
                        + " download, with client_email and private_key");
    }

    /// What signs assertions: PS256 and RS256 want RSA keys of 2048 bits or more (RFC 7518 §3.3).
    private static Optional<String> signingKeyTrouble(String secret) {
        var trouble = keyTrouble(secret);
        if (trouble.isPresent()) return trouble;
        boolean canSign =
                Pem.privateKey(secret) instanceof RSAPrivateKey key
                        && key.getModulus().bitLength() >= 2048;
        return canSign
                ? Optional.empty()
                : Optional.of("is no RSA key of 2048 bits or more; make one of that kind");
    }

    /// A key that does not belong to its certificate: the provider would refuse every assertion.
    private static Optional<String> strangerTo(
            Place place, ObjectNode parent, ObjectNode stored, String key) {
        if (!place.member().equals("client_key")) return Optional.empty();
        var given = parent.path("client_certificate");
        var pem =
                given.isString()
                        ? given.stringValue()
                        : place.parentIn(stored)
                                .map(there -> there.path("client_certificate").asString(""))
                                .orElse("");
        try {
            return Pem.certificates(pem).getFirst().getPublicKey() instanceof RSAPublicKey ours
                            && Pem.privateKey(key) instanceof RSAPrivateKey theirs
                            && !ours.getModulus().equals(theirs.getModulus())
                    ? Optional.of("does not belong to client_certificate; give the two together")
                    : Optional.empty();
        } catch (IllegalArgumentException noCertificate) {
            return Optional.empty(); // said where the certificate is read
        }
    }

    private static Optional<String> keyTrouble(String secret) {
        try {
            Pem.privateKey(secret);
            return Optional.empty();
        } catch (IllegalArgumentException notAKey) {
            return Optional.ofNullable(notAKey.getMessage());
        }
    }
}
