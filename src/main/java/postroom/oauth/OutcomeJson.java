package postroom.oauth;

import postroom.catalog.Catalog;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.HttpAnswer;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.oauth.AuthorizationOutcome.Authorized;
import postroom.oauth.AuthorizationOutcome.Declined;
import postroom.oauth.AuthorizationOutcome.MissingScopes;
import postroom.oauth.AuthorizationOutcome.NoRefreshToken;
import postroom.oauth.AuthorizationOutcome.Refused;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Unreachable;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationOutcome.WrongAccount;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How an outcome is stored. The advice is not: it is looked up anew, so that it grows with the
/// catalog.
final class OutcomeJson {

    private static final JsonMapper JSON = JsonMapper.shared();

    private OutcomeJson() {}

    static String of(AuthorizationOutcome outcome) {
        var node = JSON.createObjectNode().put("outcome", outcome.word());
        switch (outcome) {
            case Authorized it -> {
                it.account().ifPresent(account -> node.put("account", account));
                it.audience().ifPresent(audience -> node.put("audience", audience));
                it.tenant().ifPresent(tenant -> node.put("tenant", tenant));
                put(node, "scopes", it.scopes());
                put(node, "unneeded", it.unneeded());
                node.put("expires", it.expires().toString());
            }
            case Declined it -> put(node, it.diagnostic());
            case WrongAccount it ->
                    node.put("account", it.account()).put("expected", it.expected());
            case MissingScopes it -> {
                put(node, "missing", it.missing());
                put(node, "scopes", it.granted());
            }
            case NoRefreshToken it ->
                    it.account().ifPresent(account -> node.put("account", account));
            case StaleRequest it -> node.put("why", it.why().name());
            case Unreachable it -> put(node, it.diagnostic());
            case Refused it -> put(node, it.diagnostic());
        }
        return node.toString();
    }

    /// @param provider whose entries of the catalog fit
    static AuthorizationOutcome read(String json, Catalog catalog, String provider) {
        var node = JSON.readTree(json);
        var account = text(node, "account");
        return switch (node.path("outcome").asString("")) {
            case "authorized" ->
                    new Authorized(
                            account,
                            texts(node, "scopes"),
                            texts(node, "unneeded"),
                            text(node, "audience"),
                            text(node, "tenant"),
                            Instant.parse(node.path("expires").asString("")));
            case "declined" -> new Declined(diagnostic(node));
            case "wrong_account" ->
                    new WrongAccount(account.orElse(""), text(node, "expected").orElse(""));
            case "missing_scopes" ->
                    new MissingScopes(texts(node, "missing"), texts(node, "scopes"));
            case "no_refresh_token" -> new NoRefreshToken(account);
            case "stale_request" -> new StaleRequest(Why.valueOf(node.path("why").asString("")));
            case "unreachable" -> new Unreachable(diagnostic(node));
            default -> {
                var diagnostic = diagnostic(node);
                yield new Refused(diagnostic, catalog.adviceFor(provider, diagnostic));
            }
        };
    }

    private static void put(ObjectNode node, Diagnostic diagnostic) {
        switch (diagnostic) {
            case OAuthError it -> {
                node.put("kind", "oauth").put("status", it.httpStatus()).put("name", it.error());
                node.put("text", it.description());
                put(node, "codes", it.providerCodes());
            }
            case HttpAnswer it ->
                    node.put("kind", "http")
                            .put("status", it.status())
                            .put("name", it.code())
                            .put("text", it.text());
            case NoAnswer it ->
                    node.put("kind", "silence")
                            .put("name", it.stage().name())
                            .put("text", it.text());
            case Condition it ->
                    node.put("kind", "condition").put("name", it.name()).put("text", it.text());
            case SmtpReply it ->
                    node.put("kind", "condition").put("name", "smtp").put("text", it.text());
        }
    }

    private static Diagnostic diagnostic(JsonNode node) {
        var name = node.path("name").asString("");
        var text = node.path("text").asString("");
        int status = node.path("status").asInt(0);
        return switch (node.path("kind").asString("")) {
            case "oauth" -> new OAuthError(status, name, text, texts(node, "codes"));
            case "http" -> new HttpAnswer(status, name, text);
            case "silence" -> new NoAnswer(Stage.valueOf(name), text);
            default -> new Condition(name, text);
        };
    }

    private static void put(ObjectNode node, String name, List<String> texts) {
        texts.forEach(node.putArray(name)::add);
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.path(name).isString()
                ? Optional.of(node.path(name).stringValue())
                : Optional.empty();
    }

    private static List<String> texts(JsonNode node, String name) {
        var texts = new ArrayList<String>();
        for (var text : node.path(name)) texts.add(text.asString(""));
        return texts;
    }
}
