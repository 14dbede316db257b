package postroom.console;

import static java.util.Comparator.reverseOrder;

import org.springframework.util.MultiValueMap;

import postroom.mail.Address;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Forms whose fields have the names of a service's settings, `smtp.host`, and become the JSON that
/// the API takes. A field that is empty takes the setting away; a secret that is empty is kept.
final class ServiceForm {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST = 100_000;
    private static final int MOST_LINES =
            1_001; // one more than is allowed, so that the room says so

    static final Set<String> SECRETS =
            Set.of(
                    "authentication.password",
                    "authentication.client_secret",
                    "authentication.client_key",
                    "authentication.refresh_token",
                    "authentication.service_account",
                    "smtp.client_certificate.key");
    private static final Set<String> NUMBERS =
            Set.of(
                    "smtp.port",
                    "limits.connections",
                    "limits.messages_per_minute",
                    "limits.recipients_per_day",
                    "limits.messages_per_connection",
                    "limits.recipients_per_message");
    private static final Set<String> TEXTS =
            Set.of(
                    "preset",
                    "name",
                    "reply_to",
                    "transport",
                    "smtp.host",
                    "smtp.tls",
                    "smtp.ehlo_hostname",
                    "smtp.trusted_ca",
                    "smtp.pipelining",
                    "smtp.client_certificate.certificate",
                    "from.address",
                    "from.name",
                    "authentication.type",
                    "authentication.provider",
                    "authentication.grant",
                    "authentication.username",
                    "authentication.login",
                    "authentication.user",
                    "authentication.account_type",
                    "authentication.tenant",
                    "authentication.client_id",
                    "authentication.client_secret_expires",
                    "authentication.client_certificate",
                    "authentication.client_authentication",
                    "authentication.mechanism",
                    "authentication.issuer",
                    "authentication.authorization_endpoint",
                    "authentication.token_endpoint",
                    "authentication.device_authorization_endpoint",
                    "authentication.revocation_endpoint",
                    "limits.message_size");
    private static final Pattern NAMED = Pattern.compile("\"?([^\"<]*?)\"?\\s*<([^>]*)>");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private ServiceForm() {}

    /// What of a form is about settings; fields that nobody knows are left alone.
    static ObjectNode json(MultiValueMap<String, String> form) {
        var json = JSON.createObjectNode();
        for (var field : form.keySet()) {
            var value = form.getFirst(field);
            if (value == null || value.length() > LONGEST) continue;
            if (TEXTS.contains(field)) put(json, field, text(value.strip()));
            else if (NUMBERS.contains(field)) put(json, field, number(value.strip()));
            else if (SECRETS.contains(field) && !value.isBlank())
                put(json, field, JSON.getNodeFactory().stringNode(secret(field, value)));
        }
        if (form.containsKey("senders")) json.set("senders", senders(lines(form, "senders")));
        if (form.containsKey("authentication.scopes"))
            put(json, "authentication.scopes", scopes(form));
        if (form.containsKey("usages")) usages(json, form.getOrDefault("usages", List.of()));
        withoutStrayParts(json);
        return json;
    }

    private static JsonNode text(String value) {
        return value.isEmpty()
                ? JSON.getNodeFactory().nullNode()
                : JSON.getNodeFactory().stringNode(value);
    }

    // What is no number stays text, and the room says what it wants.
    private static JsonNode number(String value) {
        return NUMBER.matcher(value).matches()
                ? JSON.getNodeFactory().numberNode(Integer.parseInt(value))
                : text(value);
    }

    // A line end comes along when a secret is pasted; keys and key files have theirs.
    private static String secret(String field, String value) {
        return field.endsWith("key") || field.endsWith("service_account")
                ? value.replace("\r\n", "\n")
                : value.strip();
    }

    private static ArrayNode senders(List<String> lines) {
        var senders = JSON.createArrayNode();
        for (var line : lines) {
            var named = NAMED.matcher(line);
            var sender = senders.addObject();
            if (named.matches()) {
                sender.put("address", named.group(2).strip());
                sender.put("name", named.group(1).isBlank() ? null : named.group(1).strip());
            } else sender.put("address", line).putNull("name");
        }
        return senders;
    }

    private static JsonNode scopes(MultiValueMap<String, String> form) {
        var scopes = JSON.createArrayNode();
        for (var line : lines(form, "authentication.scopes"))
            for (var scope : line.split("\\s+")) scopes.add(scope);
        return scopes.isEmpty() ? JSON.getNodeFactory().nullNode() : scopes;
    }

    private static List<String> lines(MultiValueMap<String, String> form, String field) {
        var text = form.getFirst(field);
        return text == null || text.length() > LONGEST
                ? List.of()
                : text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .limit(MOST_LINES)
                        .toList();
    }

    /// The form always sends one empty tick, so that none ticked is something other than not asked.
    private static void usages(ObjectNode json, List<String> ticked) {
        var usages = json.putArray("usages");
        ticked.stream().filter(it -> !it.isEmpty()).sorted(reverseOrder()).forEach(usages::add);
    }

    private static void withoutStrayParts(ObjectNode json) {
        var type = json.path("authentication").path("account_type").asString("");
        boolean isForOne = type.isEmpty() || type.equals("one_organization");
        if (!isForOne && json.get("authentication") instanceof ObjectNode authentication)
            authentication.putNull("tenant"); // the page hides its field then
        if (json.path("smtp").get("client_certificate") instanceof ObjectNode certificate
                && !certificate.hasNonNull("certificate")
                && !certificate.hasNonNull("key")
                && json.get("smtp") instanceof ObjectNode smtp) smtp.putNull("client_certificate");
    }

    private static void put(ObjectNode json, String path, JsonNode value) {
        var parts = path.split("\\.");
        var at = json;
        for (int i = 0; i < parts.length - 1; i++) at = at.withObjectProperty(parts[i]);
        at.set(parts[parts.length - 1], value);
    }

    /// What of the form is other than what is shown already. An authentication of another type is
    /// given whole.
    static ObjectNode changes(ObjectNode form, JsonNode shown) {
        var type = form.path("authentication").path("type");
        boolean isOtherType =
                type.isString() && !type.equals(shown.path("authentication").path("type"));
        var changes = JSON.createObjectNode();
        for (var member : form.properties()) {
            var name = member.getKey();
            var there = shown.path(name);
            if (name.equals("authentication") && isOtherType)
                changes.set(name, withoutNulls(member.getValue()));
            else if (member.getValue() instanceof ObjectNode inner) {
                var changed = changes(inner, there);
                if (!changed.isEmpty()) changes.set(name, changed);
            } else if (!isSame(member.getValue(), there)) changes.set(name, member.getValue());
        }
        return changes;
    }

    private static boolean isSame(JsonNode form, JsonNode shown) {
        boolean isNothing = shown.isMissingNode() || shown.isNull();
        return form.isNull() ? isNothing : form.equals(shown);
    }

    private static JsonNode withoutNulls(JsonNode node) {
        var copy = node.deepCopy();
        if (copy instanceof ObjectNode object)
            object.properties().removeIf(member -> member.getValue().isNull());
        return copy;
    }

    /// `Support <support@example.com>`, one on each line.
    static String senders(JsonNode settings) {
        var text = new StringBuilder();
        for (var sender : settings.path("senders")) {
            var name = sender.path("name").asString("");
            var address = sender.path("address").asString("");
            text.append(name.isEmpty() ? address : name + " <" + address + ">").append('\n');
        }
        return text.toString();
    }

    /// True for what can be sent to.
    static boolean isAddress(String text) {
        return Address.parse(text.strip()).isPresent();
    }
}
