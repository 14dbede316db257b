package postroom.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// An imaginary Microsoft, an imaginary Google and a plain smarthost, all on 127.0.0.1.
///
/// Started with a script, which may be changed while it runs. Everything it received can be looked
/// into, here or with a browser at [#lookingGlass()]. Closing it ends all connections at once.
public final class Emulator implements AutoCloseable {
    /// Where to listen; 0 is any free port.
    public record Ports(
            int http, int https, int microsoft, int google, int googleImplicitTls, int smarthost) {
        public static final Ports ANY = new Ports(0, 0, 0, 0, 0, 0);
    }

    private final Premises premises;
    private final Web web;
    private final List<SmtpServer> servers = new ArrayList<>();
    private final Endpoints microsoft;
    private final Endpoints google;
    private final Endpoints smarthost;

    public static Emulator start(EmulatorScript script) {
        return start(script, InstantSource.system(), Ports.ANY);
    }

    public static Emulator start(EmulatorScript script, InstantSource clock) {
        return start(script, clock, Ports.ANY);
    }

    public static Emulator start(EmulatorScript script, InstantSource clock, Ports ports) {
        return new Emulator(script, clock, ports);
    }

    private Emulator(EmulatorScript script, InstantSource source, Ports ports) {
        EmulatorClock clock = new EmulatorClock(source);
        premises =
                new Premises(
                        new AtomicReference<>(script),
                        clock,
                        new Grants(),
                        new Faults(clock),
                        new EmulatorLog(),
                        new Mailboxes(script.keepMessages()));
        change(script);
        var signInAtMicrosoft = new MicrosoftSignIn(premises);
        var signInAtGoogle = new GoogleSignIn(premises);
        var controlDesk = new ControlDesk(this);
        Turnstile exchange = new Turnstile();
        Turnstile gmail = new Turnstile();
        Turnstile relay = new Turnstile();
        AtomicLong numbers = new AtomicLong();
        try {
            web =
                    new Web(
                            ports.http(),
                            ports.https(),
                            question ->
                                    controlDesk
                                            .answer(question)
                                            .or(() -> signInAtGoogle.answer(question))
                                            .or(() -> signInAtMicrosoft.answer(question))
                                            .orElseGet(() ->
                                                    Web.Answer.text(
                                                            404, "There is nothing here.")));
            try {
                SmtpServer office =
                        smtp(Provider.MICROSOFT, false, exchange, numbers, ports.microsoft());
                SmtpServer mail = smtp(Provider.GOOGLE, false, gmail, numbers, ports.google());
                SmtpServer mails =
                        smtp(Provider.GOOGLE, true, gmail, numbers, ports.googleImplicitTls());
                SmtpServer host =
                        smtp(Provider.SMARTHOST, false, relay, numbers, ports.smarthost());
                String tenant =
                        script.tenants().isEmpty() ? "common" : script.tenants().getFirst().id();
                microsoft =
                        endpoints(
                                Provider.MICROSOFT,
                                tenant,
                                new Endpoints.Ports(office.port(), OptionalInt.empty()),
                                exchange);
                google =
                        endpoints(
                                Provider.GOOGLE,
                                "",
                                new Endpoints.Ports(mail.port(), OptionalInt.of(mails.port())),
                                gmail);
                smarthost =
                        endpoints(
                                Provider.SMARTHOST,
                                "",
                                new Endpoints.Ports(host.port(), OptionalInt.empty()),
                                relay);
            } catch (IOException portTaken) {
                close();
                throw portTaken;
            }
        } catch (IOException portTaken) {
            throw new UncheckedIOException(
                    "The emulator cannot listen: " + portTaken.getMessage(), portTaken);
        }
    }

    private SmtpServer smtp(
            Provider provider, boolean tlsAtOnce, Turnstile turnstile, AtomicLong numbers, int port)
            throws IOException {
        SmtpServer server = new SmtpServer(premises, provider, tlsAtOnce, turnstile, numbers, port);
        servers.add(server);
        return server;
    }

    private Endpoints endpoints(
            Provider provider, String tenant, Endpoints.Ports ports, Turnstile turnstile) {
        return new Endpoints(
                provider,
                tenant,
                "http://localhost:" + web.port(),
                "https://localhost:" + web.securePort(),
                ports,
                turnstile);
    }

    public Endpoints microsoft() {
        return microsoft;
    }

    public Endpoints google() {
        return google;
    }

    /// The submission server without OAuth2.
    public Endpoints smarthost() {
        return smarthost;
    }

    /// The certificate (PEM) of the authority that signed what the servers show.
    public String trustedCa() {
        return Certificates.ofThisProcess().authority();
    }

    public Mailboxes mailboxes() {
        return premises.mailboxes();
    }

    /// What was asked, one line each, without secrets: `token microsoft refresh_token client=…
    /// user=… 200`, `authorize …`, `device …`, `auth google XOAUTH2 user=… 235`, `refused microsoft
    /// AADSTS…`. The last 10,000.
    public List<String> log() {
        return premises.log().lines();
    }

    /// How many lines of the log begin so.
    public long count(String beginning) {
        return log().stream().filter(line -> line.startsWith(beginning)).count();
    }

    public EmulatorScript script() {
        return premises.script();
    }

    /// Goes on with another script. Counts of faults start anew; what was handed out and received
    /// stays.
    public void change(EmulatorScript script) {
        premises.faults().install(script.faults(), CatalogExamples.from(script.catalog()));
        premises.current().set(script);
    }

    /// Changes the parts of the script that the YAML or JSON text names.
    public void change(String yaml) {
        change(script().changedBy(yaml));
    }

    public Instant now() {
        return premises.now();
    }

    /// Moves the emulator's clock: tokens age, limits recover, faults come due.
    public void fastForward(Duration by) {
        premises.clock().forward(by);
    }

    /// The user, or an administrator, takes back all authorizations. Returns how many refresh
    /// tokens died.
    public int revoke(String user) {
        int dead = premises.grants().revoke(user);
        premises.log().add("revoked user=%s %d refresh tokens", user, dead);
        return dead;
    }

    /// The page for people who want to look and to script.
    public URI lookingGlass() {
        return URI.create("http://localhost:" + web.port() + "/emulator/mailboxes");
    }

    @Override
    public void close() {
        servers.forEach(SmtpServer::close);
        web.close();
    }
}
