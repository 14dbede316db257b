package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.catalog.Advice;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.OAuthError;
import postroom.oauth.AuthorizationOutcome;
import postroom.oauth.AuthorizationOutcome.Authorized;
import postroom.oauth.AuthorizationOutcome.Declined;
import postroom.oauth.AuthorizationOutcome.MissingScopes;
import postroom.oauth.AuthorizationOutcome.NoRefreshToken;
import postroom.oauth.AuthorizationOutcome.Refused;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Unreachable;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationOutcome.WrongAccount;
import postroom.oauth.OutcomeWords;
import postroom.queue.Queue;
import postroom.service.Authentication.OAuth2;
import postroom.service.RealValues;
import postroom.service.Service;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/// Outcomes as the page shows them, one section per case: what happened, what to do, what the
/// provider said.
final class AuthorizationViews {

    private final Queue queue;
    private final InstantSource clock;
    private final URI baseUrl;

    AuthorizationViews(Queue queue, InstantSource clock, URI baseUrl) {
        this.queue = queue;
        this.clock = clock;
        this.baseUrl = baseUrl;
    }

    /// @param isUnderWay whether it ends well is not known yet
    /// @param code the provider's number for it, with its own page, where it has both
    /// @param account who signed in instead and may be let
    /// @param expected who should have
    /// @param advice what to do about a refusal
    /// @param blamesSecret a new client secret may end it
    /// @param report to be pasted into a ticket
    record View(
            String word,
            Say heading,
            Say title,
            Say remedy,
            boolean isGood,
            boolean isUnderWay,
            @Nullable String service,
            @Nullable String id,
            Say provider,
            long waiting,
            List<String> scopes,
            List<String> missing,
            List<String> unneeded,
            @Nullable Moment expires,
            @Nullable String account,
            @Nullable String expected,
            @Nullable String diagnostic,
            @Nullable String code,
            @Nullable String codePage,
            @Nullable Advice advice,
            boolean blamesSecret,
            String report) {}

    View view(AuthorizationOutcome outcome, @Nullable Service service, Instant at) {
        var said = diagnostic(outcome);
        var code = said instanceof OAuthError error ? first(error.providerCodes()) : null;
        return new View(
                outcome.word(),
                heading(outcome),
                title(outcome, service),
                remedy(outcome),
                outcome instanceof Authorized,
                isUnderWay(outcome),
                service == null ? null : service.name(),
                service == null ? null : Long.toString(service.id()),
                provider(service),
                service == null ? 0 : queue.waiting(service.id()).recipients(),
                scopes(outcome),
                outcome instanceof MissingScopes it ? it.missing() : List.of(),
                outcome instanceof Authorized it ? it.unneeded() : List.of(),
                outcome instanceof Authorized it ? Moment.of(it.expires(), clock.instant()) : null,
                outcome instanceof WrongAccount it ? it.account() : null,
                outcome instanceof WrongAccount it ? it.expected() : null,
                said == null ? null : said.text(),
                code,
                code == null || !code.startsWith("AADSTS")
                        ? null
                        : "https://login.microsoftonline.com/error?code="
                                + code.replace("AADSTS", ""),
                outcome instanceof Refused it && service != null
                        ? it.advice().with(RealValues.of(service, baseUrl))
                        : null,
                blamesSecret(said, service),
                AuthorizationReport.of(outcome, service, said, at));
    }

    static Say provider(@Nullable Service service) {
        var provider =
                service != null && service.authentication() instanceof OAuth2 oauth2
                        ? oauth2.provider().name().toLowerCase(Locale.ROOT)
                        : "custom";
        return Say.of("authorize.provider." + provider);
    }

    private static boolean blamesSecret(@Nullable Diagnostic said, @Nullable Service service) {
        return said instanceof OAuthError error
                && error.error().equals("invalid_client")
                && service != null
                && service.authentication() instanceof OAuth2 oauth2
                && oauth2.client().clientCertificate().isEmpty();
    }

    static boolean isUnderWay(AuthorizationOutcome outcome) {
        return outcome instanceof StaleRequest(var why) && why == Why.UNDER_WAY;
    }

    private static Say heading(AuthorizationOutcome outcome) {
        if (isUnderWay(outcome)) return Say.of("authorize.one-moment");
        return Say.of(
                outcome instanceof Authorized
                        ? "authorize.authorized"
                        : "authorize.not-authorized");
    }

    private static Say title(AuthorizationOutcome outcome, @Nullable Service service) {
        return switch (outcome) {
            case Authorized it ->
                    it.account()
                            .map(account -> Say.of("authorize.title.signed-in", account))
                            .orElseGet(() -> Say.of("authorize.title.authorized"));
            case Declined it -> Say.of("authorize.title.declined");
            case WrongAccount it ->
                    Say.of("authorize.title.wrong-account", it.account(), it.expected());
            case MissingScopes it ->
                    Say.of("authorize.title.missing-scopes", String.join(" ", it.missing()));
            case NoRefreshToken it -> Say.of("authorize.title.no-refresh-token");
            case StaleRequest it -> Say.of("authorize.stale." + word(it));
            case Unreachable it -> Say.of("authorize.title.unreachable", provider(service));
            case Refused it ->
                    Say.of("authorize.title.refused", provider(service), it.advice().title());
        };
    }

    private static Say remedy(AuthorizationOutcome outcome) {
        return switch (outcome) {
            case Authorized it -> Say.of("authorize.remedy.authorized");
            case Declined it -> Say.of("authorize.remedy.declined");
            case WrongAccount it -> Say.of("authorize.remedy.wrong-account", it.account());
            case MissingScopes it -> Say.of("authorize.remedy.missing-scopes");
            case NoRefreshToken it -> Say.of("authorize.remedy.no-refresh-token");
            case StaleRequest it -> Say.of("authorize.stale." + word(it) + ".remedy");
            case Unreachable it -> Say.of("authorize.remedy.unreachable");
            case Refused it -> Say.of("authorize.remedy.refused", it.advice().fix());
        };
    }

    private static String word(StaleRequest stale) {
        return stale.why().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable Diagnostic diagnostic(AuthorizationOutcome outcome) {
        return switch (outcome) {
            case Declined it -> it.diagnostic();
            case Unreachable it -> it.diagnostic();
            case Refused it -> it.diagnostic();
            case Authorized it -> null;
            case WrongAccount it -> null;
            case MissingScopes it -> null;
            case NoRefreshToken it -> null;
            case StaleRequest it -> null;
        };
    }

    private static List<String> scopes(AuthorizationOutcome outcome) {
        return switch (outcome) {
            case Authorized it -> it.scopes();
            case MissingScopes it -> it.granted();
            case Declined it -> List.of();
            case Unreachable it -> List.of();
            case Refused it -> List.of();
            case WrongAccount it -> List.of();
            case NoRefreshToken it -> List.of();
            case StaleRequest it -> List.of();
        };
    }

    private static @Nullable String first(List<String> codes) {
        return codes.isEmpty() ? null : codes.getFirst();
    }

    /// The same for whoever can fix it, as plain text; there is no secret in it.
    private static final class AuthorizationReport {
        static String of(
                AuthorizationOutcome outcome,
                @Nullable Service service,
                @Nullable Diagnostic said,
                Instant at) {
            var provider = service == null ? "The provider" : OutcomeWords.provider(service);
            var text = new StringBuilder("Postroom authorization");
            if (service != null) {
                text.append(" of ").append(service.name()).append('\n');
                if (service.authentication() instanceof OAuth2 oauth2) {
                    text.append("login ").append(oauth2.login());
                    text.append(", client ID ").append(oauth2.client().clientId());
                    oauth2.client().tenant().ifPresent(it -> text.append(", tenant ").append(it));
                    text.append("\nasked for ")
                            .append(String.join(" ", oauth2.endpoints().scopes()));
                    text.append("\nat ").append(oauth2.endpoints().token());
                }
            }
            text.append("\n").append(outcome.word()).append(" at ").append(at).append("\n\n");
            text.append(OutcomeWords.title(outcome, provider)).append('\n');
            if (said != null) text.append("said: ").append(said.text()).append('\n');
            if (said instanceof OAuthError error && !error.providerCodes().isEmpty())
                text.append("codes: ").append(String.join(" ", error.providerCodes())).append('\n');
            return text.append("what to do: ").append(OutcomeWords.remedy(outcome)).toString();
        }
    }
}
