package postroom.emulator;

import postroom.emulator.EmulatorScript.Limits;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what each account of one provider does, and knows when it is too much.
final class Turnstile {
    private static final class Account {
        int connections;
        int most;
        int admitted;
        final Deque<Instant> messages = new ArrayDeque<>();
        final Deque<Sent> sent = new ArrayDeque<>();
        int recipientsToday;
    }

    private record Sent(Instant at, int recipients) {}

    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final AtomicInteger most = new AtomicInteger();

    private Account account(String name) {
        return accounts.computeIfAbsent(name, n -> new Account());
    }

    int mostConnectionsSeen() {
        return most.get();
    }

    int mostConnectionsSeen(String name) {
        Account account = account(name);
        synchronized (account) {
            return account.most;
        }
    }

    void connected(String name) {
        Account account = account(name);
        synchronized (account) {
            account.connections++;
            account.most = Math.max(account.most, account.connections);
            most.accumulateAndGet(account.connections, Math::max);
        }
    }

    void disconnected(String name, boolean wasAdmitted) {
        Account account = account(name);
        synchronized (account) {
            account.connections--;
            if (wasAdmitted) account.admitted--;
        }
    }

    /// Takes one of the places for connections that may send at the same time.
    boolean admit(String name, Limits limits) {
        Account account = account(name);
        synchronized (account) {
            if (limits.connections() > 0 && account.admitted >= limits.connections()) return false;
            account.admitted++;
            return true;
        }
    }

    boolean mayStartMessage(String name, Limits limits, Instant now) {
        if (limits.messagesPerMinute() == 0) return true;
        Account account = account(name);
        synchronized (account) {
            while (!account.messages.isEmpty()
                    && !account.messages.getFirst().plus(Duration.ofMinutes(1)).isAfter(now))
                account.messages.removeFirst();
            if (account.messages.size() >= limits.messagesPerMinute()) return false;
            account.messages.addLast(now);
            return true;
        }
    }

    boolean maySendTo(String name, int recipients, Limits limits, Instant now) {
        if (limits.recipientsPerDay() == 0) return true;
        Account account = account(name);
        synchronized (account) {
            while (!account.sent.isEmpty()
                    && !account.sent.getFirst().at().plus(Duration.ofDays(1)).isAfter(now))
                account.recipientsToday -= account.sent.removeFirst().recipients();
            if (account.recipientsToday + recipients > limits.recipientsPerDay()) return false;
            account.sent.addLast(new Sent(now, recipients));
            account.recipientsToday += recipients;
            return true;
        }
    }
}
