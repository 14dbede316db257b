package postroom.web;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.jspecify.annotations.Nullable;

import postroom.Clock;
import postroom.access.Access;
import postroom.access.CredentialUse;
import postroom.access.Issued;
import postroom.access.NewCredential;
import postroom.access.Role;
import postroom.access.oidc.SignInProviders;
import postroom.alert.Alerts;
import postroom.api.Api;
import postroom.api.Doors;
import postroom.api.Installation;
import postroom.api.Lines;
import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.catalog.JsonCatalog;
import postroom.check.Check;
import postroom.check.ChecksUnderWay;
import postroom.check.LastChecks;
import postroom.check.ScriptedTransport;
import postroom.config.PostroomSettings;
import postroom.console.Console;
import postroom.console.FirstSteps;
import postroom.console.WaysIn;
import postroom.deliver.Judge;
import postroom.deliver.Resumption;
import postroom.event.EventLog;
import postroom.event.HourlyCounts;
import postroom.event.webhook.Courier;
import postroom.event.webhook.Postman;
import postroom.event.webhook.Webhooks;
import postroom.intake.Intake;
import postroom.intake.IntakeSettings;
import postroom.intake.SendAgain;
import postroom.intake.http.HttpIntake;
import postroom.mail.Diagnostic;
import postroom.oauth.AuthorizationRequests;
import postroom.oauth.Authorizations;
import postroom.oauth.Authorizer;
import postroom.oauth.DevicePolling;
import postroom.oauth.FirstGrant;
import postroom.oauth.Review;
import postroom.oauth.Revocation;
import postroom.oauth.SecretTrial;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.oauth.TokenEndpoint;
import postroom.oauth.TokenSignIns;
import postroom.queue.Patience;
import postroom.queue.Queue;
import postroom.queue.RetrySchedule;
import postroom.queue.Spool;
import postroom.route.Router;
import postroom.route.Routes;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.OutgoingAddresses;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Database;
import postroom.store.Store;
import postroom.store.TalliedStore;
import postroom.tally.Tallies;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Every room behind the web server, really wired and really started on a free port.
public final class TestHouse implements AutoCloseable {

    public static final JsonMapper JSON = JsonMapper.shared();

    public final Clock clock = Clock.atNoon();
    public final Store store;
    public final EventLog events;
    public final Queue queue;
    public final Services services;
    public final Access access;
    public final Alerts alerts;
    public final Secret owner;
    public final LastChecks lastChecks;
    public final ScriptedTransport smarthost = new ScriptedTransport();
    private final Courier courier;
    private final WebServer server;
    private final HttpClient http =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    /// Where it listens, how browsers reach it, and where people sign in besides.
    ///
    /// @param port 0 takes a free one
    public record At(int port, URI baseUrl, SignInProviders providers) {
        public static final At ANYWHERE =
                new At(
                        0,
                        URI.create("http://localhost:8587"),
                        new SignInProviders(Optional.empty()));
    }

    public TestHouse(Path data) {
        this(data, Database.SQLITE, At.ANYWHERE);
    }

    public TestHouse(Path data, Database database) {
        this(data, database, At.ANYWHERE);
    }

    public TestHouse(Path data, At at) {
        this(data, Database.SQLITE, at);
    }

    private TestHouse(Path data, Database database, At at) {
        var tallies = new Tallies();
        store = new TalliedStore(database.open(data, clock), tallies);
        events = new EventLog(store, clock, tallies);
        var spool = new Spool(store, clock);
        var minute = Duration.ofMinutes(1);
        queue =
                new Queue(
                        store,
                        spool,
                        events,
                        new Patience(
                                Duration.ofDays(5),
                                Duration.ofDays(14),
                                new RetrySchedule(List.of(minute))),
                        clock,
                        "test");
        var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        var catalog = new OneAdvice();
        var presets = Presets.ours();
        services = Services.open(store, events, vault, presets, catalog, clock);
        access = Access.open(store, events, vault, clock);
        owner = access.createManagementKey("owner", Role.OWNER).secret();
        var authorizations = new Authorizations(store, vault, events, clock, "test");
        var tokens = new TokenEndpoint(vault, clock);
        var signIns =
                new TokenSignIns(authorizations, tokens, vault, catalog, clock, new Random(1));
        services.onResume(signIns::forget);
        var requests = new AuthorizationRequests(store, vault, services, catalog, clock);
        var review = new Review(services, requests, authorizations, catalog, clock);
        var devices = new DevicePolling(requests, review, tokens);
        var baseUrl = at.baseUrl;
        var authorizer = new Authorizer(requests, review, tokens, devices, baseUrl);
        var routes = Routes.open(store, events, services);
        var router = new Router(services::all, id -> services.status(id).state(), routes::all);
        var intake =
                new Intake(
                        spool,
                        queue,
                        router,
                        new IntakeSettings("post.example.com", 1_000_000, 100, false),
                        clock,
                        tallies);
        alerts =
                new Alerts(
                        new Alerts.Rooms(services, queue, spool, authorizations, presets, catalog),
                        store,
                        events,
                        new PostroomSettings.Alerts(
                                List.of(), Optional.empty(), Duration.ofHours(1)),
                        baseUrl,
                        clock);
        lastChecks = new LastChecks(store, events);
        var check =
                new Check(
                        new Check.Tools(
                                services,
                                password(),
                                _ -> Optional.empty(),
                                smarthost,
                                (_, _) -> Optional.of(() -> {}),
                                catalog,
                                store,
                                clock,
                                baseUrl),
                        lastChecks);
        var postman = Postman.open(vault, true, clock);
        courier = new Courier(store, events, postman, clock);
        courier.start();
        Doors doors = () -> List.of(new Doors.Door("submission", true, 2));
        var settings =
                new WebSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), at.port),
                        baseUrl,
                        List.of(),
                        1_000_000);
        server =
                WebServer.start(
                        settings,
                        List.of(
                                at.providers,
                                access,
                                store,
                                events,
                                queue,
                                services,
                                routes,
                                router,
                                authorizations,
                                new Resumption(services, signIns, new Judge(catalog)),
                                new SecretTrial(
                                        services,
                                        signIns,
                                        new FirstGrant(authorizations, tokens, vault, clock),
                                        catalog),
                                authorizer,
                                new Revocation(authorizations, tokens, services),
                                presets,
                                new OutgoingAddresses(
                                        List.of("203.0.113.5"), OutgoingAddresses.Source.SETTING),
                                catalog,
                                intake,
                                alerts,
                                new Webhooks(store, events, postman, clock),
                                courier,
                                clock,
                                doors,
                                (Lines) _ -> 1,
                                new Installation(
                                        Map.of("data", data.toString()),
                                        Map.of("data", "--data"),
                                        () -> List.of("log line")),
                                new WaysIn(
                                        "post.example.com",
                                        Optional.of(new InetSocketAddress("0.0.0.0", 2587)),
                                        Optional.empty(),
                                        Optional.empty(),
                                        data,
                                        Optional.empty()),
                                new CredentialUse(store, tallies, clock),
                                new HourlyCounts(store, clock),
                                new FirstSteps(
                                        "post.example.com", 2587, baseUrl, Duration.ofDays(7)),
                                new SendAgain(intake, queue, access, events),
                                check,
                                lastChecks,
                                new ChecksUnderWay(check),
                                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                        List.of(HttpIntake.class, Api.class, Console.class));
    }

    private static SignIns password() {
        var password = new SignIn.Password("ada", new Secret("correct horse"));
        return new SignIns() {
            @Override
            public SignIn signInFor(Service service) {
                return password;
            }

            @Override
            public SignIn renewedFor(Service service, SignIn.Bearer refused) {
                return password;
            }
        };
    }

    /// A service that takes mail from everybody at example.com.
    public String service(String name) {
        var settings =
                JSON.readTree(
                        """
                        {"name": "%s", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                         "from": {"address": "noreply@example.com", "name": "Example"},
                         "authentication": {"type": "basic", "username": "ada",
                           "password": "correct horse x7Qd"}}
                        """
                                .formatted(name));
        return Long.toString(services.create(settings, "test").id());
    }

    /// As above, with a host name that resolves everywhere.
    public String localService(String name) {
        var id = service(name);
        var local =
                JSON.readTree(
                        """
                        {"smtp": {"host": "localhost"},
                         "authentication": {"password": "correct horse x7Qd"}}
                        """);
        services.update(Long.parseLong(id), local, "test");
        return id;
    }

    public Issued application(String name) {
        return access.create(NewCredential.of(name, "*@example.com"), "test");
    }

    public Secret key(Role role) {
        return access.createManagementKey(role.word(), role).secret();
    }

    org.springframework.context.ApplicationContext context() {
        return server.context();
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
    }

    public HttpRequest.Builder request(String path, Secret key) {
        return request(path).header("Authorization", "Bearer " + key.value());
    }

    public HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path, Secret key)
            throws IOException, InterruptedException {
        return send(request(path, key));
    }

    public HttpResponse<String> post(String path, Secret key, String json, String... headers)
            throws IOException, InterruptedException {
        var request =
                request(path, key)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json));
        if (headers.length > 0) request.headers(headers);
        return send(request);
    }

    public HttpResponse<String> call(String method, String path, Secret key, @Nullable String json)
            throws IOException, InterruptedException {
        var body = json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json);
        var request = request(path, key).method(method, body);
        if (json != null) request.header("Content-Type", "application/json");
        return send(request);
    }

    public static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    public String content(String id) throws IOException {
        var content = queue.content(postroom.mail.QueueId.parse(id).orElseThrow()).orElseThrow();
        try (var in = content.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        server.close();
        http.close();
        courier.close();
        store.close();
    }

    /// A catalog with one entry, besides what Postroom finds by itself.
    private static final class OneAdvice implements Catalog {
        private static final Catalog OURS = JsonCatalog.ours();
        private static final Advice ADVICE =
                new Advice(
                        "mailbox-full",
                        "The mailbox is full",
                        "The recipient has no room left.",
                        "Wait, or ask the recipient to make room.",
                        List.of(),
                        List.of("Get-MailboxStatistics", "Set-Mailbox"),
                        Advice.Who.RECIPIENT,
                        "https://example.com/docs",
                        Advice.Retry.TRANSIENT,
                        Optional.empty());

        @Override
        public Advice adviceFor(String provider, Diagnostic diagnostic) {
            return diagnostic instanceof Diagnostic.Condition
                            || diagnostic instanceof Diagnostic.OAuthError
                    ? OURS.adviceFor(provider, diagnostic)
                    : ADVICE;
        }

        @Override
        public Optional<Advice> byId(String id) {
            return Optional.of(ADVICE).filter(advice -> advice.id().equals(id));
        }

        @Override
        public List<Advice> explain(String text, String provider) {
            return text.contains("full") ? List.of(ADVICE) : List.of();
        }
    }
}
