package postroom.alert;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.Services;
import postroom.store.Store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// Hands a mail of ours that does not leave on to another service: its gate was open only because
/// nobody had tried it, or it closed meanwhile, or it refused the mail. Each is asked once.
final class Onward {

    private static final Logger log = LoggerFactory.getLogger(Onward.class);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Services services;
    private final Queue queue;
    private final AlertMail mail;
    private final Carriers carriers;
    private final Store store;
    private final InstantSource clock;

    Onward(
            Services services,
            Queue queue,
            AlertMail mail,
            Carriers carriers,
            Store store,
            InstantSource clock) {
        this.services = services;
        this.queue = queue;
        this.mail = mail;
        this.carriers = carriers;
        this.store = store;
        this.clock = clock;
    }

    /// Looks after all that have not left yet.
    void look(List<Alert> known) {
        for (var owed : store.read(OwedMail::all)) {
            var recipients = queue.recipients(owed.message());
            var left = recipients.stream().filter(Onward::isOwed).toList();
            if (left.isEmpty()) store.write(owed::delete);
            else if (left.stream().anyMatch(it -> isStuck(it, owed))) handOn(owed, left, known);
        }
    }

    // An operator who holds or cancels it knows of it.
    private static boolean isOwed(RecipientRow recipient) {
        return switch (recipient.state()) {
            case "queued", "deferred", "failed" -> !recipient.claimed();
            default -> false;
        };
    }

    private boolean isStuck(RecipientRow recipient, OwedMail owed) {
        if (recipient.state().equals("failed")) return true;
        boolean isClosed =
                services.byId(recipient.service())
                        .filter(it -> services.status(it.id()).isOpen())
                        .isEmpty();
        return isClosed || !clock.instant().isBefore(owed.queuedAt().plus(PATIENCE));
    }

    private void handOn(OwedMail owed, List<RecipientRow> left, List<Alert> known) {
        var cargo = new Carriers.Cargo(owed.about(), owed.orItself(), owed.tried());
        var carrier = carriers.best(cargo, known);
        var message = queue.message(owed.message());
        var content = queue.content(owed.message());
        if (carrier.isEmpty() || message.isEmpty() || content.isEmpty()) return;
        try {
            var again =
                    mail.again(
                            carrier.get(),
                            message.get(),
                            content.get(),
                            left.stream().map(RecipientRow::address).toList());
            var next = owed.handedTo(again.id(), carrier.get().id(), clock.instant());
            queue.put(
                    again,
                    tx -> {
                        long waiting =
                                left.stream().filter(it -> !it.state().equals("failed")).count();
                        if (!owed.delete(tx) || queue.cancel(tx, owed.message()) != waiting)
                            throw new DecidedBefore();
                        next.insert(tx);
                        return true;
                    });
            log.info(
                    "{} alert handed on from={} service={}",
                    again.id(),
                    owed.message(),
                    carrier.get().name());
        } catch (DecidedBefore byAnotherNode) {
            log.debug("another node, or an attempt, was faster");
        } catch (IOException notRead) {
            throw new UncheckedIOException(notRead);
        }
    }
}
