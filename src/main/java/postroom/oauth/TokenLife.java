package postroom.oauth;

import postroom.oauth.Authorization.AccessToken;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/// When an access token is to be renewed, and until when it is good enough to be shown. The last 5
/// minutes or the last tenth of its life, whichever is longer, are for the renewal; never more than
/// half of it.
///
/// @param goodFrom what begins later was given before the clock was set back; nobody knows when it
///   ends
/// @param goodUntil a little before it ends, so that it does not end on its way
/// @param youngUntil a server that refuses it before then would refuse another one as well
record TokenLife(Instant goodFrom, Instant renewAt, Instant goodUntil, Instant youngUntil) {

    private static final Duration AHEAD = Duration.ofMinutes(5);
    private static final Duration YOUNG = Duration.ofMinutes(1);
    private static final Duration ON_ITS_WAY = Duration.ofMinutes(1);
    private static final double JITTER = 0.2;

    static TokenLife of(AccessToken token) {
        var lifetime = Duration.between(token.since(), token.expires());
        var tenth = lifetime.dividedBy(10);
        return new TokenLife(
                token.since().minus(AHEAD),
                token.expires().minus(shorter(longer(AHEAD, tenth), lifetime.dividedBy(2))),
                token.expires().minus(shorter(ON_ITS_WAY, tenth)),
                token.since().plus(shorter(YOUNG, lifetime.dividedBy(2))));
    }

    /// A little earlier, so that not all services renew at once.
    TokenLife with(RandomGenerator random) {
        var ahead = Duration.between(renewAt, goodUntil);
        long earlier = (long) (ahead.toMillis() * JITTER * random.nextDouble());
        return new TokenLife(goodFrom, renewAt.minusMillis(earlier), goodUntil, youngUntil);
    }

    boolean isGood(Instant now) {
        return !now.isBefore(goodFrom) && now.isBefore(goodUntil);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
