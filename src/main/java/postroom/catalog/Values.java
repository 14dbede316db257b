package postroom.catalog;

import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The owner's real values that take the places of `{login}`, `{tenant}` and the like in steps,
/// commands and guides. Where one is not known, its place says in angle brackets what belongs
/// there.
///
/// No value holds a control character, so none can end a line, and none gets into a command
/// unquoted.
///
/// @param known by the name of their place
public record Values(Map<String, String> known) {

    /// Nothing is known: what a page says that is written for everybody.
    public static final Values NONE = new Values(Map.of());

    /// The places there are, and what belongs there.
    public static final Map<String, String> PLACES =
            Map.ofEntries(
                    Map.entry("service", "name of the service"),
                    Map.entry("login", "mailbox that signs in"),
                    Map.entry("user", "mailbox that sends"),
                    Map.entry("other_user", "the other user name"),
                    Map.entry("ehlo_name", "name given to EHLO"),
                    Map.entry("from", "From address"),
                    Map.entry("from_domain", "domain of the From address"),
                    Map.entry("tenant", "tenant ID"),
                    Map.entry("client_id", "client ID"),
                    Map.entry("object_id", "object ID from Enterprise applications"),
                    Map.entry("host", "name of the server"),
                    Map.entry("port", "port"),
                    Map.entry("tls", "how TLS is used"),
                    Map.entry("outgoing_addresses", "public addresses of this machine"),
                    Map.entry("sign_in_server", "host of the token endpoint"),
                    Map.entry("scopes", "OAuth2 scopes"),
                    Map.entry("redirect_uri", "redirect URI of this Postroom"),
                    Map.entry("secret_ends", "last day of the client secret"));

    private static final Pattern PLACE = Pattern.compile("\\{([a-z_]+)}");

    // PowerShell takes these for a single quote as well.
    private static final String SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b";

    public Values {
        known = Map.copyOf(known);
        for (var value : known.entrySet()) {
            if (!PLACES.containsKey(value.getKey()))
                throw new IllegalArgumentException("there is no place " + value.getKey());
            if (!isUsable(value.getValue()))
                throw new IllegalArgumentException(
                        value.getKey() + " holds a control character and cannot be shown");
        }
    }

    /// True when it may be given: nothing in it ends a line or hides.
    public static boolean isUsable(String value) {
        return value.codePoints().allMatch(Values::isVisible);
    }

    /// The same and one more, or another in its place.
    public Values with(String place, String value) {
        var more = new HashMap<>(known);
        more.put(place, value);
        return new Values(more);
    }

    public boolean has(String place) {
        return known.containsKey(place);
    }

    /// For sentences: the bare values.
    public String inText(String template) {
        return filled(template, value -> value);
    }

    /// For commands: every value is a literal in single quotes.
    public String inPowerShell(String template) {
        return filled(template, Values::powerShell);
    }

    /// For pages: every value is a code span.
    public String inMarkdown(String template) {
        return filled(template, Values::codeSpan);
    }

    private String filled(String template, UnaryOperator<String> quoted) {
        return PLACE.matcher(template)
                .replaceAll(place -> {
                    var name = place.group(1);
                    var label = PLACES.get(name);
                    if (label == null) return Matcher.quoteReplacement(place.group());
                    var value = known.getOrDefault(name, "<" + label + ">");
                    return Matcher.quoteReplacement(quoted.apply(value));
                });
    }

    private static String powerShell(String value) {
        var quoted = new StringBuilder("'");
        for (char c : value.toCharArray()) {
            if (SINGLE_QUOTES.indexOf(c) >= 0) quoted.append(c);
            quoted.append(c);
        }
        return quoted.append('\'').toString();
    }

    // A code span ends at the first run of as many backticks as it began with.
    private static String codeSpan(String value) {
        if (value.indexOf('`') < 0) return "`" + value + "`";
        var fence = "`";
        while (value.contains(fence)) fence += "`";
        return fence + " " + value + " " + fence;
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
