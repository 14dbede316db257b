package postroom.catalog;

import postroom.mail.Scope;

import tools.jackson.databind.JsonNode;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// One entry of `catalog/*.json`. All keys of its `match` must hold; lists mean "one of".
final class Entry {

    /// The greater one is the better answer: priority, then the number of keys that hold.
    static final Comparator<Entry> BEST_FIRST =
            Comparator.comparingInt((Entry entry) -> -entry.priority)
                    .thenComparingInt(entry -> -entry.keys);

    private final Advice advice;
    private final String provider;
    private final int priority;
    private final int keys;
    private final Set<Integer> aadsts;
    private final Set<String> oauthErrors;
    private final Set<Integer> httpStatus;
    private final Set<String> apiCodes;
    private final Set<Integer> smtpCodes;
    private final Set<String> enhanced;
    private final Set<String> conditions;
    private final Map<String, String> saslJson;
    private final Optional<Expression> text;

    Entry(JsonNode json) {
        var match = json.path("match");
        this.provider = json.path("provider").asString();
        this.priority = json.path("priority").asInt();
        this.keys = match.size();
        this.aadsts = numbers(match.path("aadsts"));
        this.oauthErrors = texts(match.path("oauth_error"));
        this.httpStatus = numbers(match.path("http_status"));
        this.apiCodes = texts(match.path("api_code"));
        this.smtpCodes = numbers(match.path("smtp_code"));
        this.enhanced = texts(match.path("enhanced"));
        this.conditions = texts(match.path("condition"));
        this.saslJson = new HashMap<>();
        for (var member : match.path("sasl_json").properties())
            saslJson.put(member.getKey(), member.getValue().asString());
        this.text =
                match.path("text").isString()
                        ? Optional.of(new Expression(match.path("text").stringValue()))
                        : Optional.empty();
        this.advice =
                new Advice(
                        json.path("id").asString(),
                        json.path("title").asString(),
                        json.path("cause").asString(),
                        json.path("fix").asString(),
                        list(json.path("steps")),
                        list(json.path("commands")),
                        Advice.Who.valueOf(constant(json.path("who").asString("owner"))),
                        json.path("docs_url").asString(""),
                        Advice.Retry.valueOf(constant(json.path("retry").asString())),
                        json.path("scope").isString()
                                ? Optional.of(
                                        Scope.valueOf(constant(json.path("scope").stringValue())))
                                : Optional.empty());
    }

    Advice advice() {
        return advice;
    }

    String provider() {
        return provider;
    }

    Set<String> oauthErrors() {
        return oauthErrors;
    }

    Set<String> apiCodes() {
        return apiCodes;
    }

    Set<String> conditions() {
        return conditions;
    }

    /// False when this reply code (zero: no SMTP reply) rules the entry out.
    boolean mayMatch(int smtpCode) {
        if (smtpCode == 0) return smtpCodes.isEmpty();
        boolean isForOthers =
                !aadsts.isEmpty()
                        || !oauthErrors.isEmpty()
                        || !httpStatus.isEmpty()
                        || !apiCodes.isEmpty()
                        || !conditions.isEmpty();
        return !isForOthers && (smtpCodes.isEmpty() || smtpCodes.contains(smtpCode));
    }

    /// The cheap keys first; the regular expression only where they hold.
    boolean matches(Facts facts) {
        return holds(smtpCodes, facts.smtpCodes())
                && holds(enhanced, facts.enhanced())
                && holds(aadsts, facts.aadsts())
                && holds(oauthErrors, facts.oauthErrors())
                && holds(httpStatus, facts.httpStatus())
                && holds(apiCodes, facts.apiCodes())
                && holds(conditions, facts.conditions())
                && holds(saslJson, facts.saslJson())
                && (text.isEmpty() || text.get().isIn(facts.text()));
    }

    private static <T> boolean holds(Set<T> wanted, Set<T> found) {
        if (wanted.isEmpty()) return true;
        for (var fact : found) if (wanted.contains(fact)) return true;
        return false;
    }

    private static boolean holds(Map<String, String> wanted, JsonNode found) {
        for (var member : wanted.entrySet())
            if (!member.getValue().equals(found.path(member.getKey()).asString(""))) return false;
        return true;
    }

    private static Set<Integer> numbers(JsonNode array) {
        var numbers = new HashSet<Integer>();
        for (var element : array) numbers.add(element.asInt());
        return Set.copyOf(numbers);
    }

    private static Set<String> texts(JsonNode array) {
        var texts = new HashSet<String>();
        for (var element : array) texts.add(element.asString());
        return Set.copyOf(texts);
    }

    private static List<String> list(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private static String constant(String word) {
        return word.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /// Compiled when it is first needed: most never are, and the catalog is read on the way to the
    /// first accepted message.
    private static final class Expression {
        private final String source;
        private volatile @org.jspecify.annotations.Nullable Pattern compiled;

        Expression(String source) {
            this.source = source;
        }

        boolean isIn(String text) {
            var pattern = compiled;
            if (pattern == null) {
                pattern = Pattern.compile(source, Pattern.CASE_INSENSITIVE);
                compiled = pattern;
            }
            return pattern.matcher(text).find();
        }
    }
}
