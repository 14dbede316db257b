package postroom.console;

import org.jspecify.annotations.Nullable;

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
import postroom.oauth.AuthorizationOutcome.WrongAccount;
import postroom.oauth.OutcomeWords;
import postroom.queue.Queue;
import postroom.service.Service;

import java.time.InstantSource;
import java.util.List;

/// Outcomes as the page shows them, one section per case.
final class AuthorizationViews {

    private final Queue queue;
    private final InstantSource clock;

    AuthorizationViews(Queue queue, InstantSource clock) {
        this.queue = queue;
        this.clock = clock;
    }

    /// @param code the provider's number for it, with its own page, where it has both
    /// @param account who signed in instead and may be let
    record View(
            String word,
            String title,
            String remedy,
            boolean isGood,
            @Nullable String service,
            @Nullable String id,
            String provider,
            long waiting,
            List<String> scopes,
            @Nullable Moment expires,
            @Nullable String account,
            @Nullable String diagnostic,
            @Nullable String code,
            @Nullable String codePage,
            @Nullable String docs) {}

    View view(AuthorizationOutcome outcome, @Nullable Service service) {
        var provider = service == null ? "The provider" : OutcomeWords.provider(service);
        var said = diagnostic(outcome);
        var code = said instanceof OAuthError error ? first(error.providerCodes()) : null;
        return new View(
                outcome.word(),
                OutcomeWords.title(outcome, provider),
                OutcomeWords.remedy(outcome),
                outcome instanceof Authorized,
                service == null ? null : service.name(),
                service == null ? null : Long.toString(service.id()),
                provider,
                service == null ? 0 : queue.waiting(service.id()).recipients(),
                scopes(outcome),
                outcome instanceof Authorized it ? Moment.of(it.expires(), clock.instant()) : null,
                outcome instanceof WrongAccount it ? it.account() : null,
                said == null ? null : said.text(),
                code,
                code == null
                        ? null
                        : "https://login.microsoftonline.com/error?code="
                                + code.replace("AADSTS", ""),
                outcome instanceof Refused it && !it.advice().docsUrl().isEmpty()
                        ? it.advice().docsUrl()
                        : null);
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
}
