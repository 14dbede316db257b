package postroom.secret;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Masks secrets in text that will be recorded, logged or shown. Rather one word too many than one
/// too few; reply codes, error codes and addresses stay readable.
public final class Redactor {

    private static final String MASK = "‹masked›";

    private static final String NAMES =
            "client_secret|refresh_token|access_token|id_token|client_assertion|assertion"
                    + "|code_verifier|device_code|password|passwd|api_?key|private_key|client_key"
                    + "|smtp_password|service_account|token";

    private static final List<Rule> RULES =
            List.of(
                    rule(
                            "(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?:-----END [A-Z ]*PRIVATE"
                                    + " KEY-----|\\z)",
                            "$1" + MASK),
                    // AUTH PLAIN …, AUTH XOAUTH2 …: the initial response (RFC 4954 §4); not the
                    // list that
                    // a server offers
                    rule(
                            "\\b(AUTH[ \\t]+(?:(?-i:[A-Z][A-Z0-9_-]+)|plain|login|xoauth2"
                                    + "|oauthbearer|cram-md5)[ \\t]+)(?!(?:LOGIN|PLAIN|XOAUTH2"
                                    + "|OAUTHBEARER|CRAM-MD5|NTLM|GSSAPI|XYMCOOKIE)\\b)"
                                    + "[A-Za-z0-9+/=]{2,}(?![^\\s\"])",
                            "$1" + MASK),
                    // Authorization: Bearer …; but "Basic authentication is off" is no secret
                    rule(
                            "\\b(Bearer|Basic)([ \\t]+)(?-i:(?=[a-z~+/_-]*[0-9A-Z.=]))"
                                    + "[A-Za-z0-9._~+/-]{6,}=*",
                            "$1$2" + MASK),
                    // "auth=Bearer …^A^A", as XOAUTH2 has it before base64, is covered above
                    rule(
                            "(\\\\?\"(?:"
                                    + NAMES
                                    + ")\\\\?\"\\s*:\\s*\\\\?\")(?:[^\"\\\\]++|\\\\.)*+",
                            "$1" + MASK),
                    rule("(?<![a-z0-9_])((?:" + NAMES + ")=)(?!‹)[^&\\s\"'<>,;]+", "$1" + MASK),
                    // an authorization code; not the number behind
                    // login.microsoftonline.com/error?code=
                    rule(
                            "(?<![a-z0-9_])(code=)(?!\\d{1,8}(?![\\w.~/%-]))[^&\\s\"'<>]+",
                            "$1" + MASK),
                    rule("(://[^/\\s:@]+:)[^/\\s@]+(?=@)", "$1" + MASK),
                    // tokens by their looks: JWT, Google's access and refresh tokens, client
                    // secrets
                    rule("\\beyJ[\\w-]{8,}\\.[\\w-]{4,}(?:\\.[\\w-]*)*", MASK),
                    rule("\\bya29\\.[\\w.-]{8,}", MASK),
                    rule("\\b1//0[\\w-]{8,}", MASK),
                    rule("\\bGOCSPX-[\\w-]{8,}", MASK));

    private Redactor() {}

    /// The text without what looks like a secret.
    public static String masked(String text) {
        var masked = text;
        for (var rule : RULES) masked = rule.applyTo(masked);
        return masked;
    }

    /// The text without that very secret, and without what looks like one.
    public static String masked(String text, Secret known) {
        return masked(known.value().isEmpty() ? text : text.replace(known.value(), MASK));
    }

    private static Rule rule(String pattern, String replacement) {
        return new Rule(
                Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.DOTALL), replacement);
    }

    private record Rule(Pattern pattern, String replacement) {
        String applyTo(String text) {
            Matcher matcher = pattern.matcher(text);
            return matcher.find() ? matcher.replaceAll(replacement) : text;
        }
    }
}
