package postroom.deliver;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.catalog.Advice;
import postroom.deliver.Transport.Opening.NotOpened;
import postroom.deliver.Transport.Opening.Opened;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic;
import postroom.mail.Scope;
import postroom.queue.Claim;
import postroom.queue.Queue;
import postroom.queue.Settlement;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// One line to the smarthost and the virtual thread that runs it: open and sign in, send what is
/// claimed, settle each, heed trouble that is the service's.
final class Lane implements Runnable, Transport.Source, Transport.Results {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    /// What every lane works with.
    record Tools(
            Queue queue,
            Services services,
            Transport transport,
            Judge judge,
            Heed heed,
            Authors authors,
            Places shared,
            InstantSource clock,
            Runnable nudge) {}

    private final Lanes lanes;
    private final Service service;
    private final Errand errand;
    private final Tools tools;
    private final Map<Consignment, Carried> carried = new IdentityHashMap<>();
    private boolean gateClosed;
    private boolean opening = true;

    /// What a line is opened for.
    enum Errand {
        CARRY,
        /// To see whether signing in works again.
        TRY
    }

    Lane(Lanes lanes, Service service, Errand errand, Tools tools) {
        this.lanes = lanes;
        this.service = service;
        this.errand = errand;
        this.tools = tools;
    }

    @Override
    public void run() {
        try {
            long returned = lanes.placesReturned();
            var place = tools.shared.take(service, Duration.ZERO);
            if (place.isEmpty()) {
                lanes.noPlace(returned);
                return;
            }
            try (var _ = place.get()) {
                open();
            }
            lanes.placeReturned();
        } catch (StoreException away) {
            log.warn("service={} a lane ended: {}", service.name(), away.getMessage());
            giveUp(away);
        } catch (RuntimeException bug) {
            log.error("service={} a lane ended with", service.name(), bug);
            giveUp(bug);
        } finally {
            opened();
            lanes.lineEnded(this);
        }
    }

    private void open() {
        var conversation = new Conversation();
        var begun = tools.clock.instant();
        switch (tools.transport.open(service, conversation)) {
            case Opened(var line) -> opened(line, begun);
            case NotOpened(var diagnostic, var notBefore) ->
                    notOpened(diagnostic, notBefore, conversation, begun);
        }
    }

    private void opened() {
        if (opening) lanes.lineOpened();
        opening = false;
    }

    private void opened(Transport.Line line, Instant begun) {
        switch (errand) {
            case CARRY -> carry(line);
            case TRY -> {
                line.close();
                tools.heed.well(service, begun);
            }
        }
    }

    private void carry(Transport.Line line) {
        try (line) {
            line.carry(this, this);
        }
    }

    @Override
    public Optional<Consignment> next(Duration atMost) {
        if (gateClosed) return Optional.empty();
        if (opening) {
            var first = lanes.next(this, service, Duration.ZERO);
            opened();
            if (first.isPresent()) return first.map(this::consign);
        }
        return lanes.next(this, service, atMost).map(this::consign);
    }

    /// A claim on its way, and since when.
    private record Carried(Claim claim, Instant begun) {}

    private Consignment consign(Claim claim) {
        boolean asItself = tools.authors.isReplaced(service, claim);
        var consignment =
                new Consignment(
                        claim.id(),
                        asItself
                                ? claim.reversePath().map(_ -> service.from().address())
                                : claim.reversePath(),
                        claim.recipients(),
                        claim.body(),
                        claim.smtputf8(),
                        asItself
                                ? WithFrom.of(claim.content(), service.from().mailbox())
                                : claim.content(),
                        claim.returned(),
                        claim.envelopeId(),
                        !asItself);
        carried.put(consignment, new Carried(claim, tools.clock.instant()));
        return consignment;
    }

    @Override
    public void giveBack(Consignment consignment, Conversation conversation) {
        lanes.takeBack(arrived(consignment).claim());
    }

    @Override
    public void done(
            Consignment consignment, List<DeliveryResult> results, Conversation conversation) {
        var one = arrived(consignment);
        var settlements = new ArrayList<Settlement>(results.size());
        for (var result : results) settlements.add(judged(one.claim(), result, one.begun()));
        settle(one.claim(), settlements, conversation, one.begun());
    }

    private Carried arrived(Consignment consignment) {
        var one = carried.remove(consignment);
        if (one == null) throw new IllegalStateException("not ours: " + consignment.id());
        return one;
    }

    /// Adds the advice; and a message that closed the gate before, with the same trouble, though
    /// others went through since, is taken for the cause itself from then on.
    private Settlement judged(Claim claim, DeliveryResult result, Instant begun) {
        return switch (result) {
            case Sent sent -> {
                lanes.sent();
                heed(() -> tools.heed.well(service, begun));
                yield new Settlement(sent, Optional.empty());
            }
            case Refused refused ->
                    new Settlement(refused, Optional.of(advice(refused.diagnostic()).id()));
            case Deferred deferred -> {
                var advice = advice(deferred.diagnostic());
                var own = isItsOwnTrouble(claim, deferred, advice) ? ofMessage(deferred) : deferred;
                if (own.scope() == Scope.SERVICE)
                    close(true, advice, own.diagnostic(), own.askedToWait());
                yield new Settlement(own, Optional.of(advice.id()));
            }
        };
    }

    private boolean isItsOwnTrouble(Claim claim, Deferred deferred, Advice advice) {
        if (deferred.scope() != Scope.SERVICE) return false;
        if (lanes.isBlamed(claim.id(), advice.id())) return true;
        boolean othersWentThrough =
                claim.lastAdvice().filter(advice.id()::equals).isPresent()
                        && lanes.lastSent().isAfter(claim.changedAt());
        if (othersWentThrough) lanes.blame(claim.id(), advice.id());
        return othersWentThrough;
    }

    private static Deferred ofMessage(Deferred deferred) {
        return new Deferred(
                deferred.recipient(), deferred.diagnostic(), Scope.MESSAGE, deferred.askedToWait());
    }

    private void notOpened(
            Diagnostic diagnostic,
            Optional<Duration> notBefore,
            Conversation conversation,
            Instant begun) {
        if (lanes.narrowed()) return;
        var advice = advice(diagnostic);
        // One message tells the story in its timeline; the others wait behind the gate untold. The
        // gate closes first: what is deferred because of the service is due at once.
        var witness = lanes.next(this, service, Duration.ZERO);
        close(false, advice, diagnostic, notBefore);
        witness.ifPresent(claim -> {
            var settlements = new ArrayList<Settlement>();
            for (var recipient : claim.recipients())
                settlements.add(
                        new Settlement(
                                new Deferred(recipient, diagnostic, Scope.SERVICE, notBefore),
                                Optional.of(advice.id())));
            settle(claim, settlements, conversation, begun);
        });
    }

    private void close(
            boolean byMessages,
            Advice advice,
            Diagnostic diagnostic,
            Optional<Duration> askedToWait) {
        if (gateClosed) return;
        gateClosed = true;
        lanes.shut(byMessages);
        heed(() -> tools.heed.trouble(service, advice, diagnostic, askedToWait));
    }

    /// While the database is away the gate stays as it is, and the result must not be lost over
    /// that.
    private void heed(Runnable change) {
        try {
            change.run();
        } catch (StoreException away) {
            log.warn("service={} its gate stays as it is: {}", service.name(), away.getMessage());
        }
    }

    private Advice advice(Diagnostic diagnostic) {
        return tools.judge.adviceFor(service.provider(), diagnostic);
    }

    private void settle(
            Claim claim, List<Settlement> settlements, Conversation conversation, Instant begun) {
        var attempt =
                new Settlement.AttemptRecord(
                        tools.queue.newId().value(),
                        begun,
                        conversation.took(),
                        ConversationText.of(conversation));
        for (var settlement : settlements) logged(claim, settlement);
        settle(claim, settlements, attempt);
    }

    /// What the far side said is written down however long the database is away: until then the
    /// claim is held, so that nobody sends the message again.
    private void settle(
            Claim claim, List<Settlement> settlements, Settlement.AttemptRecord attempt) {
        tools.queue
                .settle(claim, settlements, attempt)
                .whenComplete((done, trouble) -> {
                    if (trouble == null) {
                        lanes.settled(claim);
                        return;
                    }
                    log.warn("{} result not written yet: {}", claim.id(), trouble.toString());
                    CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS)
                            .execute(() -> settle(claim, settlements, attempt));
                });
    }

    private void giveUp(RuntimeException bug) {
        for (var one : List.copyOf(carried.values())) {
            var claim = one.claim();
            var silence =
                    new Diagnostic.NoAnswer(
                            Diagnostic.Stage.DATA, "internal error: " + bug.getClass().getName());
            var settlements = new ArrayList<Settlement>();
            for (var recipient : claim.recipients())
                settlements.add(
                        new Settlement(
                                new Deferred(recipient, silence, Scope.MESSAGE, Optional.empty()),
                                Optional.empty()));
            settle(claim, settlements, new Conversation(), one.begun());
        }
        carried.clear();
    }

    private void logged(Claim claim, Settlement settlement) {
        if (!log.isInfoEnabled()) return;
        var result = settlement.result();
        var word =
                switch (result) {
                    case Sent _ -> "sent";
                    case Deferred _ -> "deferred";
                    case Refused _ -> "failed";
                };
        log.info(
                "{} {} to={} service={} reply=\"{}\"",
                claim.id(),
                word,
                result.recipient().address(),
                service.name(),
                result.diagnostic().text());
    }
}
