package postroom.oauth;

import org.jspecify.annotations.Nullable;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.oauth.Authorization.AccessToken;
import postroom.oauth.TokenAnswer.Granted;
import postroom.secret.MasterKeyException;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;
import postroom.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BiPredicate;

/// Gets the next access token of one service: from the store, where another node was faster, else
/// from the provider. What the provider gave is durable before anybody uses it; a rotated refresh
/// token that could not be written down is kept in memory and written first thing next time.
///
/// Belongs to one [LivingToken], whose lock it runs under.
final class Renewal {

    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration YOUNG = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int MOST_LOOKS = 100;

    private final Authorizations authorizations;
    private final TokenEndpoint endpoint;
    private final Vault vault;
    private final InstantSource clock;
    private final BiPredicate<Service, Diagnostic> goesAway;
    private @Nullable Unsaved unsaved;

    Renewal(
            Authorizations authorizations,
            TokenEndpoint endpoint,
            Vault vault,
            InstantSource clock,
            BiPredicate<Service, Diagnostic> goesAway) {
        this.authorizations = authorizations;
        this.endpoint = endpoint;
        this.vault = vault;
        this.clock = clock;
        this.goesAway = goesAway;
    }

    sealed interface Outcome {
        record Fresh(AccessToken token) implements Outcome {}

        record Refused(Diagnostic diagnostic) implements Outcome {}

        record Later(Diagnostic diagnostic, Optional<Duration> askedToWait) implements Outcome {}
    }

    /// The token in use so far, and whether a server refused it.
    record Replaced(Optional<Secret> token, boolean refused) {}

    /// @param authorizedAt when the authorization began that was renewed
    private record Unsaved(
            Granted granted, Instant at, Optional<Secret> had, Instant authorizedAt) {}

    /// What is shown to the provider for new tokens.
    private record Shown(Optional<Secret> refreshToken, Instant authorizedAt) {}

    Outcome run(Service service, OAuth2 oauth2, Replaced replaced) {
        var fasterOnes = fresh(service, replaced);
        if (fasterOnes.isPresent()) return new Outcome.Fresh(fasterOnes.get());
        if (!authorizations.take(service.id(), LEASE)) return waitForOthers(service, replaced);
        boolean leaseIsGone = false;
        try {
            fasterOnes = fresh(service, replaced);
            if (fasterOnes.isPresent()) return new Outcome.Fresh(fasterOnes.get());
            var outcome = ask(service, oauth2);
            leaseIsGone = outcome instanceof Outcome.Fresh;
            return outcome;
        } finally {
            if (!leaseIsGone) giveBack(service);
        }
    }

    private void giveBack(Service service) {
        try {
            authorizations.giveBack(service.id());
        } catch (StoreException leaseEndsByItself) {
            // in a minute at most
        }
    }

    /// What is stored, if it is good and not what has to be replaced. A token that was refused and
    /// is as young as can be is the best there is.
    private Optional<AccessToken> fresh(Service service, Replaced replaced) {
        var now = clock.instant();
        return authorizations
                .find(service.id())
                .flatMap(Authorization::accessToken)
                .filter(token -> now.isBefore(TokenLife.of(token).goodUntil()))
                .filter(token ->
                        !replaced.token().equals(Optional.of(token.value()))
                                || (replaced.refused() && now.isBefore(token.since().plus(YOUNG))));
    }

    private Outcome ask(Service service, OAuth2 oauth2) {
        var left = unsaved;
        if (left != null) return keep(service, left);
        try {
            var shown = shown(service, oauth2);
            return answer(service, oauth2, shown)
                    .map(answer -> outcome(service, answer, shown))
                    .orElseGet(Renewal::nobodyHasAuthorized);
        } catch (MasterKeyException sealedWithAnotherKey) {
            return new Outcome.Refused(
                    new Condition(
                            "refresh-token-unreadable",
                            String.valueOf(sealedWithAnotherKey.getMessage())));
        }
    }

    private Optional<TokenAnswer> answer(Service service, OAuth2 oauth2, Shown shown) {
        return switch (oauth2.grant()) {
            case CLIENT_CREDENTIALS -> Optional.of(endpoint.grantedToClient(service, oauth2));
            case JWT_BEARER -> Optional.of(endpoint.delegated(service, oauth2));
            case AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN ->
                    shown.refreshToken().map(token -> endpoint.renewed(service, oauth2, token));
        };
    }

    private static Outcome nobodyHasAuthorized() {
        return new Outcome.Refused(
                new Condition(
                        "no-refresh-token",
                        "nobody has authorized this service yet: there is no refresh token"));
    }

    private Shown shown(Service service, OAuth2 oauth2) {
        var authorization = authorizations.find(service.id());
        return new Shown(
                authorization
                        .flatMap(Authorization::refreshToken)
                        .or(() ->
                                oauth2.refreshToken()
                                        .map(sealed ->
                                                vault.open(
                                                        sealed,
                                                        service.secretContext("refresh_token")))),
                authorization.map(Authorization::authorizedAt).orElse(Instant.EPOCH));
    }

    private Outcome outcome(Service service, TokenAnswer answer, Shown shown) {
        return switch (answer) {
            case Granted granted ->
                    keep(
                            service,
                            new Unsaved(
                                    granted,
                                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                                    shown.refreshToken(),
                                    shown.authorizedAt()));
            case TokenAnswer.Refused refused ->
                    goesAway.test(service, refused.error())
                            ? new Outcome.Later(refused.error(), Optional.empty())
                            : new Outcome.Refused(refused.error());
            case TokenAnswer.NotNow notNow ->
                    new Outcome.Later(notNow.diagnostic(), notNow.askedToWait());
        };
    }

    private Outcome keep(Service service, Unsaved got) {
        var expires = got.at().plus(got.granted().lifetime());
        try {
            boolean kept =
                    authorizations.keep(
                            service.id(), got.granted(), expires, got.had(), got.authorizedAt());
            unsaved = null;
            if (!kept) return outdated(service);
            return new Outcome.Fresh(
                    new AccessToken(got.granted().accessToken(), got.at(), expires));
        } catch (StoreException notWrittenDown) {
            unsaved = got;
            return new Outcome.Later(
                    new Condition(
                            "store-failed",
                            "the new tokens could not be written down: "
                                    + notWrittenDown.getMessage()),
                    Optional.empty());
        }
    }

    /// Somebody authorized the service anew while we asked, or revoked it.
    private Outcome outdated(Service service) {
        return fresh(service, new Replaced(Optional.empty(), false))
                .<Outcome>map(Outcome.Fresh::new)
                .orElseGet(() ->
                        new Outcome.Later(
                                new Condition(
                                        "no-refresh-token",
                                        "the authorization was changed while it was renewed"),
                                Optional.empty()));
    }

    /// Another node renews. It is asked for once more soon; nothing else would be quicker.
    private Outcome waitForOthers(Service service, Replaced replaced) {
        try {
            for (int look = 0; look < MOST_LOOKS; look++) {
                Thread.sleep(LOOK_AGAIN);
                var theirs = fresh(service, replaced);
                if (theirs.isPresent()) return new Outcome.Fresh(theirs.get());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Outcome.Later(
                new Diagnostic.NoAnswer(
                        Diagnostic.Stage.TOKEN, "another node has not yet renewed the token"),
                Optional.empty());
    }
}
