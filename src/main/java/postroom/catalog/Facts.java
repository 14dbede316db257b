package postroom.catalog;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.HttpAnswer;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Reply;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What can be compared with an entry's `match`. A member that the diagnostic does not have is
/// empty.
///
/// @param saslJson members of the JSON in a 334 challenge
/// @param text the complete text, lines joined
record Facts(
        Set<Integer> aadsts,
        Set<String> oauthErrors,
        Set<Integer> httpStatus,
        Set<String> apiCodes,
        Set<Integer> smtpCodes,
        Set<String> enhanced,
        Set<String> conditions,
        JsonNode saslJson,
        String text) {

    static final JsonNode NOTHING = JsonNodeFactory.instance.missingNode();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern AADSTS = Pattern.compile("AADSTS(\\d{5,8})");

    static Facts of(Diagnostic diagnostic) {
        return switch (diagnostic) {
            case SmtpReply smtp -> ofReply(smtp.reply());
            case OAuthError error ->
                    new Facts(
                            aadsts(error),
                            Set.of(error.error()),
                            Set.of(error.httpStatus()),
                            Set.of(),
                            Set.of(),
                            Set.of(),
                            Set.of(),
                            NOTHING,
                            error.text());
            case HttpAnswer answer ->
                    new Facts(
                            Set.of(),
                            Set.of(),
                            Set.of(answer.status()),
                            Set.of(answer.code()),
                            Set.of(),
                            Set.of(),
                            Set.of(),
                            NOTHING,
                            (answer.code() + " " + answer.text()).strip());
            case NoAnswer silence -> ofText(silence.text());
            case Condition condition ->
                    new Facts(
                            Set.of(),
                            Set.of(),
                            Set.of(),
                            Set.of(),
                            Set.of(),
                            Set.of(),
                            Set.of(condition.name()),
                            NOTHING,
                            condition.text());
        };
    }

    static Facts ofReply(Reply reply) {
        return new Facts(
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(reply.code()),
                reply.status().map(status -> Set.of(status.toString())).orElse(Set.of()),
                Set.of(),
                reply.code() == 334 ? challenge(reply.lines()) : NOTHING,
                reply.text());
    }

    static Facts ofText(String text) {
        return new Facts(
                Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), NOTHING,
                text);
    }

    // The first code is the one that counts: `error_codes[0]`, else the first in the text.
    private static Set<Integer> aadsts(OAuthError error) {
        var found =
                AADSTS.matcher(String.join(" ", error.providerCodes()) + " " + error.description());
        return found.find() ? Set.of(Integer.parseInt(found.group(1))) : Set.of();
    }

    private static JsonNode challenge(List<String> lines) {
        try {
            var octets = Base64.getDecoder().decode(String.join("", lines).strip());
            return JSON.readTree(octets);
        } catch (IllegalArgumentException | JacksonException notJson) {
            return NOTHING;
        }
    }
}
