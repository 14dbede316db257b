package postroom;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import postroom.access.Network;
import postroom.access.Role;
import postroom.access.oidc.SignInProvider;
import postroom.access.oidc.SignInProviders;
import postroom.api.Api;
import postroom.api.Doors;
import postroom.api.Installation;
import postroom.api.Lines;
import postroom.config.PostroomSettings;
import postroom.config.PostroomSettings.Oidc;
import postroom.console.Console;
import postroom.console.FirstSteps;
import postroom.console.WaysIn;
import postroom.deliver.smtp.Timeouts;
import postroom.intake.SendAgain;
import postroom.intake.http.HttpIntake;
import postroom.log.Line;
import postroom.web.WebServer;
import postroom.web.WebSettings;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The whole of Postroom in this process: the house, and the web server in front of it. The SMTP
/// doors open first, since they need no framework.
public final class Server implements AutoCloseable {

    private final PostroomSettings settings;
    private final House house;
    private final WebServer web;
    private final CountDownLatch end = new CountDownLatch(1);

    private Server(PostroomSettings settings, House house, WebServer web) {
        this.settings = settings;
        this.house = house;
        this.web = web;
    }

    /// Starts everything and returns once the doors are open.
    ///
    /// @throws UncheckedIOException when a port is taken or a file cannot be used; the message
    ///   names it
    public static Server start(PostroomSettings settings, PrintStream out) {
        Line.use(settings.logFormat());
        var clock = InstantSource.system();
        var house = new House(settings, clock, Timeouts.standard());
        try {
            house.open();
            var web = web(settings, house, clock);
            welcome(settings, house, out);
            return new Server(settings, house, web);
        } catch (IOException taken) {
            house.close();
            throw new UncheckedIOException(taken.getMessage(), taken);
        } catch (RuntimeException failed) {
            house.close();
            throw failed;
        }
    }

    private static WebServer web(PostroomSettings settings, House house, InstantSource clock)
            throws IOException {
        var address = settings.http().address();
        try {
            return WebServer.start(webSettings(settings), rooms(house, settings, clock), DOORS);
        } catch (RuntimeException failed) {
            for (Throwable why = failed; why != null; why = why.getCause())
                if (why instanceof BindException taken)
                    throw new IOException(
                            "http.address: cannot listen on " + address + ": " + taken.getMessage(),
                            taken);
            throw failed;
        }
    }

    /// Runs until the process is told to stop; returns the exit code.
    public static int run(PostroomSettings settings, PrintStream out) {
        var server = start(settings, out);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
        server.awaitEnd();
        return 0;
    }

    private static void stop(Server server) {
        server.close();
        Line.flush();
    }

    /// What the server really uses.
    public PostroomSettings settings() {
        return settings;
    }

    /// Returns when the server was closed.
    public void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        if (end.getCount() == 0) return;
        house.stop(); // the web server still answers, and says that we are not ready
        web.close();
        house.close();
        end.countDown();
    }

    private static final List<Class<?>> DOORS = List.of(HttpIntake.class, Api.class, Console.class);

    private static List<?> rooms(House house, PostroomSettings settings, InstantSource clock) {
        Doors doors = house::doors;
        Lines lines = house::lines;
        return List.of(
                new SignInProviders(settings.oidc().map(it -> provider(it, settings))),
                house.store,
                house.events,
                house.hourlyCounts,
                house.catalog,
                house.presets,
                house.outgoingAddresses,
                house.services,
                house.access,
                house.routes,
                house.router,
                house.queue,
                house.authorizations,
                house.signIns,
                house.secretTrial,
                house.resumption,
                house.authorizer,
                house.revocation,
                house.webhooks,
                house.courier,
                house.intake,
                house.alerts,
                clock,
                doors,
                lines,
                new Installation(settings.shown(), settings.origins(), Line::newest),
                firstSteps(house, settings),
                new SendAgain(house.intake, house.queue, house.access, house.events),
                WaysIn.of(settings),
                house.credentialUse,
                house.check,
                house.lastChecks,
                house.checksUnderWay,
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    }

    private static SignInProvider provider(Oidc oidc, PostroomSettings settings) {
        return new SignInProvider(
                new SignInProvider.Client(
                        oidc.name(),
                        oidc.issuer(),
                        oidc.clientId(),
                        oidc.clientSecret(),
                        URI.create(settings.baseUrl() + "/login/provider/callback"),
                        oidc.role().flatMap(Role::of),
                        oidc.trustsAddresses()));
    }

    private static FirstSteps firstSteps(House house, PostroomSettings settings) {
        return new FirstSteps(
                settings.submission().hostname(),
                house.starttlsAddress().map(InetSocketAddress::getPort).orElse(0),
                settings.baseUrl(),
                settings.retention().content());
    }

    private static WebSettings webSettings(PostroomSettings settings) {
        return new WebSettings(
                settings.http().address(),
                settings.baseUrl(),
                settings.http().metricsNetworks().stream().map(Network::of).toList(),
                settings.message().maxSize());
    }

    private static void welcome(PostroomSettings settings, House house, PrintStream out) {
        var people = house.access.people();
        var bootstrap = settings.bootstrap();
        // Asked first, since the slow hash of a password is for a first start alone.
        if (bootstrap.adminEmail().isPresent()
                && bootstrap.adminPassword().isPresent()
                && people.withEmail(bootstrap.adminEmail().get()).isEmpty())
            people.create(
                    bootstrap.adminEmail().get(), bootstrap.adminPassword().get(), Role.OWNER);
        people.issueFirstRun()
                .ifPresent(token ->
                        out.println(
                                "Open this address once to set the owner's password: "
                                        + settings.baseUrl()
                                        + "/welcome?token="
                                        + token.value()));
        out.println("Postroom is ready: " + settings.baseUrl());
        out.flush();
    }
}
