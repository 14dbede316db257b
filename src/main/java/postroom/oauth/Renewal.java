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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/// Gets the next access token of one service: from the store, where another node was faster, else
/// from the provider. What the provider gave is durable before anybody uses it; a rotated refresh
/// token that could not be written down is kept in memory and written first thing next time.
///
/// One for each service, whatever becomes of its settings, so that no two of this node ask at once
/// and nothing that could not be written down is forgotten with the settings it was asked with.
final class Renewal {

    /// What a condition is called that only a first Authorize ends.
    static final String NOBODY_HAS_AUTHORIZED = "not-authorized-yet";

    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration JUST_NOW = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final int MOST_LOOKS = 100;

    private final Authorizations authorizations;
    private final TokenEndpoint endpoint;
    private final Vault vault;
    private final InstantSource clock;
    private final BiPredicate<Service, Diagnostic> goesAway;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Unsaved unsaved;
    private @Nullable Got got;

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

    /// What came last, and the settings it was asked for with.
    private record Got(OAuth2 oauth2, Optional<String> trustedCa, AccessToken token) {
        boolean isOf(Service service, OAuth2 asked) {
            return oauth2.equals(asked) && trustedCa.equals(service.smtp().trustedCa());
        }
    }

    /// What is shown to the provider for new tokens.
    private record Shown(Optional<Secret> refreshToken, Instant authorizedAt) {}

    /// Something good that is not what has to be replaced, wherever it comes from.
    Outcome run(Service service, OAuth2 oauth2, Replaced replaced) {
        lock.lock();
        try {
            var fasterOnes = fresh(service, replaced);
            if (fasterOnes.isPresent()) return new Outcome.Fresh(fasterOnes.get());
            if (!authorizations.take(service.id(), LEASE)) return waitForOthers(service, replaced);
            return leased(
                    service,
                    () ->
                            fresh(service, replaced)
                                    .<Outcome>map(Outcome.Fresh::new)
                                    .orElseGet(() -> ask(service, oauth2)));
        } finally {
            lock.unlock();
        }
    }

    /// Something the provider gave for these very settings: now, or a moment ago, so that whoever
    /// asks again and again does not make us do so. The settings need not be stored yet.
    Outcome anew(Service service, OAuth2 oauth2) {
        lock.lock();
        try {
            var last = got;
            if (last != null && last.isOf(service, oauth2) && isJustNow(service, last.token()))
                return new Outcome.Fresh(last.token());
            if (!takeInTime(service.id())) return othersAreAtIt();
            return leased(
                    service,
                    () -> {
                        var left = unsaved;
                        if (left == null) return ask(service, oauth2);
                        var kept = keep(service, left);
                        if (unsaved != null) return kept;
                        return takeInTime(service.id()) ? ask(service, oauth2) : othersAreAtIt();
                    });
        } finally {
            lock.unlock();
        }
    }

    private boolean isJustNow(Service service, AccessToken token) {
        return clock.instant().isBefore(token.since().plus(JUST_NOW))
                && authorizations
                        .find(service.id())
                        .flatMap(Authorization::accessToken)
                        .filter(stored -> stored.value().equals(token.value()))
                        .isPresent();
    }

    private Outcome leased(Service service, Supplier<Outcome> work) {
        boolean leaseIsGone = false;
        try {
            var outcome = work.get();
            leaseIsGone = outcome instanceof Outcome.Fresh;
            return outcome;
        } finally {
            if (!leaseIsGone) giveBack(service);
        }
    }

    private boolean takeInTime(long service) {
        try {
            for (int look = 0; look < MOST_LOOKS; look++) {
                if (authorizations.take(service, LEASE)) return true;
                Thread.sleep(LOOK_AGAIN);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private static Outcome othersAreAtIt() {
        return new Outcome.Later(
                new Diagnostic.NoAnswer(
                        Diagnostic.Stage.TOKEN, "another node has not yet renewed the token"),
                Optional.empty());
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
                .filter(token -> TokenLife.of(token).isGood(now))
                .filter(token ->
                        !replaced.token().equals(Optional.of(token.value()))
                                || (replaced.refused()
                                        && now.isBefore(TokenLife.of(token).youngUntil())));
    }

    private Outcome ask(Service service, OAuth2 oauth2) {
        var left = unsaved;
        if (left != null) return keep(service, left);
        try {
            var shown = shown(service, oauth2);
            var outcome =
                    answer(service, oauth2, shown)
                            .map(answer -> outcome(service, answer, shown))
                            .orElseGet(Renewal::nobodyHasAuthorized);
            if (outcome instanceof Outcome.Fresh(var token))
                got = new Got(oauth2, service.smtp().trustedCa(), token);
            return outcome;
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
                        NOBODY_HAS_AUTHORIZED,
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

    private Outcome keep(Service service, Unsaved left) {
        var expires = left.at().plus(left.granted().lifetime());
        try {
            boolean kept =
                    authorizations.keep(
                            service.id(), left.granted(), expires, left.had(), left.authorizedAt());
            unsaved = null;
            if (!kept) return outdated(service);
            return new Outcome.Fresh(
                    new AccessToken(left.granted().accessToken(), left.at(), expires));
        } catch (StoreException notWrittenDown) {
            unsaved = left;
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
        return othersAreAtIt();
    }
}
