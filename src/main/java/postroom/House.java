package postroom;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.CredentialUse;
import postroom.access.Network;
import postroom.alert.Alerts;
import postroom.api.Doors.Door;
import postroom.bounce.Reports;
import postroom.catalog.Catalog;
import postroom.catalog.JsonCatalog;
import postroom.check.Check;
import postroom.check.ChecksUnderWay;
import postroom.check.LastChecks;
import postroom.config.PostroomSettings;
import postroom.config.PostroomSettings.BareLineEndings;
import postroom.deliver.Dispatcher;
import postroom.deliver.IdleRenewal;
import postroom.deliver.Judge;
import postroom.deliver.MailServerSignIn;
import postroom.deliver.Resumption;
import postroom.deliver.SharedPlaces;
import postroom.deliver.smtp.SmtpTransport;
import postroom.deliver.smtp.Timeouts;
import postroom.event.EventLog;
import postroom.event.HourlyCounts;
import postroom.event.webhook.Courier;
import postroom.event.webhook.Postman;
import postroom.event.webhook.Webhooks;
import postroom.intake.Intake;
import postroom.intake.IntakeSettings;
import postroom.intake.sendmail.DropCollector;
import postroom.intake.smtp.Certificates;
import postroom.intake.smtp.Doorkeeper;
import postroom.intake.smtp.Entrance;
import postroom.intake.smtp.Patience;
import postroom.intake.smtp.SubmissionListener;
import postroom.oauth.Authorization;
import postroom.oauth.AuthorizationRequests;
import postroom.oauth.Authorizations;
import postroom.oauth.Authorizer;
import postroom.oauth.DevicePolling;
import postroom.oauth.FirstGrant;
import postroom.oauth.Review;
import postroom.oauth.Revocation;
import postroom.oauth.SecretTrial;
import postroom.oauth.TokenEndpoint;
import postroom.oauth.TokenSignIns;
import postroom.queue.Claim;
import postroom.queue.Lines;
import postroom.queue.Queue;
import postroom.queue.RetrySchedule;
import postroom.queue.Spool;
import postroom.route.Route;
import postroom.route.Router;
import postroom.route.Routes;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.OutgoingAddresses;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.PostgresStore;
import postroom.store.SqliteStore;
import postroom.store.Store;
import postroom.store.TalliedStore;
import postroom.store.Tx.Subject;
import postroom.tally.Tallies;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;

/// The whole of Postroom, wired. Reads from top to bottom: ground, rooms, doors. No framework: a
/// test builds it with `new`, and `serve` opens its doors before it starts the web server.
public final class House implements AutoCloseable {

    /// What is under way at a door, or at a smarthost, has so long to come to its end.
    private static final Duration FOR_TAKING = Duration.ofSeconds(5);

    private static final Duration FOR_SENDING = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(House.class);

    private final PostroomSettings settings;
    private final InstantSource clock;

    final Store store;
    final EventLog events;
    final HourlyCounts hourlyCounts;
    final Catalog catalog;
    final Presets presets;
    final OutgoingAddresses outgoingAddresses;
    final Services services;
    final Access access;
    final CredentialUse credentialUse;
    final Queue queue;
    final Authorizations authorizations;
    final TokenSignIns signIns;
    final SecretTrial secretTrial;
    final Resumption resumption;
    final Authorizer authorizer;
    final Revocation revocation;
    final Routes routes;
    final Router router;
    final Dispatcher dispatcher;
    final Check check;
    final Alerts alerts;
    final Reports reports;
    final LastChecks lastChecks;
    final ChecksUnderWay checksUnderWay;
    final Webhooks webhooks;
    final Courier courier;
    final Intake intake;
    final Housekeeper housekeeper;
    final Bookkeeper bookkeeper;

    private final Optional<Neighbours> neighbours;
    private final DevicePolling devices;
    final Detours detours;
    private final DropCollector drops;
    private final Map<String, SubmissionListener> listeners = new ConcurrentSkipListMap<>();
    private volatile boolean stopping;

    public House(PostroomSettings settings, InstantSource clock, Timeouts timeouts) {
        this.settings = settings;
        this.clock = clock;

        // Ground
        var tallies = new Tallies();
        var database = store(settings, clock);
        store = new TalliedStore(database, tallies);
        events = new EventLog(store, clock, tallies);
        hourlyCounts = new HourlyCounts(store, clock);
        var vault =
                settings.masterKey()
                        .key()
                        .map(Vault::withKey)
                        .orElseGet(() -> keyFile(settings.masterKey().file()));
        catalog = JsonCatalog.ours();
        presets = Presets.withOwners(settings.data().resolve("presets"));
        outgoingAddresses = OutgoingAddresses.of(settings.outgoingAddresses());

        // Rooms
        services = Services.open(store, events, vault, presets, catalog, clock);
        access = Access.open(store, events, vault, clock);
        credentialUse = new CredentialUse(store, tallies, clock);
        var spool = new Spool(store, clock);
        queue = new Queue(store, spool, events, patience(), clock, store.node());
        authorizations = new Authorizations(store, vault, events, clock, store.node());
        var tokens = new TokenEndpoint(vault, clock);
        signIns =
                new TokenSignIns(
                        authorizations,
                        tokens,
                        vault,
                        catalog,
                        clock,
                        RandomGenerator.getDefault());
        services.onResume(signIns::forget);
        var firstGrant = new FirstGrant(authorizations, tokens, vault, clock);
        secretTrial = new SecretTrial(services, signIns, firstGrant, catalog);
        var requests = new AuthorizationRequests(store, vault, services, catalog, clock);
        var review = new Review(services, requests, authorizations, catalog, clock);
        devices = new DevicePolling(requests, review, tokens);
        authorizer = new Authorizer(requests, review, tokens, devices, settings.baseUrl());
        revocation = new Revocation(authorizations, tokens, services);
        var judge = new Judge(catalog);
        resumption = new Resumption(services, signIns, judge);
        var smtp =
                new SmtpTransport(
                        signIns,
                        judge,
                        clock,
                        timeouts,
                        (service, key) ->
                                vault.open(key, service.secretContext("smtp_client_key")));
        routes = Routes.open(store, events, services);
        var lines = new Lines(store);
        var places =
                database instanceof PostgresStore ? new SharedPlaces(lines) : SharedPlaces.ALONE;
        dispatcher =
                new Dispatcher(queue, services, smtp, judge, this::sendsAsItself, places, clock);
        lastChecks = new LastChecks(store, events);
        check =
                new Check(
                        new Check.Tools(
                                services,
                                signIns,
                                id -> authorizations.find(id).flatMap(Authorization::renewedAt),
                                smtp,
                                dispatcher,
                                catalog,
                                store,
                                clock,
                                settings.baseUrl()),
                        lastChecks);
        checksUnderWay = new ChecksUnderWay(check);

        alerts =
                new Alerts(
                        new Alerts.Rooms(services, queue, spool, authorizations, presets, catalog),
                        store,
                        events,
                        settings.alerts(),
                        settings.baseUrl(),
                        clock);
        var postman = Postman.open(vault, settings.webhooks().allowPrivateAddresses(), clock);
        webhooks = new Webhooks(store, events, postman, clock);
        courier = new Courier(store, events, postman, clock);

        reports =
                new Reports(
                        new Reports.Rooms(queue, spool, services, catalog),
                        store,
                        events,
                        settings.reports(),
                        settings.submission().hostname(),
                        clock);

        // Doors
        router = new Router(services::all, id -> services.status(id).state(), routes::all);
        detours = new Detours(routes, router, queue, services, access);
        intake = new Intake(spool, queue, router, intakeSettings(), clock, tallies);
        drops =
                new DropCollector(
                        settings.dropDirectory(),
                        intake,
                        this::localCredential,
                        store,
                        events,
                        clock);
        housekeeper =
                new Housekeeper(
                        queue,
                        spool,
                        events,
                        alerts,
                        reports,
                        new IdleRenewal(
                                services,
                                authorizations,
                                signIns,
                                new MailServerSignIn(smtp, dispatcher, judge),
                                judge,
                                clock),
                        credentialUse,
                        access.people(),
                        store,
                        settings.retention(),
                        clock);
        bookkeeper = new Bookkeeper(hourlyCounts, queue);
        neighbours =
                database instanceof PostgresStore shared
                        ? Optional.of(neighbours(shared, lines))
                        : Optional.empty();
    }

    // Routes name services, so those come first.
    private Neighbours neighbours(PostgresStore shared, Lines lines) {
        var changes = new LinkedHashMap<Subject, Runnable>();
        changes.put(Subject.SERVICES, services::reload);
        changes.put(Subject.ROUTES, routes::reload);
        changes.put(Subject.LINES, () -> lines.toGiveUp().forEach(dispatcher::giveUpLines));
        return new Neighbours(shared.nodes(), shared, queue, changes, dispatcher::giveUpAllLines);
    }

    /// On SQLite there is one node, and what a former process held was this one's.
    private static Store store(PostroomSettings settings, InstantSource clock) {
        var database = settings.database();
        if (database.url().isEmpty()) return SqliteStore.open(settings.databaseFile(), clock);
        return PostgresStore.open(
                new PostgresStore.Login(
                        database.url().get(),
                        database.username(),
                        database.password().map(Secret::value)),
                clock);
    }

    /// Opens the doors and starts sending.
    ///
    /// @throws IOException when a port is taken or a certificate cannot be used; the message names
    ///   it
    public void open() throws IOException {
        access.writeLocalKey(settings.data(), settings.baseUrl());
        events.audit().noteSettings(settings.shown());
        settings.bootstrap().apiKey().ifPresent(access::admit);
        neighbours.ifPresent(Neighbours::start);
        dispatcher.start();
        devices.start();
        detours.start();
        courier.start();
        var submission = settings.submission();
        var certificates = certificates();
        listen("submission.starttls", submission.starttls(), Entrance.STARTTLS, certificates);
        listen("submission.tls", submission.tls(), Entrance.TLS, certificates);
        listen("submission.plain", submission.plain(), Entrance.PLAIN, certificates);
        drops.start();
        housekeeper.start();
        bookkeeper.start();
    }

    /// The SMTP doors that are open, for whoever asks whether we are ready.
    public List<Door> doors() {
        if (stopping) return List.of();
        return listeners.entrySet().stream()
                .map(one -> new Door(one.getKey(), true, one.getValue().connections()))
                .toList();
    }

    /// Lines to the smarthost of a service.
    public int lines(long service) {
        return dispatcher.lines(service);
    }

    /// Where the STARTTLS door really listens.
    public Optional<InetSocketAddress> starttlsAddress() {
        return Optional.ofNullable(listeners.get("submission.starttls"))
                .map(SubmissionListener::address);
    }

    /// Takes nothing more: whoever asks hears that we are not ready, every door says to come back
    /// later, and what is under way comes to its end, taken or sent, or is given back.
    public void stop() {
        if (stopping) return;
        stopping = true;
        log.info("- stopping");
        intake.stop();
        drops.close();
        devices.close();
        housekeeper.close();
        bookkeeper.close();
        detours.close();
        var sending = Thread.ofVirtual().start(() -> dispatcher.close(FOR_SENDING));
        for (var listener : listeners.values()) listener.stop(FOR_TAKING);
        try {
            sending.join();
            credentialUse.write();
            courier.close();
            neighbours.ifPresent(Neighbours::close);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException notCounted) {
            log.warn(
                    "- what credentials did was not counted to the end: {}", notCounted.toString());
        }
    }

    /// Stops, and closes the database.
    @Override
    public void close() {
        stop();
        store.close();
        log.info("- stopped");
    }

    private void listen(
            String key,
            Optional<InetSocketAddress> address,
            Entrance entrance,
            Certificates certificates)
            throws IOException {
        if (address.isEmpty()) return;
        var submission = settings.submission();
        var limits =
                new SubmissionListener.Limits(
                        submission.connections(),
                        submission.connectionsPerAddress(),
                        Patience.USUAL);
        try {
            listeners.put(
                    key,
                    SubmissionListener.start(
                            address.get(),
                            entrance,
                            intake,
                            Doorkeeper.of(access, plainNetworks()),
                            certificates,
                            limits));
        } catch (IOException taken) {
            throw new IOException(
                    key + ".address: cannot listen on " + address.get() + ": " + taken.getMessage(),
                    taken);
        }
    }

    private Certificates certificates() throws IOException {
        var submission = settings.submission();
        return Certificates.of(
                submission.certificate(),
                submission.key(),
                settings.data(),
                submission.hostname(),
                clock);
    }

    /// A new key is made for a new house only.
    private Vault keyFile(Path file) {
        return Services.hasSecrets(store) ? Vault.withFormerKeyFile(file) : Vault.withKeyFile(file);
    }

    /// Until there is a service, what `sendmail` left waits; it cannot be told no any more.
    private Optional<Credential> localCredential() {
        return services.all().isEmpty() ? Optional.empty() : access.local();
    }

    /// Only where a rule says so, and never for a sender the service lists.
    private boolean sendsAsItself(Service service, Claim claim) {
        if (claim.route().isEmpty() || service.lists(claim.headerFrom())) return false;
        return routes.named(claim.route()).filter(Route::rewriteFrom).isPresent();
    }

    private List<Network> plainNetworks() {
        return settings.submission().plainNetworks().stream().map(Network::of).toList();
    }

    private postroom.queue.Patience patience() {
        var queueSettings = settings.queue();
        return new postroom.queue.Patience(
                queueSettings.lifetime(),
                queueSettings.patience(),
                new RetrySchedule(queueSettings.retry()));
    }

    private IntakeSettings intakeSettings() {
        return new IntakeSettings(
                settings.submission().hostname(),
                settings.message().maxSize(),
                settings.message().maxRecipients(),
                settings.submission().bareLineEndings() == BareLineEndings.REJECT,
                settings.reports().enabled());
    }
}
