package postroom.service;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.event.Difference;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.secret.Vault;
import postroom.service.InvalidService.FieldTrouble;
import postroom.service.KnownServices.Known;
import postroom.store.Store;
import postroom.store.Tx;
import postroom.store.Tx.Subject;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

/// The ways out. Reading costs nothing: settings and states are in memory, kept up to date with
/// every change. Safe for use by many threads.
public final class Services {

    private static final System.Logger LOG = System.getLogger(Services.class.getName());
    private static final String CANARY = "master_key_canary";
    private static final int MOST_TRIES = 5;

    // A state that was told before its transaction was durable, or beside another one, is believed
    // that long and then read once more.
    private static final Duration UNTIL_COMMITTED = Duration.ofSeconds(2);

    private final Store store;
    private final Catalog catalog;
    private final InstantSource clock;
    private final StateChanges states;
    private final Planning planning;
    private final Mistakes mistakes;
    private final Drafts drafts;
    private final GuideValues guideValues;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<LongConsumer> resumeListeners = new CopyOnWriteArrayList<>();
    private final KnownServices known = new KnownServices();

    private Services(
            Store store,
            EventLog events,
            Vault vault,
            Presets presets,
            Catalog catalog,
            InstantSource clock) {
        this.store = store;
        this.catalog = catalog;
        this.clock = clock;
        this.states = new StateChanges(events, catalog, clock);
        var secrets = new Secrets(vault);
        this.planning = new Planning(known, secrets, presets);
        this.mistakes = new Mistakes(presets);
        this.drafts = new Drafts(store, this, secrets, new ServiceReader(presets), clock);
        this.guideValues = new GuideValues(store, states);
    }

    /// Checks the master key and reads what is stored.
    ///
    /// @throws postroom.secret.MasterKeyException when the secrets were sealed with another key
    public static Services open(
            Store store,
            EventLog events,
            Vault vault,
            Presets presets,
            Catalog catalog,
            InstantSource clock) {
        var canary =
                store.write(tx -> {
                    tx.update(
                            """
                            insert into setting (name, value) values (?, ?)
                            on conflict (name) do nothing
                            """,
                            CANARY,
                            vault.canary());
                    return tx.first(
                                    "select value from setting where name = ?",
                                    row -> row.string("value"),
                                    CANARY)
                            .orElseThrow();
                });
        vault.check(canary);
        var services = new Services(store, events, vault, presets, catalog, clock);
        services.reload();
        return services;
    }

    /// True when secrets were sealed in that store already, with whatever key.
    public static boolean hasSecrets(Store store) {
        return store.read(tx ->
                tx.first("select name from setting where name = ?", row -> true, CANARY)
                        .isPresent());
    }

    /// By age, oldest first.
    public List<Service> all() {
        return known.all();
    }

    public Optional<Service> byId(long id) {
        return known.find(id).map(Known::service);
    }

    /// By name, whatever its case, or by ID.
    public Optional<Service> find(String nameOrId) {
        return known.named(nameOrId);
    }

    /// The IDs of those that passed a check with the settings they have.
    public Set<Long> verified() {
        return store.read(ServiceRows::verified);
    }

    /// @throws NoSuchElementException when there is no such service
    public ServiceStatus status(long id) {
        var found = known.get(id);
        if (found.confirmAt().isEmpty() || clock.instant().isBefore(found.confirmAt().get()))
            return found.status();
        var stored = store.read(tx -> ServiceRows.status(tx, id));
        stored.ifPresent(it -> known.confirm(id, found, it));
        return known.get(id).status();
    }

    /// Runs after every change of settings or state, on the thread that made it; has to be quick.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// Hears of each service that somebody resumes, authorizes or revokes, before its gate moves:
    /// what was refused before may work now and is worth asking for.
    public void onResume(LongConsumer listener) {
        resumeListeners.add(listener);
    }

    /// Sets up a service from settings as contract.md, section 4, has them.
    ///
    /// @param by who does it, for the timeline
    /// @throws InvalidService with all that is wrong
    public synchronized Service create(JsonNode settings, String by) {
        long id = store.nextId();
        var given = Planning.object(settings);
        var service = planning.checked(id, given, given.objectNode());
        return put(service, given, by, tx -> true);
    }

    private Service put(
            Service service, ObjectNode given, String by, Store.Work<Boolean> alongside) {
        long id = service.id();
        var status = ServiceStatus.initial(Registration.stateOf(service, false), clock.instant());
        store.write(tx -> {
            tx.lock(Subject.SERVICES);
            if (ServiceRows.isNameTaken(tx, id, service.name())) throw Planning.nameTaken();
            if (!alongside.run(tx)) throw new NoSuchElementException("there is no draft " + id);
            ServiceRows.insert(tx, id, service.name(), given, status);
            states.tell(
                    tx,
                    EventType.SERVICE_CREATED,
                    id,
                    Map.of("by", by),
                    Difference.between(given.objectNode(), given));
            return id;
        });
        known.put(id, new Known(service, given, status, Optional.empty()));
        told();
        return service;
    }

    /// Those that are being set up.
    public Drafts drafts() {
        return drafts;
    }

    /// What that one is called; its number where it is gone.
    public String nameOf(long id) {
        return byId(id).map(Service::name).orElse(Long.toString(id));
    }

    /// What their guides need besides the settings.
    public GuideValues guideValues() {
        return guideValues;
    }

    /// A draft that lacks nothing becomes a service with the ID it had.
    ///
    /// @param alongside false when somebody else was faster
    synchronized Service complete(
            long id, ObjectNode given, String by, Store.Work<Boolean> alongside) {
        return put(look(id, given, new ArrayList<>()), given, by, alongside);
    }

    /// Reads settings whose secrets are sealed, without keeping them.
    ///
    /// @throws InvalidService with all that is wrong, the troubles known before included
    Service look(long id, ObjectNode given, List<FieldTrouble> troubles) {
        return planning.read(id, given, troubles);
    }

    /// Changes what the patch names and keeps the rest, secrets included. Settings that may end the
    /// service's trouble open its gate at once.
    ///
    /// @throws InvalidService with all that is wrong; then nothing changes
    /// @throws NoSuchElementException when there is no such service
    public synchronized Service update(long id, JsonNode patch, String by) {
        for (int tries = 1; ; tries++) {
            try {
                return carryOut(planning.plan(id, patch), by, tx -> true);
            } catch (SettingsChanged onAnotherNode) {
                if (tries == MOST_TRIES) throw onAnotherNode;
                reload();
            }
        }
    }

    /// Looks at a change without making it.
    ///
    /// @throws InvalidService with all that is wrong
    /// @throws NoSuchElementException when there is no such service
    public PlannedChange plan(long id, JsonNode patch) {
        return planning.plan(id, patch);
    }

    /// Makes a planned change, in one transaction with whatever else has to be written down.
    ///
    /// @throws SettingsChanged when somebody else was faster; then nothing changes
    /// @throws InvalidService when its name was taken meanwhile
    /// @throws NoSuchElementException when the service was deleted meanwhile
    public synchronized Service carryOut(
            PlannedChange change, String by, Store.Work<Boolean> alongside) {
        var service = change.after();
        long id = service.id();
        if (!known.get(id).given().equals(change.was)) throw new SettingsChanged(service.name());
        if (change.given.equals(change.was)) return change.before();
        planning.refuseTakenName(id, service.name(), new ArrayList<>());
        boolean mayBeWell =
                !service.authentication().equals(change.before().authentication())
                        || !service.smtp().equals(change.before().smtp());
        boolean sendsOtherwise =
                mayBeWell
                        || !service.from().equals(change.before().from())
                        || service.transport() != change.before().transport();
        var status =
                store.write(tx -> {
                    tx.lock(Subject.SERVICES);
                    if (!ServiceRows.settings(tx, id).equals(Optional.of(change.was)))
                        throw new SettingsChanged(service.name());
                    if (ServiceRows.isNameTaken(tx, id, service.name())) throw Planning.nameTaken();
                    ServiceRows.update(tx, id, service.name(), change.given, clock.instant());
                    if (change.forgetsAuthorization()) ServiceRows.deleteAuthorization(tx, id);
                    if (sendsOtherwise) ServiceRows.forgetVerification(tx, id);
                    alongside.run(tx);
                    var data = Map.<String, Object>of("by", by, "fields", change.fields);
                    var made = Difference.between(change.was, change.given);
                    states.tell(tx, EventType.SERVICE_CHANGED, id, data, made);
                    var now = StateChanges.statusIn(tx, id);
                    // its own limit, which is another one now; the next claim closes it where it is
                    // full still
                    boolean mayHaveRoom =
                            now.isFull() && !service.limits().equals(change.before().limits());
                    if (!mayBeWell && !mayHaveRoom) return now;
                    if (now.state() == ServiceState.PAUSED)
                        return states.pausedStill(tx, id, now, by);
                    var next = Registration.stateOf(service, ServiceRows.isAuthorized(tx, id));
                    return states.write(tx, id, now, next, Because.of("by", by));
                });
        // A token in memory must not go where the new settings lead.
        if (change.forgetsAuthorization()) resumeListeners.forEach(listener -> listener.accept(id));
        known.put(id, new Known(service, change.given, status, soon()));
        told();
        return service;
    }

    /// Forgets the service.
    ///
    /// @throws NoSuchElementException when there is no such service
    /// @throws MailWaits when recipients are owed through it; then nothing changes
    public synchronized void delete(long id, String by) {
        var gone = known.get(id);
        var name = gone.service().name();
        store.write(tx -> {
            tx.lock(Subject.SERVICES);
            ServiceRows.letNobodyAddMail(tx);
            long owed = ServiceRows.owed(tx, id);
            if (owed > 0) throw new MailWaits(owed);
            ServiceRows.delete(tx, id);
            var unmade = Difference.between(gone.given(), gone.given().objectNode());
            states.tell(tx, EventType.SERVICE_DELETED, id, Map.of("by", by, "name", name), unmade);
            return id;
        });
        known.remove(id);
        told();
    }

    /// Closes the gate until [#resume].
    public void pause(long id, String by) {
        known.get(id);
        move(
                id,
                tx ->
                        states.write(
                                tx,
                                id,
                                StateChanges.statusIn(tx, id),
                                ServiceState.PAUSED,
                                Because.of("by", by)));
    }

    /// Opens the gate of a paused, limited or failing service, if nobody has to authorize it first.
    public void resume(long id, String by) {
        var service = known.get(id).service();
        resumeListeners.forEach(listener -> listener.accept(id));
        move(
                id,
                tx -> {
                    var next = Registration.stateOf(service, ServiceRows.isAuthorized(tx, id));
                    return states.write(
                            tx, id, StateChanges.statusIn(tx, id), next, Because.of("by", by));
                });
    }

    /// Ends a pause although the service cannot send: its gate is closed for that reason from now
    /// on.
    public void resumeClosed(
            long id, String by, ServiceState state, Optional<String> reason, String detail) {
        resumeListeners.forEach(listener -> listener.accept(id));
        var because = new Because(reason, Optional.of(detail), Optional.empty(), Map.of("by", by));
        move(id, tx -> states.write(tx, id, StateChanges.statusIn(tx, id), state, because));
    }

    /// Writes down why a paused service could not sign in, or that it can again. It stays paused.
    public void note(long id, Optional<String> reason, Optional<String> detail) {
        var because = new Because(reason, detail, Optional.empty(), Map.of());
        move(
                id,
                tx -> {
                    var now = StateChanges.statusIn(tx, id);
                    return now.state() == ServiceState.PAUSED
                            ? states.write(tx, id, now, ServiceState.PAUSED, because)
                            : now;
                });
    }

    /// Opens the gate of a service that somebody has just authorized, in one transaction with
    /// whatever else has to be written down. False, and nothing is written, when it does not sign
    /// in the way it did when that began. Limits, and pauses, stay.
    public synchronized boolean authorized(Service then, String by, Store.Work<Boolean> alongside) {
        var found = known.find(then.id());
        if (found.filter(it -> isSignInOf(it.service(), then)).isEmpty()) return false;
        var status =
                store.write(tx -> {
                    tx.lock(Subject.SERVICES);
                    alongside.run(tx);
                    ServiceRows.forgetVerification(tx, then.id());
                    var now = StateChanges.statusIn(tx, then.id());
                    return switch (now.state()) {
                        case DRAFT, NEEDS_AUTHORIZATION, FAILING ->
                                states.write(
                                        tx,
                                        then.id(),
                                        now,
                                        ServiceState.READY,
                                        Because.of("by", by));
                        case PAUSED -> states.pausedStill(tx, then.id(), now, by);
                        case READY, LIMITED -> now;
                    };
                });
        tellAnew(then.id(), status);
        return true;
    }

    /// Forgets the authorization and closes the gate until somebody authorizes the service again.
    public synchronized void revoke(long id, String by) {
        known.get(id);
        var status =
                store.write(tx -> {
                    tx.lock(Subject.SERVICES);
                    ServiceRows.deleteAuthorization(tx, id);
                    ServiceRows.forgetVerification(tx, id);
                    states.tell(tx, EventType.SERVICE_REVOKED, id, Map.of("by", by));
                    var because = Because.of("by", by);
                    return states.writeUnlessPaused(
                            tx, id, ServiceState.NEEDS_AUTHORIZATION, because);
                });
        tellAnew(id, status);
    }

    // What was remembered of its sign-in is forgotten before anybody sees the gate open.
    private void tellAnew(long id, ServiceStatus status) {
        resumeListeners.forEach(listener -> listener.accept(id));
        known.status(id, status, soon());
        told();
    }

    private static boolean isSignInOf(Service now, Service then) {
        return now.authentication().equals(then.authentication());
    }

    /// Changes the state in a transaction of its own.
    public void moveTo(
            long id,
            ServiceState state,
            Optional<String> reason,
            Optional<String> detail,
            Optional<Instant> until) {
        var because = new Because(reason, detail, until, Map.of());
        move(id, tx -> states.writeUnlessPaused(tx, id, state, because));
    }

    /// Changes the state as part of the caller's transaction. A paused service stays paused, and
    /// one that is gone stays gone.
    ///
    /// @param reason id of the advice
    /// @param detail what the far side said, without secrets
    /// @param until limited: until then
    public void moveTo(
            Tx tx,
            long id,
            ServiceState state,
            Optional<String> reason,
            Optional<String> detail,
            Optional<Instant> until)
            throws SQLException {
        tx.lock(Subject.SERVICES);
        if (ServiceRows.status(tx, id).isEmpty()) return;
        var because = new Because(reason, detail, until, Map.of());
        var status = states.writeUnlessPaused(tx, id, state, because);
        known.status(id, status, soon());
        told();
    }

    /// True for one caller each time the pause of a failing service is over: that one may try one
    /// message. Durable, so that a node that dies while it tries does not try in a loop.
    public boolean takeProbe(long id) {
        if (byId(id).isEmpty() || !status(id).mayProbe(clock.instant())) return false;
        return store.write(tx -> {
            tx.lock(Subject.SERVICES);
            var status = ServiceRows.status(tx, id);
            var now = clock.instant();
            if (status.isEmpty() || !status.get().mayProbe(now)) return false;
            var pauses = Pauses.because(catalog, status.get().reason());
            var probed = status.get().probed(pauses, now);
            ServiceRows.update(tx, id, probed);
            var confirmAt = Optional.of(now.plus(UNTIL_COMMITTED));
            known.status(id, probed, confirmAt);
            return true;
        });
    }

    /// Opens the gates of limited services whose time is over; says how many.
    public int reopenDue() {
        int opened = 0;
        for (var service : all()) {
            var status = status(service.id());
            if (!isOver(status)) continue;
            move(
                    service.id(),
                    tx -> {
                        var now = StateChanges.statusIn(tx, service.id());
                        return isOver(now)
                                ? states.write(
                                        tx, service.id(), now, ServiceState.READY, Because.NOTHING)
                                : now;
                    });
            opened++;
        }
        return opened;
    }

    /// The clock was set back by that much: a limit or a probe does not come later for that.
    public void clockWasSetBack(Duration by) {
        for (var service : all())
            move(
                    service.id(),
                    tx -> {
                        var status =
                                StateChanges.statusIn(tx, service.id())
                                        .setBack(by, clock.instant());
                        ServiceRows.update(tx, service.id(), status);
                        return status;
                    });
    }

    /// When something is due here by itself: the end of a limit or a probe.
    public Optional<Instant> nextDue() {
        return all().stream()
                .map(service -> status(service.id()))
                .flatMap(s -> s.until().or(s::probeAt).stream())
                .min(Instant::compareTo);
    }

    /// What can be stored and yet will not work, or not for long; ready to be shown.
    public List<Advice> warnings(Service service) {
        var values = RealValues.of(service);
        return mistakes.of(service, clock.instant()).stream()
                .map(mistake -> catalog.adviceFor(service.provider(), mistake))
                .filter(advice -> !advice.isUnknown())
                .map(advice -> advice.with(values))
                .toList();
    }

    /// The service as the API shows it: settings with the preset's, state, no secret.
    public JsonNode shown(Service service) {
        var found = known.get(service.id());
        var preset = planning.presetOf(found.given());
        var settings = preset.map(p -> Settings.merged(p.service(), found.given()));
        var shown =
                new Shown(service, Secrets.hidden(settings.orElse(found.given())))
                        .with(status(service.id()));
        SecretEnd.of(service)
                .ifPresent(end ->
                        shown.put("client_secret_expires_in_days", end.daysLeft(clock.instant())));
        return shown;
    }

    /// The settings as they were given, to be written to a file: without the preset's, no secret.
    public JsonNode exported(Service service) {
        return Secrets.hidden(known.get(service.id()).given());
    }

    /// Reads everything from the store once more, for what other nodes have changed.
    public synchronized void reload() {
        boolean isOfNow = false;
        for (int i = 1; i <= MOST_TRIES && !isOfNow; i++) isOfNow = readAll(i == MOST_TRIES);
        told();
    }

    /// False when a gate moved while it was read: whoever moved it knows better.
    ///
    /// @param anyhow what was read is taken, and the state confirmed soon
    private boolean readAll(boolean anyhow) {
        boolean isOfNow = true;
        var before = known.snapshot();
        var rows = store.read(ServiceRows::all);
        for (var row : rows) {
            try {
                var service = stillKnown(row).orElseGet(() -> planning.readStored(row));
                var confirmAt = anyhow ? soon() : Optional.<Instant>empty();
                var read = new Known(service, row.settings(), row.status(), confirmAt);
                if (anyhow) known.put(row.id(), read);
                else isOfNow &= known.replace(row.id(), before.get(row.id()), read);
            } catch (InvalidService unusable) {
                // A preset it needs is gone or changed. Its mail waits; the others go on.
                LOG.log(
                        System.Logger.Level.ERROR,
                        "service {0} cannot be used until its settings are corrected: {1}",
                        Long.toString(row.id()),
                        unusable.getMessage());
                known.remove(row.id());
            }
        }
        known.retain(rows.stream().map(ServiceRows.Row::id).toList());
        return isOfNow;
    }

    // Lines to a service last as long as its settings are the very same.
    private Optional<Service> stillKnown(ServiceRows.Row row) {
        return known.find(row.id())
                .filter(found -> found.given().equals(row.settings()))
                .map(Known::service);
    }

    private void move(long id, Store.Work<ServiceStatus> work) {
        var status =
                store.write(tx -> {
                    tx.lock(Subject.SERVICES);
                    return work.run(tx);
                });
        known.status(id, status, soon());
        told();
    }

    private void told() {
        listeners.forEach(Runnable::run);
    }

    private boolean isOver(ServiceStatus status) {
        return status.state() == ServiceState.LIMITED
                && status.until().filter(until -> until.isAfter(clock.instant())).isEmpty();
    }

    private Optional<Instant> soon() {
        return Optional.of(clock.instant().plus(UNTIL_COMMITTED));
    }
}
