package postroom.oauth;

import org.jspecify.annotations.Nullable;

import postroom.mail.Diagnostic;
import postroom.oauth.Authorization.AccessToken;
import postroom.oauth.Renewal.Replaced;
import postroom.secret.Secret;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// The access token of one service under one set of settings, and the memory of what went wrong
/// with it. Reading needs no lock; renewing has one, so that of many who wait one asks the
/// provider.
final class LivingToken {

    private static final Duration REFUSAL_IS_BELIEVED = Duration.ofHours(1);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final OAuth2 oauth2;
    private final Optional<String> trustedCa;
    private final Renewal renewal;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Executor behindTheScenes;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile @Nullable Current current;
    private volatile @Nullable Trouble trouble;
    private int failures;

    LivingToken(
            OAuth2 oauth2,
            Optional<String> trustedCa,
            Renewal renewal,
            InstantSource clock,
            RandomGenerator random,
            Executor behindTheScenes) {
        this.oauth2 = oauth2;
        this.trustedCa = trustedCa;
        this.renewal = renewal;
        this.clock = clock;
        this.random = random;
        this.behindTheScenes = behindTheScenes;
    }

    private record Current(SignIn.Bearer signIn, Instant since, TokenLife life) {
        boolean isGood(Instant now) {
            return life.isGood(now);
        }

        boolean isDue(Instant now) {
            return !now.isBefore(life.renewAt());
        }

        boolean is(Secret token) {
            return signIn.accessToken().equals(token);
        }
    }

    /// @param answer what everybody hears until then, unless the clock is set back
    private record Trouble(SignIn answer, Instant since, Instant until) {
        boolean isBelieved(Instant now) {
            return !now.isBefore(since) && now.isBefore(until);
        }
    }

    boolean isFor(OAuth2 settings, Optional<String> authorities) {
        return oauth2.equals(settings) && trustedCa.equals(authorities);
    }

    SignIn signIn(Service service) {
        var now = clock.instant();
        var token = current;
        if (token != null && token.isGood(now)) {
            if (token.isDue(now)) renewBehindTheScenes(service);
            return token.signIn();
        }
        lock.lock();
        try {
            token = current;
            if (token != null && token.isGood(clock.instant())) return token.signIn();
            return renew(service, replaced(token, false));
        } finally {
            lock.unlock();
        }
    }

    SignIn renewedFor(Service service, SignIn.Bearer refused) {
        lock.lock();
        try {
            var now = clock.instant();
            var token = current;
            if (token == null)
                return renew(service, new Replaced(Optional.of(refused.accessToken()), true));
            boolean somebodyElseDid = !token.is(refused.accessToken()) && token.isGood(now);
            boolean asYoungAsCanBe = now.isBefore(token.life().youngUntil()) && token.isGood(now);
            return somebodyElseDid || asYoungAsCanBe
                    ? token.signIn()
                    : renew(service, replaced(token, true));
        } finally {
            lock.unlock();
        }
    }

    SignIn askedAnew(Service service) {
        lock.lock();
        try {
            return heed(renewal.anew(service, oauth2));
        } finally {
            lock.unlock();
        }
    }

    private void renewBehindTheScenes(Service service) {
        if (remembered().isPresent() || !renewing.compareAndSet(false, true)) return;
        behindTheScenes.execute(() -> {
            lock.lock();
            try {
                var token = current;
                if (token == null || token.isDue(clock.instant()))
                    renew(service, replaced(token, false));
            } finally {
                lock.unlock();
                renewing.set(false);
            }
        });
    }

    private SignIn renew(Service service, Replaced replaced) {
        var remembered = remembered();
        if (remembered.isPresent()) return remembered.get();
        return heed(renewal.run(service, oauth2, replaced));
    }

    private SignIn heed(Renewal.Outcome outcome) {
        return switch (outcome) {
            case Renewal.Outcome.Fresh fresh -> use(fresh.token());
            case Renewal.Outcome.Refused refused ->
                    remember(
                            new SignIn.NotAuthorized(refused.diagnostic()),
                            clock.instant().plus(REFUSAL_IS_BELIEVED));
            case Renewal.Outcome.Later later -> backOff(later.diagnostic(), later.askedToWait());
        };
    }

    private SignIn use(AccessToken token) {
        var signIn =
                new SignIn.Bearer(
                        oauth2.saslUser(), token.value(), token.expires(), oauth2.mechanism());
        current = new Current(signIn, token.since(), TokenLife.of(token).with(random));
        trouble = null;
        failures = 0;
        return signIn;
    }

    private SignIn backOff(Diagnostic diagnostic, Optional<Duration> askedToWait) {
        var pause = SHORTEST_PAUSE.multipliedBy(1L << Math.min(failures++, 10));
        if (pause.compareTo(LONGEST_PAUSE) > 0) pause = LONGEST_PAUSE;
        if (askedToWait.isPresent() && askedToWait.get().compareTo(pause) > 0)
            pause = askedToWait.get();
        var until = clock.instant().plus(pause);
        return remember(new SignIn.NotNow(diagnostic, Optional.of(until)), until);
    }

    private SignIn remember(SignIn answer, Instant until) {
        trouble = new Trouble(answer, clock.instant(), until);
        return answer;
    }

    private Optional<SignIn> remembered() {
        var known = trouble;
        return known != null && known.isBelieved(clock.instant())
                ? Optional.of(known.answer())
                : Optional.empty();
    }

    private static Replaced replaced(@Nullable Current token, boolean refused) {
        return new Replaced(Optional.ofNullable(token).map(t -> t.signIn().accessToken()), refused);
    }
}
