package postroom.deliver;

import postroom.queue.Claim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Claims that wait for a line: transactional ones before marketing, each kind in its order. Safe
/// for use by many threads.
final class Ready {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final ArrayDeque<Claim> transactional = new ArrayDeque<>();
    private final ArrayDeque<Claim> marketing = new ArrayDeque<>();

    /// Behind the others of its kind.
    void addAll(Collection<Claim> claims) {
        lock.lock();
        try {
            for (var claim : claims) kind(claim).addLast(claim);
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Before all others of its kind.
    void addFirst(Claim claim) {
        lock.lock();
        try {
            kind(claim).addFirst(claim);
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /// The next one, after waiting at most that long.
    Optional<Claim> poll(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (transactional.isEmpty() && marketing.isEmpty() && left > 0)
                left = more.awaitNanos(left);
            return taken();
        } finally {
            lock.unlock();
        }
    }

    Optional<Claim> poll() {
        lock.lock();
        try {
            return taken();
        } finally {
            lock.unlock();
        }
    }

    List<Claim> drain() {
        lock.lock();
        try {
            var all = new ArrayList<>(transactional);
            all.addAll(marketing);
            transactional.clear();
            marketing.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return transactional.size() + marketing.size();
        } finally {
            lock.unlock();
        }
    }

    /// How many of them are transactional.
    int transactional() {
        lock.lock();
        try {
            return transactional.size();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Claim> taken() {
        var next = transactional.pollFirst();
        return Optional.ofNullable(next == null ? marketing.pollFirst() : next);
    }

    private ArrayDeque<Claim> kind(Claim claim) {
        return claim.transactional() ? transactional : marketing;
    }
}
