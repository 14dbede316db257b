package postroom.emulator;

import org.jspecify.annotations.Nullable;

import postroom.emulator.EmulatorScript.AccountTypes;
import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.EmulatorScript.Delays;
import postroom.emulator.EmulatorScript.Greetings;
import postroom.emulator.EmulatorScript.Lifetimes;
import postroom.emulator.EmulatorScript.Limits;
import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.EmulatorScript.Rotation;
import postroom.emulator.EmulatorScript.Smarthost;
import postroom.emulator.EmulatorScript.SmtpAuth;
import postroom.emulator.EmulatorScript.Tenant;
import postroom.emulator.Fault.Action;

import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `provider.yaml`. JSON is YAML too, so the control interface is read by the same code. A
/// key nobody knows is an error: a fault that never strikes because of a typing mistake makes a
/// test pass for the wrong reason.
final class ScriptReader {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

    private ScriptReader() {}

    static EmulatorScript read(EmulatorScript base, String yaml) {
        JsonNode root = YAML.readTree(yaml);
        ScriptDraft draft = new ScriptDraft(base);
        for (Map.Entry<String, JsonNode> part : root.properties()) {
            JsonNode node = part.getValue();
            switch (part.getKey()) {
                case "tenants" -> draft.tenants = list(node, ScriptReader::tenant);
                case "clients" -> draft.clients = list(node, ScriptReader::client);
                case "mailboxes", "users" -> draft.mailboxes = list(node, ScriptReader::mailbox);
                case "lifetimes" -> draft.lifetimes = lifetimes(node, base.lifetimes());
                case "limits" -> limits(node, draft);
                case "greetings" -> draft.greetings = greetings(node, base.greetings());
                case "delay", "delays" -> draft.delays = delays(node, base.delays());
                case "smarthost" -> draft.smarthost = smarthost(node, base.smarthost());
                case "keep_messages" -> draft.keepMessages = node.asInt();
                case "catalog" -> draft.catalog = Optional.of(Path.of(node.asString()));
                case "faults" -> draft.faults = list(node, ScriptReader::fault);
                default -> throw unknown(part.getKey(), "the script");
            }
        }
        return draft.finished();
    }

    static List<Fault> faults(String yaml) {
        JsonNode root = YAML.readTree(yaml);
        return root.isArray() ? list(root, ScriptReader::fault) : List.of(fault(root));
    }

    private static Tenant tenant(JsonNode node) {
        only(node, "a tenant", "id", "domain", "name");
        String domain = required(node, "domain");
        return new Tenant(required(node, "id"), domain, text(node, "name", domain));
    }

    private static Client client(JsonNode node) {
        only(
                node,
                "a client",
                "provider",
                "client_id",
                "client_secret",
                "secret_lifetime",
                "certificate",
                "name",
                "tenant",
                "account_types",
                "redirect_uris",
                "app_roles",
                "mailboxes",
                "testing");
        return new Client(
                Provider.of(text(node, "provider", "microsoft")),
                required(node, "client_id"),
                texts(node, "client_secret"),
                maybe(node, "secret_lifetime").map(ScriptReader::duration),
                maybe(node, "certificate").map(JsonNode::asString),
                text(node, "name", "Postroom"),
                text(node, "tenant", ""),
                AccountTypes.of(text(node, "account_types", "AzureADMyOrg")),
                texts(node, "redirect_uris"),
                Set.copyOf(texts(node, "app_roles")),
                texts(node, "mailboxes"),
                flag(node, "testing", false));
    }

    private static Mailbox mailbox(JsonNode node) {
        only(
                node,
                "a mailbox",
                "provider",
                "address",
                "password",
                "smtp_auth",
                "consumer",
                "send_as",
                "aliases",
                "full_access");
        return new Mailbox(
                Provider.of(text(node, "provider", "microsoft")),
                required(node, "address"),
                text(node, "password", ""),
                SmtpAuth.of(text(node, "smtp_auth", "enabled")),
                flag(node, "consumer", false),
                texts(node, "send_as"),
                texts(node, "aliases"),
                texts(node, "full_access"));
    }

    private static Lifetimes lifetimes(JsonNode node, Lifetimes usual) {
        only(
                node,
                "lifetimes",
                "access_token",
                "refresh_token",
                "google_testing_refresh_token",
                "code",
                "device_code",
                "rotation");
        return new Lifetimes(
                duration(node, "access_token", usual.accessToken()),
                duration(node, "refresh_token", usual.refreshToken()),
                duration(node, "google_testing_refresh_token", usual.googleTestingRefreshToken()),
                duration(node, "code", usual.code()),
                duration(node, "device_code", usual.deviceCode()),
                maybe(node, "rotation").map(ScriptReader::rotation).orElse(usual.rotation()));
    }

    /// Limits without the name of a provider are Microsoft's.
    private static void limits(JsonNode node, ScriptDraft draft) {
        draft.microsoftLimits = limitsOf(node, draft.microsoftLimits);
        maybe(node, "microsoft")
                .ifPresent(n -> draft.microsoftLimits = limitsOf(n, draft.microsoftLimits));
        maybe(node, "google").ifPresent(n -> draft.googleLimits = limitsOf(n, draft.googleLimits));
        maybe(node, "smarthost")
                .ifPresent(n -> draft.smarthostLimits = limitsOf(n, draft.smarthostLimits));
    }

    private static Limits limitsOf(JsonNode node, Limits usual) {
        only(
                node,
                "limits",
                "connections",
                "messages_per_minute",
                "recipients_per_day",
                "recipients_per_message",
                "microsoft",
                "google",
                "smarthost");
        return new Limits(
                number(node, "connections", usual.connections()),
                number(node, "messages_per_minute", usual.messagesPerMinute()),
                number(node, "recipients_per_day", usual.recipientsPerDay()),
                number(node, "recipients_per_message", usual.recipientsPerMessage()));
    }

    private static Greetings greetings(JsonNode node, Greetings usual) {
        only(node, "greetings", "microsoft", "google", "smarthost");
        return new Greetings(
                text(node, "microsoft", usual.microsoft()),
                text(node, "google", usual.google()),
                text(node, "smarthost", usual.smarthost()));
    }

    private static Delays delays(JsonNode node, Delays usual) {
        only(node, "delays", "token", "greeting", "final_dot", "round_trip");
        return new Delays(
                duration(node, "token", usual.token()),
                duration(node, "greeting", usual.greeting()),
                duration(node, "final_dot", usual.finalDot()),
                duration(node, "round_trip", usual.roundTrip()));
    }

    private static Smarthost smarthost(JsonNode node, Smarthost usual) {
        only(node, "the smarthost", "starttls", "require_tls", "auth");
        return new Smarthost(
                flag(node, "starttls", usual.startTls()),
                flag(node, "require_tls", usual.requireTls()),
                node.has("auth") ? texts(node, "auth") : usual.mechanisms());
    }

    private static Fault fault(JsonNode node) {
        only(
                node,
                "a fault",
                "at",
                "until",
                "stage",
                "when",
                "times",
                "answer",
                "drop",
                "drop_before_reply",
                "drop_in_data",
                "garbage",
                "silence",
                "delay");
        return new Fault(
                Fault.Stage.of(required(node, "stage")),
                maybe(node, "at").map(ScriptReader::duration),
                maybe(node, "until").map(ScriptReader::duration),
                when(node.path("when")),
                action(node),
                number(node, "times", 0));
    }

    private static Fault.When when(JsonNode node) {
        only(node, "when", "provider", "recipient", "user", "grant_type", "nth", "every");
        return new Fault.When(
                maybe(node, "provider").map(n -> Provider.of(n.asString())),
                maybe(node, "recipient").map(n -> new Glob(n.asString())),
                maybe(node, "user").map(n -> new Glob(n.asString())),
                maybe(node, "grant_type").map(JsonNode::asString),
                number(node, "nth", 0),
                number(node, "every", 0));
    }

    private static Action action(JsonNode node) {
        if (node.has("answer")) return answer(node.path("answer"));
        if (flag(node, "drop", false)) return new Action.Drop();
        if (flag(node, "drop_before_reply", false)) return new Action.DropBeforeReply();
        if (flag(node, "drop_in_data", false)) return new Action.DropInData();
        if (flag(node, "garbage", false)) return new Action.Garbage();
        if (node.has("silence")) return new Action.Silence(duration(node.path("silence")));
        if (node.has("delay")) return new Action.Delay(duration(node.path("delay")));
        throw new IllegalArgumentException(
                "A fault needs one of: answer, drop, drop_before_reply, drop_in_data, garbage,"
                        + " silence, delay.");
    }

    private static Action answer(JsonNode node) {
        only(
                node,
                "an answer",
                "smtp",
                "oauth_error",
                "codes",
                "description",
                "http_status",
                "catalog");
        if (node.has("smtp")) return new Action.Smtp(required(node, "smtp"));
        if (node.has("catalog")) return new Action.Catalog(required(node, "catalog"));
        List<Integer> codes = list(node.path("codes"), JsonNode::asInt);
        OptionalInt status =
                node.has("http_status")
                        ? OptionalInt.of(node.path("http_status").asInt())
                        : OptionalInt.empty();
        Optional<String> description = maybe(node, "description").map(JsonNode::asString);
        return new Action.OAuth(required(node, "oauth_error"), codes, description, status);
    }

    // ---- small pieces

    private static void only(JsonNode node, String what, String... known) {
        for (Map.Entry<String, JsonNode> entry : node.properties())
            if (!List.of(known).contains(entry.getKey())) throw unknown(entry.getKey(), what);
    }

    private static IllegalArgumentException unknown(String key, String what) {
        return new IllegalArgumentException("'%s' is not a part of %s.".formatted(key, what));
    }

    private static Optional<JsonNode> maybe(JsonNode node, String key) {
        @Nullable JsonNode value = node.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    private static String required(JsonNode node, String key) {
        return maybe(node, key)
                .map(JsonNode::asString)
                .orElseThrow(() ->
                        new IllegalArgumentException("'%s' is missing in %s".formatted(key, node)));
    }

    private static String text(JsonNode node, String key, String otherwise) {
        return maybe(node, key).map(JsonNode::asString).orElse(otherwise);
    }

    private static List<String> texts(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) return List.of();
        return value.isArray() ? list(value, JsonNode::asString) : List.of(value.asString());
    }

    private static int number(JsonNode node, String key, int otherwise) {
        return maybe(node, key).map(JsonNode::asInt).orElse(otherwise);
    }

    private static Rotation rotation(JsonNode node) {
        return switch (node.asString()) {
            case "true" -> Rotation.OLD_STAYS_GOOD;
            case "false" -> Rotation.NEVER;
            case "strict" -> Rotation.STRICT;
            default -> throw new IllegalArgumentException("rotation: is true, false or strict");
        };
    }

    private static boolean flag(JsonNode node, String key, boolean otherwise) {
        return maybe(node, key).map(JsonNode::asBoolean).orElse(otherwise);
    }

    private static Duration duration(JsonNode node, String key, Duration otherwise) {
        return maybe(node, key).map(ScriptReader::duration).orElse(otherwise);
    }

    static Duration duration(JsonNode node) {
        return duration(node.asString());
    }

    /// `200ms`, `5s`, `6m`, `8h`, `90d`
    static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        if (!matcher.matches())
            throw new IllegalArgumentException(
                    "'%s' is not a length of time such as 200ms or 6m".formatted(text));
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static <T> List<T> list(JsonNode node, Function<JsonNode, T> read) {
        List<T> all = new ArrayList<>();
        for (JsonNode element : node) all.add(read.apply(element));
        return List.copyOf(all);
    }
}
