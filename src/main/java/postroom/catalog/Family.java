package postroom.catalog;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.HttpAnswer;
import postroom.mail.Diagnostic.OAuthError;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The names one company has in the catalog: one for its mail server, one for its token endpoint,
/// one for its API. A service knows the first; the kind of diagnostic says which of them spoke.
enum Family {
    MICROSOFT(
            "exchange-online",
            "microsoft-entra",
            "microsoft-graph",
            "AADSTS|outlook\\.com|office365|microsoftonline|graph\\.microsoft"),
    GOOGLE(
            "gmail-smtp",
            "google-oauth",
            "gmail-api",
            "gsmtp|googleapis|accounts\\.google|support\\.google|mail\\.google|Google's");

    private final String smtp;
    private final String oauth;
    private final String api;
    private final Pattern traces;

    Family(String smtp, String oauth, String api, String traces) {
        this.smtp = smtp;
        this.oauth = oauth;
        this.api = api;
        this.traces = Pattern.compile(traces, Pattern.CASE_INSENSITIVE);
    }

    /// Whose entries fit when that provider's service met that diagnostic.
    static String speaker(String provider, Diagnostic diagnostic) {
        if (diagnostic instanceof OAuthError error
                && error.providerCodes().stream().anyMatch(code -> code.startsWith("AADSTS")))
            return MICROSOFT.oauth;
        for (var family : values())
            if (family.names().contains(provider))
                return switch (diagnostic) {
                    case OAuthError error -> family.oauth;
                    case HttpAnswer answer -> family.api;
                    case Diagnostic.SmtpReply reply -> family.smtp;
                    case Diagnostic.NoAnswer silence -> provider;
                    case Diagnostic.Condition condition -> provider;
                };
        return provider;
    }

    /// The company that has this name in the catalog.
    static Optional<Family> of(String provider) {
        return Stream.of(values()).filter(it -> it.names().contains(provider)).findFirst();
    }

    Set<String> names() {
        return Set.of(smtp, oauth, api);
    }

    /// True when the text names one of its hosts, or a code of its own.
    boolean leftTracesIn(String text) {
        return traces.matcher(text).find();
    }
}
