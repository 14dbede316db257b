package postroom.access;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Counts wrong guesses per subject (a network, a user name), slows them down and locks the subject
/// out for a while. A lock always ends by itself; each further one lasts twice as long, up to a
/// limit. What was quiet long enough is forgotten. Remembers a bounded number of subjects, those
/// guessed at most recently. Safe for use by many threads.
final class Guesses {

    /// @param lockAt this many wrong guesses lock the subject
    /// @param lockFor the first time
    /// @param longestLock ever
    /// @param forgetAfter so long after the last guess, or the end of the lock
    record Rule(int lockAt, Duration lockFor, Duration longestLock, Duration forgetAfter) {}

    /// @param slowDown doubles with every wrong guess, up to five seconds
    /// @param locked the guess that locked it: until when
    record Wrong(Duration slowDown, Optional<Instant> locked) {}

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final Rule rule;
    private final Map<String, Count> counts;

    Guesses(InstantSource clock, Rule rule, int most) {
        this.clock = clock;
        this.rule = rule;
        this.counts =
                new LinkedHashMap<>(16, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
                        return size() > most;
                    }
                };
    }

    /// How much longer the subject is locked out, if it is.
    synchronized Optional<Duration> locked(String subject) {
        var count = counts.get(subject);
        if (count == null) return Optional.empty();
        var remaining = Duration.between(clock.instant(), count.lockedUntil);
        return remaining.isPositive() ? Optional.of(remaining) : Optional.empty();
    }

    synchronized Wrong wrong(String subject) {
        var now = clock.instant();
        var count = counts.computeIfAbsent(subject, first -> new Count());
        if (count.quietSince().plus(rule.forgetAfter).isBefore(now)) count.forget();
        count.lastAt = now;
        count.guesses++;
        count.sinceLock++;
        if (count.sinceLock < rule.lockAt || now.isBefore(count.lockedUntil))
            return new Wrong(pauseAfter(count.guesses), Optional.empty());
        count.sinceLock = 0;
        count.lockedUntil = now.plus(lockLength(count.locks++));
        return new Wrong(pauseAfter(count.guesses), Optional.of(count.lockedUntil));
    }

    /// The network guesses are counted for: one IPv4 address, or the /64 that one IPv6 host has to
    /// itself.
    static String networkOf(InetAddress address) {
        int prefix = address.getAddress().length == 4 ? 32 : 64;
        var octets = address.getAddress();
        for (int i = prefix / 8; i < octets.length; i++) octets[i] = 0;
        try {
            return new Network(InetAddress.getByAddress(octets), prefix).toString();
        } catch (java.net.UnknownHostException sameLength) {
            throw new IllegalStateException(sameLength);
        }
    }

    private static Duration pauseAfter(int guesses) {
        var pause = FIRST_PAUSE.multipliedBy(1L << Math.min(guesses - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private Duration lockLength(int locksBefore) {
        var length = rule.lockFor.multipliedBy(1L << Math.min(locksBefore, 20));
        return length.compareTo(rule.longestLock) < 0 ? length : rule.longestLock;
    }

    private static final class Count {
        private int guesses;
        private int sinceLock;
        private int locks;
        private Instant lastAt = Instant.EPOCH;
        private Instant lockedUntil = Instant.EPOCH;

        Instant quietSince() {
            return lastAt.isAfter(lockedUntil) ? lastAt : lockedUntil;
        }

        void forget() {
            guesses = 0;
            sinceLock = 0;
            locks = 0;
        }
    }
}
