package postroom.alert;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.alert.Carriers.Cargo;
import postroom.catalog.Catalog;
import postroom.config.PostroomSettings;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.oauth.Authorizations;
import postroom.queue.NewMessage;
import postroom.queue.Queue;
import postroom.queue.Spool;
import postroom.queue.Waiting;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Store;
import postroom.store.Tx;

import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Looks around, and tells what began, came nearer, or is over. Decision, event and mail are one
/// transaction. Where no other service is open the mail waits; trouble that is over by then is told
/// in one mail, through any service that is open.
public final class Alerts {

    private static final Logger log = LoggerFactory.getLogger(Alerts.class);

    private static final String SUBJECT = "[Postroom] ";

    private final Lookout lookout;
    private final Wording wording;
    private final AlertMail mail;
    private final Services services;
    private final Queue queue;
    private final Store store;
    private final EventLog events;
    private final Carriers carriers;
    private final Onward onward;
    private final InstantSource clock;

    /// The rooms that alerts look into.
    public record Rooms(
            Services services,
            Queue queue,
            Spool spool,
            Authorizations authorizations,
            Presets presets,
            Catalog catalog) {}

    /// @param baseUrl how browsers reach the console
    public Alerts(
            Rooms rooms,
            Store store,
            EventLog events,
            PostroomSettings.Alerts settings,
            URI baseUrl,
            InstantSource clock) {
        this.services = rooms.services();
        this.queue = rooms.queue();
        this.store = store;
        this.events = events;
        this.clock = clock;
        this.lookout =
                new Lookout(
                        services,
                        queue,
                        rooms.authorizations(),
                        rooms.presets(),
                        settings.waiting(),
                        clock);
        this.wording = new Wording(rooms.catalog(), baseUrl, clock);
        this.mail = new AlertMail(queue, rooms.spool(), settings.to(), clock);
        this.carriers = new Carriers(services, queue, settings.service());
        this.onward = new Onward(services, queue, mail, carriers, store, clock);
    }

    /// What is open, oldest first.
    public List<Alert> open() {
        return known().stream().filter(Alert::isOpen).toList();
    }

    /// One round.
    public synchronized void lookAround() {
        var troubles = lookout.all();
        var known = known();
        for (var trouble : troubles) {
            var before = known.stream().filter(it -> it.isAbout(trouble)).findFirst();
            if (before.isPresent()) goesOn(trouble, before.get(), known);
            else if (!isToldByAnother(trouble, troubles)) begins(trouble, Optional.empty(), known);
        }
        for (var alert : known)
            if (troubles.stream().noneMatch(alert::isAbout)) isGone(alert, known);
        onward.look(known);
    }

    private List<Alert> known() {
        return store.read(AlertRows::all);
    }

    // Mail waits because the service is closed, and that is told.
    private static boolean isToldByAnother(Trouble trouble, List<Trouble> troubles) {
        return trouble.kind() == Kind.WAITING
                && troubles.stream()
                        .anyMatch(it ->
                                it.service().id() == trouble.service().id()
                                        && it.kind().stopsMail()
                                        && it.kind() != Kind.WAITING);
    }

    private void goesOn(Trouble trouble, Alert alert, List<Alert> known) {
        if (alert.clearedAt().isPresent()) begins(trouble, Optional.of(alert), known);
        else if (alert.isOutdatedBy(trouble)) comesNearer(trouble, alert, known);
        else {
            if (alert.goneAt().isPresent()) write(tx -> AlertRows.update(tx, back(alert)));
            else if (alert.toldAt().isEmpty()) tellLate(trouble, alert, known);
        }
    }

    private static Alert back(Alert alert) {
        return alert.gone(Optional.empty());
    }

    /// @param over the same trouble before, over and not told yet: that is dropped
    private void begins(Trouble trouble, Optional<Alert> over, List<Alert> known) {
        var alert = Alert.of(trouble, wording.title(trouble), clock.instant());
        var letter = letter(trouble, alert, known);
        var told = told(alert, letter);
        put(
                cargo(trouble),
                letter,
                tx -> {
                    if (over.isPresent() && !AlertRows.delete(tx, over.get())) return false;
                    return AlertRows.insert(tx, told) && tellRaised(tx, trouble, letter);
                });
    }

    private void comesNearer(Trouble trouble, Alert alert, List<Alert> known) {
        var anew = alert.anew(trouble, wording.title(trouble));
        var letter = letter(trouble, anew, known);
        var told = told(anew, letter);
        put(
                cargo(trouble),
                letter,
                tx -> AlertRows.update(tx, told) && tellRaised(tx, trouble, letter));
    }

    private void tellLate(Trouble trouble, Alert alert, List<Alert> known) {
        var letter = letter(trouble, alert, known);
        if (letter.isPresent())
            put(cargo(trouble), letter, tx -> AlertRows.update(tx, told(alert, letter)));
    }

    private void isGone(Alert alert, List<Alert> known) {
        var now = clock.instant();
        var gone = alert.goneAt().orElse(now);
        if (alert.clearedAt().isPresent()) tellOverLate(alert, known);
        else if (now.isBefore(gone.plus(alert.kind().calm()))) {
            if (alert.goneAt().isEmpty())
                write(tx -> AlertRows.update(tx, alert.gone(Optional.of(now))));
        } else {
            var over = alert.cleared(gone, now);
            var letter = letterOfEnd(over, known);
            boolean isOwed = letter.isEmpty() && isToldWhenOver(over);
            put(
                    cargo(over),
                    letter,
                    tx ->
                            (isOwed ? AlertRows.update(tx, over) : AlertRows.delete(tx, over))
                                    && tellCleared(tx, over, letter));
        }
    }

    private void tellOverLate(Alert over, List<Alert> known) {
        var letter = letterOfEnd(over, known);
        if (letter.isPresent() || !isToldWhenOver(over))
            put(cargo(over), letter, tx -> AlertRows.delete(tx, over));
    }

    private boolean isToldWhenOver(Alert over) {
        return mail.isWanted() && over.kind().isTrouble();
    }

    private Optional<NewMessage> letter(Trouble trouble, Alert alert, List<Alert> known) {
        if (!mail.isWanted()) return Optional.empty();
        var service = trouble.service();
        return carriers.best(cargo(trouble), known)
                .map(carrier ->
                        mail.of(
                                carrier,
                                SUBJECT + alert.title(),
                                Letter.raised(
                                        trouble,
                                        wording,
                                        alert.since(),
                                        queue.waiting(service.id())),
                                alert.messageId()));
    }

    private Optional<NewMessage> letterOfEnd(Alert over, List<Alert> known) {
        if (!isToldWhenOver(over)) return Optional.empty();
        var service = services.byId(over.service());
        return carriers.best(cargo(over), known)
                .map(carrier ->
                        mail.of(
                                carrier,
                                SUBJECT + "Over: " + over.title(),
                                Letter.over(
                                        over,
                                        over.goneAt().orElse(clock.instant()),
                                        service.map(Service::name),
                                        service.map(it -> services.status(it.id()).state()),
                                        service.map(it -> queue.waiting(it.id()))
                                                .orElse(new Waiting(0, Optional.empty())),
                                        wording.page(over.service())),
                                over.messageId()));
    }

    private static Cargo cargo(Trouble trouble) {
        return new Cargo(trouble.service().id(), !trouble.kind().stopsMail(), Set.of());
    }

    private static Cargo cargo(Alert over) {
        return new Cargo(over.service(), true, Set.of());
    }

    private Alert told(Alert alert, Optional<NewMessage> letter) {
        return letter.map(it -> alert.told(clock.instant(), it.messageId())).orElse(alert);
    }

    private boolean tellRaised(Tx tx, Trouble trouble, Optional<NewMessage> letter)
            throws SQLException {
        var type =
                trouble.kind() == Kind.SECRET_ENDING
                        ? EventType.SERVICE_SECRET_ENDING
                        : EventType.ALERT_RAISED;
        return tell(tx, type, trouble.service().id(), wording.data(trouble), letter);
    }

    private boolean tellCleared(Tx tx, Alert over, Optional<NewMessage> letter)
            throws SQLException {
        var end = over.goneAt().orElse(clock.instant());
        var data = new LinkedHashMap<String, Object>();
        data.put("kind", over.kind().word());
        data.put("title", over.title());
        data.put("since", over.since().toString());
        data.put("until", end.toString());
        data.put("seconds", Duration.between(over.since(), end).toSeconds());
        return tell(tx, EventType.ALERT_CLEARED, over.service(), data, letter);
    }

    private boolean tell(
            Tx tx,
            EventType type,
            long service,
            Map<String, Object> data,
            Optional<NewMessage> letter)
            throws SQLException {
        data.put("told_by_mail", letter.isPresent());
        letter.ifPresent(it -> data.put("mail", it.id().toString()));
        events.append(
                tx, type, Optional.empty(), OptionalLong.of(service), OptionalLong.empty(), data);
        return true;
    }

    private void put(Cargo cargo, Optional<NewMessage> letter, Store.Work<Boolean> decision) {
        if (letter.isEmpty()) {
            write(decision);
            return;
        }
        var message = letter.get();
        try {
            queue.put(
                    message,
                    tx -> {
                        if (!decision.run(tx)) throw new DecidedBefore();
                        new OwedMail(
                                        message.id(),
                                        cargo.about(),
                                        cargo.orItself(),
                                        Set.of(message.service()),
                                        clock.instant())
                                .insert(tx);
                        return true;
                    });
            log.info("{} alert subject=\"{}\"", message.id(), message.subject());
        } catch (DecidedBefore byAnotherNode) {
            message.content().discard();
        }
    }

    private void write(Store.Work<Boolean> decision) {
        try {
            store.write(tx -> {
                if (!decision.run(tx)) throw new DecidedBefore();
                return true;
            });
        } catch (DecidedBefore byAnotherNode) {
            log.debug("another node decided before");
        }
    }
}
