package postroom.deliver;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Who has a connection to the service: lanes, and guests such as a check. Never more of both than
/// the limit; for a guest that waits, one lane leaves and no other begins. Lanes may be asked to
/// leave for the sake of other nodes, too.
final class Seats {

    private final Set<Runnable> leaving = new HashSet<>();
    private int lanes;
    private int guests;
    private int waiting;
    private int askedToLeave;

    /// True: a lane has one more seat.
    synchronized boolean takeForLane(int most) {
        if (lanes + guests + waiting >= most) return false;
        lanes++;
        return true;
    }

    synchronized void laneLeft(Runnable lane) {
        leaving.remove(lane);
        lanes--;
        askedToLeave = Math.min(askedToLeave, lanes - leaving.size());
        notifyAll();
    }

    /// So many lanes, if there are as many, have to give up their seats.
    synchronized void askToLeave(int most) {
        askedToLeave = Math.min(most, lanes - leaving.size());
    }

    /// True when this lane has to give up its seat: to a guest that waits, because it was asked to,
    /// or because the limit is lower now. Once true, it stays true.
    synchronized boolean mustLeave(Runnable lane, int most) {
        if (leaving.contains(lane)) return true;
        if (askedToLeave > 0) {
            askedToLeave--;
            return leaving.add(lane);
        }
        if (lanes - leaving.size() + guests + waiting <= most) return false;
        return leaving.add(lane);
    }

    /// Waits at most that long. True: a guest has a seat until [#guestLeft].
    synchronized boolean takeForGuest(int most, Duration atMost) {
        long ends = System.nanoTime() + atMost.toNanos();
        waiting++;
        try {
            while (lanes + guests >= most) {
                long left = ends - System.nanoTime();
                if (left <= 0) return false;
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            guests++;
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting--;
            notifyAll();
        }
    }

    synchronized void guestLeft() {
        guests--;
        notifyAll();
    }

    synchronized int lanes() {
        return lanes;
    }

    /// True while a guest is here or waits to be.
    synchronized boolean hasGuests() {
        return guests + waiting > 0;
    }
}
