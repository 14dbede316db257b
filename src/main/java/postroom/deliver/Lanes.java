package postroom.deliver;

import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.queue.Claim;
import postroom.queue.Claimed;
import postroom.queue.Demand;
import postroom.queue.Quota;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.ServiceStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The lanes of one service: claims that wait for a line, and never more lines than the service
/// allows. [#fill] is the dispatcher's; everything else is for lanes, on any thread.
final class Lanes {

    /// Claims kept ready for each line that may be open: enough not to wait for the database.
    private static final int READY_PER_LINE = 8;

    /// Where mail is paced there is no hurry.
    private static final int READY_PER_PACED_LINE = 2;

    private static final int MOST_READY = 256;

    private static final int MOST_BLAMED = 1_000;

    /// Probes that pass before a service is opened again that was often opened in vain.
    private static final int MOST_IN_VAIN = 3;

    /// After a line could not be opened while others were, so long no more than those others.
    private static final Duration NARROW = Duration.ofMinutes(1);

    /// Another node, or a person, may have made something due that nobody told us of.
    private static final Duration LOOK_AT_LEAST_EVERY = Duration.ofSeconds(5);

    /// How long what is under way is given before a limit is looked at again.
    private static final Duration UNDER_WAY = Duration.ofMillis(250);

    /// Other nodes have all connections: so long they are not asked for another.
    private static final Duration LOOK_FOR_PLACE = Duration.ofSeconds(1);

    /// A node that was not heard of for thirty seconds is taken for dead, and others send what it
    /// held. What it did not begin by then it does not begin without asking.
    private static final Duration TRUSTED = Duration.ofSeconds(25);

    /// What is counted by the minute leaves soon after it was counted, or is counted anew.
    private static final Duration COUNTED = Duration.ofSeconds(2);

    /// A burst that one line can empty in that time opens no second one.
    private static final Duration BETWEEN_LINES = Duration.ofMillis(30);

    private final Lane.Tools tools;
    private final Ready ready = new Ready();
    private final Map<Claim, Instant> held = new ConcurrentHashMap<>();
    private final Seats seats = new Seats();
    private final AtomicInteger idle = new AtomicInteger();
    private final AtomicInteger opening = new AtomicInteger();
    private final AtomicInteger givingBack = new AtomicInteger();
    private final AtomicLong places = new AtomicLong();
    private final AtomicInteger opened = new AtomicInteger();
    private final Map<QueueId, String> blamed = Collections.synchronizedMap(new Newest());
    private volatile boolean hinted = true;
    private volatile int refillBelow = READY_PER_LINE;
    private Instant lookAgain = Instant.MIN;
    private long linesStarted;
    private volatile Service service;
    private volatile boolean open;
    private volatile boolean stopping;
    private volatile boolean limitWaitsForHeld;
    private volatile boolean openedUntested;
    private volatile int openedInVain;
    private volatile int widest = Integer.MAX_VALUE;
    private volatile Instant narrowUntil = Instant.MIN;
    private volatile Instant lastSent = Instant.MIN;
    private volatile Instant fullUntil = Instant.MIN;
    private Instant roomAgain = Instant.MIN;

    /// What was counted is counted no more: a limit that was reached may have room again.
    private volatile boolean refunded;

    /// What was put in last; what was forgotten is found out once more.
    private static final class Newest extends LinkedHashMap<QueueId, String> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<QueueId, String> eldest) {
            return size() > MOST_BLAMED;
        }
    }

    Lanes(Service service, Lane.Tools tools) {
        this.service = service;
        this.tools = tools;
    }

    /// Claims as much as the lanes can use and opens lines for it. Says when to come back at the
    /// latest.
    Instant fill(Service current, ServiceStatus status) {
        var now = tools.clock().instant();
        if (!current.limits().equals(service.limits())) roomAgain = Instant.MIN;
        service = current;
        if (status.isOpen() && !stopping) open = true;
        else if (status.mayProbe(now) && !stopping) return probe(status, now);
        else if (!probing(status)) {
            open = false;
            giveBackReady();
        }
        if (!status.isOpen()) return status.until().or(status::probeAt).orElse(Instant.MAX);
        return claim(now);
    }

    /// One message on one line tries whether the trouble is over. Where all have gone another way,
    /// signing in has to do, though it was a message that met the trouble: the next one tells. If
    /// that one has to go another way, too, the gate stays closed for longer.
    private Instant probe(ServiceStatus status, Instant now) {
        boolean busy = seats.lanes() > 0 || seats.hasGuests();
        if (busy || !tools.services().takeProbe(service.id())) return now.plusSeconds(1);
        open = take(1, false) > 0;
        if (open) startLines(1, now);
        else if (status.probes() >= openedInVain && seats.takeForLane(1)) {
            openedUntested = true;
            start(Lane.Errand.TRY);
        }
        return now.plusSeconds(1);
    }

    /// While a failing service is tried, its one line keeps its one message.
    private boolean probing(ServiceStatus status) {
        return open && status.state() == ServiceState.FAILING && seats.lanes() > 0 && !stopping;
    }

    private Instant claim(Instant now) {
        if (now.isBefore(fullUntil) && seats.lanes() == 0) return fullUntil;
        int widestNow = narrowUntil.isAfter(now) ? widest : Integer.MAX_VALUE;
        int most = Math.min(service.limits().connections(), Math.max(1, widestNow));
        int target = Math.min(MOST_READY, most * readyPerLine());
        refillBelow = target / 2;
        int room = target - ready.size();
        boolean low = room >= target - refillBelow;
        if (!low && !(hinted && mayOvertake(target))) return startLines(most, now); // lanes nudge
        if (refunded) roomAgain = Instant.MIN;
        refunded = false;
        boolean isFull = now.isBefore(roomAgain) && !(limitWaitsForHeld && held.isEmpty());
        if (isFull || (!hinted && now.isBefore(lookAgain)))
            return earlier(isFull ? roomAgain : lookAgain, startLines(most, now));
        hinted = false;
        int wanted = low ? room : target - ready.transactional();
        int taken = take(wanted, !low);
        if (hasClosedMeanwhile()) return now;
        var moreLines = startLines(most, now);
        if (low) lookAgain = lookAgain(now, wanted, taken);
        return earlier(earlier(low ? lookAgain : Instant.MAX, moreLines), later(roomAgain, now));
    }

    /// What a lane settled after it had closed the gate may be what was claimed just now.
    private boolean hasClosedMeanwhile() {
        boolean known = tools.services().byId(service.id()).isPresent();
        if (known && tools.services().status(service.id()).isOpen()) return false;
        open = false;
        giveBackReady();
        return true;
    }

    private int readyPerLine() {
        return isPaced() ? READY_PER_PACED_LINE : READY_PER_LINE;
    }

    private boolean isPaced() {
        return service.limits().messagesPerMinute().isPresent();
    }

    /// There is marketing mail enough, and a transactional message that has just come goes before
    /// it.
    private boolean mayOvertake(int target) {
        int transactional = ready.transactional();
        return transactional < ready.size()
                && transactional < target
                && tools.queue().isTransactionalDue(service.id());
    }

    private Instant lookAgain(Instant now, int wanted, int taken) {
        if (now.isBefore(roomAgain)) return roomAgain;
        if (taken >= wanted) return now;
        var latest = now.plus(LOOK_AT_LEAST_EVERY);
        return tools.queue().nextDue(service.id()).filter(latest::isAfter).orElse(latest);
    }

    /// Times that were worked out before the clock was set back mean nothing now.
    void clockWasSetBack() {
        var now = tools.clock().instant();
        lookAgain = Instant.MIN;
        roomAgain = Instant.MIN;
        fullUntil = Instant.MIN;
        narrowUntil = Instant.MIN;
        lastSent = earlier(lastSent, now);
        hinted = true;
    }

    /// Something may be due before the time we know of.
    void hint() {
        hinted = true;
    }

    private int take(int most, boolean onlyTransactional) {
        var now = tools.clock().instant();
        var demand = new Demand(service.id(), most, service.limits(), onlyTransactional);
        var claimed = tools.queue().claim(demand).join();
        var claims = unheld(claimed.claims());
        for (var claim : claims) held.put(claim, now);
        ready.addAll(claims);
        claimed.reached().ifPresent(this::reached);
        return claims.size();
    }

    /// A minute is waited for quietly, and asked after: what others had counted may be given back.
    /// A day is the service's state, once all that was counted here has left.
    private void reached(Claimed.LimitReached limit) {
        var now = tools.clock().instant();
        limitWaitsForHeld = limit.quota() == Quota.RECIPIENTS_PER_DAY && !held.isEmpty();
        switch (limit.quota()) {
            case MESSAGES_PER_MINUTE ->
                    roomAgain = earlier(limit.until(), now.plus(LOOK_AT_LEAST_EVERY));
            case RECIPIENTS_PER_DAY -> {
                roomAgain = held.isEmpty() ? limit.until() : now.plus(UNDER_WAY);
                hinted |= !held.isEmpty();
                if (held.isEmpty()) tools.heed().reached(service, limit);
            }
        }
    }

    /// While nothing can be written (a full disk), leases run out under claims whose result waits
    /// to be written. What is held here is under way or sent, and is not sent again.
    private List<Claim> unheld(List<Claim> claims) {
        var messages = new HashSet<QueueId>();
        for (var claim : claims) messages.add(claim.id());
        var recipients = new HashSet<Recipient>();
        for (var claim : held.keySet())
            if (messages.contains(claim.id())) recipients.addAll(claim.recipients());
        if (recipients.isEmpty()) return claims;
        return claims.stream()
                .filter(claim -> Collections.disjoint(recipients, claim.recipients()))
                .toList();
    }

    /// Lines double while work waits, so that a single message costs one handshake and a burst soon
    /// has all.
    ///
    /// @return when to look whether that was enough
    private Instant startLines(int most, Instant now) {
        int waiting = ready.size() - idle.get() - opening.get();
        if (waiting <= 0 || seats.lanes() >= most) return Instant.MAX;
        if (now.isBefore(fullUntil)) return fullUntil;
        var lookSoon = now.plus(BETWEEN_LINES);
        if (seats.lanes() > 0 && System.nanoTime() - linesStarted < BETWEEN_LINES.toNanos())
            return lookSoon;
        int more = Math.min(waiting, Math.max(1, seats.lanes()));
        int started = 0;
        while (started < more && seats.takeForLane(most)) {
            started++;
            start(Lane.Errand.CARRY);
        }
        if (started == 0) return Instant.MAX; // whoever leaves a seat nudges
        linesStarted = System.nanoTime();
        return lookSoon;
    }

    private void start(Lane.Errand errand) {
        opening.incrementAndGet();
        Thread.ofVirtual()
                .name("lane-" + service.id() + "-" + opened.incrementAndGet())
                .start(new Lane(this, service, errand, tools));
    }

    private static Instant later(Instant one, Instant than) {
        return one.isAfter(than) ? one : Instant.MAX;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// The next claim for a lane, after waiting at most that long. Empty: the line should end.
    ///
    /// @param as the settings the line was opened with; a changed service gets new lines
    Optional<Claim> next(Lane lane, Service as, Duration atMost) {
        if (!mayGoOn(lane, as)) return Optional.empty();
        var claim = poll();
        if (claim.isEmpty() && atMost.isPositive()) claim = await(lane, as, atMost);
        if (ready.size() < refillBelow) {
            hinted = true;
            tools.nudge().run();
        }
        return claim;
    }

    private Optional<Claim> poll() {
        var lapsed = new ArrayList<Claim>();
        var claim = ready.poll();
        for (; claim.filter(this::hasLapsed).isPresent(); claim = ready.poll())
            lapsed.add(claim.orElseThrow());
        claimAnew(lapsed);
        return claim;
    }

    private boolean hasLapsed(Claim claim) {
        var now = tools.clock().instant();
        var trusted = held.getOrDefault(claim, Instant.MIN);
        return isLongAgo(trusted, TRUSTED, now)
                || (isPaced()
                        && claim.counted()
                                .filter(counted -> isLongAgo(counted.at(), COUNTED, now))
                                .isPresent());
    }

    // Where the clock jumped, nobody knows.
    private static boolean isLongAgo(Instant at, Duration much, Instant now) {
        return at.isBefore(now.minus(much)) || at.isAfter(now.plus(much));
    }

    private boolean mayGoOn(Lane lane, Service as) {
        return open
                && !stopping
                && as == service
                && !seats.mustLeave(lane, as.limits().connections());
    }

    private Optional<Claim> await(Lane lane, Service as, Duration atMost) {
        idle.incrementAndGet();
        try {
            long left = atMost.toNanos();
            // In slices, so that a closed gate or a stop is noticed.
            for (long slice = TimeUnit.MILLISECONDS.toNanos(250); left > 0; left -= slice) {
                var claim = ready.poll(Math.min(slice, left));
                if (claim.filter(this::hasLapsed).isPresent()) {
                    claimAnew(List.of(claim.get()));
                    continue;
                }
                if (mayGoOn(lane, as) && claim.isPresent()) return claim;
                claim.ifPresent(this::takeBack);
                if (!mayGoOn(lane, as)) return Optional.empty();
            }
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            idle.decrementAndGet();
        }
    }

    /// Work a line could not do; another one takes it at once.
    void takeBack(Claim claim) {
        ready.addFirst(claim);
        tools.nudge().run();
    }

    void settled(Claim claim) {
        held.remove(claim);
        if (!limitWaitsForHeld || !held.isEmpty()) return;
        hint();
        tools.nudge().run();
    }

    void sent() {
        openedUntested = false;
        openedInVain = 0;
        lastSent = tools.clock().instant();
    }

    /// When this node last saw the service take a message.
    Instant lastSent() {
        return lastSent;
    }

    /// A new line has taken its first claim, or will not.
    void lineOpened() {
        opening.decrementAndGet();
    }

    /// Remembers that a message has this trouble alone: others went through.
    void blame(QueueId message, String advice) {
        blamed.put(message, advice);
    }

    boolean isBlamed(QueueId message, String advice) {
        return advice.equals(blamed.get(message));
    }

    void lineEnded(Lane lane) {
        seats.laneLeft(lane);
        tools.nudge().run();
    }

    /// Other nodes have all the connections there are. Without one here, they get the work as well.
    ///
    /// @param returned [#placesReturned()] before it was asked for: one that came back since is
    ///   worth asking for at once
    void noPlace(long returned) {
        synchronized (places) {
            if (places.get() == returned) fullUntil = tools.clock().instant().plus(LOOK_FOR_PLACE);
        }
        if (seats.lanes() <= 1) claimAnew(ready.drain());
    }

    /// How many connections lanes of this node have returned so far.
    long placesReturned() {
        return places.get();
    }

    void placeReturned() {
        synchronized (places) {
            places.incrementAndGet();
            fullUntil = Instant.MIN;
        }
    }

    /// A line could not be opened. True when others are open and the service is therefore well: we
    /// only keep to fewer lines for a while.
    boolean narrowed() {
        int others = seats.lanes() - 1;
        var now = tools.clock().instant();
        if (others < 1 || lastSent.isBefore(now.minus(NARROW))) return false;
        widest = others;
        narrowUntil = now.plus(NARROW);
        return true;
    }

    /// The gate closed: nothing more is handed out.
    ///
    /// @param byMessages signing in went well
    void shut(boolean byMessages) {
        open = false;
        if (byMessages && openedUntested) openedInVain = Math.min(openedInVain + 1, MOST_IN_VAIN);
        openedUntested = false;
        tools.nudge().run();
    }

    int lines() {
        return seats.lanes();
    }

    /// A place for somebody who is no lane; see [Places#take].
    Optional<Places.Place> placeFor(Service guest, Duration atMost) {
        var ends = System.nanoTime() + atMost.toNanos();
        if (!seats.takeForGuest(guest.limits().connections(), atMost)) {
            tools.nudge().run();
            return Optional.empty();
        }
        var left = Duration.ofNanos(Math.max(0, ends - System.nanoTime()));
        var shared = tools.shared().take(guest, left);
        if (shared.isEmpty()) guestLeft();
        return shared.map(place -> new GuestPlace(guest, place));
    }

    /// A guest's connection, whose message counts as those of lanes do.
    private final class GuestPlace implements Places.Place {
        private final Service guest;
        private final Places.Place shared;

        GuestPlace(Service guest, Places.Place shared) {
            this.guest = guest;
            this.shared = shared;
        }

        @Override
        public Optional<String> count() {
            return GuestMessage.count(tools.queue(), guest);
        }

        @Override
        public void close() {
            shared.close();
            guestLeft();
        }
    }

    private void guestLeft() {
        seats.guestLeft();
        hint();
        tools.nudge().run();
    }

    /// So many lines end as soon as the messages they carry are settled: other nodes need them.
    void giveUpLines(int most) {
        seats.askToLeave(most);
    }

    /// No line is open, and all that was claimed is settled or given back.
    boolean areEmpty() {
        return seats.lanes() == 0 && held.isEmpty() && givingBack.get() == 0;
    }

    Collection<Claim> held() {
        return held.keySet();
    }

    /// Their leases are good, as of now.
    void renewed(Collection<Claim> claims) {
        var now = tools.clock().instant();
        for (var claim : claims) held.replace(claim, now);
    }

    void stop() {
        stopping = true;
        giveBackReady();
    }

    void awaitEnd(long deadlineNanos) {
        try {
            while (seats.lanes() > 0 && System.nanoTime() < deadlineNanos) Thread.sleep(20);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        giveBackReady();
    }

    private void giveBackReady() {
        giveBack(ready.drain(), () -> {});
    }

    private void claimAnew(List<Claim> lapsed) {
        giveBack(
                lapsed,
                () -> {
                    hint();
                    tools.nudge().run();
                });
    }

    private void giveBack(List<Claim> claims, Runnable afterwards) {
        if (claims.isEmpty()) return;
        givingBack.incrementAndGet();
        tools.queue()
                .giveBack(claims)
                .whenComplete((done, trouble) -> {
                    claims.forEach(held::remove);
                    refunded = true;
                    afterwards.run();
                    givingBack.decrementAndGet();
                });
    }
}
