package postroom.deliver.smtp;

import org.jspecify.annotations.Nullable;

import postroom.deliver.Landmark;
import postroom.deliver.Landmark.Connected;
import postroom.deliver.Landmark.Greeted;
import postroom.deliver.Landmark.Secured;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.oauth.SignIn;
import postroom.service.Service;
import postroom.service.SmtpSettings;
import postroom.service.SmtpSettings.Tls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;

/// From a host name to a signed-in connection: resolve, connect, greeting, EHLO, STARTTLS, AUTH.
/// Each step has its line in the conversation.
final class Dialling {

    private final Service service;
    private final SmtpSettings settings;
    private final SignIn signIn;
    private final TlsContexts contexts;
    private final Watch watch;
    private final Timeouts timeouts;
    private final Conversation conversation;
    private final Consumer<Landmark> passed;

    /// What all lines of one transport share.
    record Means(TlsContexts contexts, Watch watch, Timeouts timeouts) {}

    Dialling(
            Service service,
            SignIn signIn,
            Means means,
            Conversation conversation,
            Consumer<Landmark> passed) {
        this.service = service;
        this.settings = service.smtp();
        this.signIn = signIn;
        this.contexts = means.contexts();
        this.watch = means.watch();
        this.timeouts = means.timeouts();
        this.conversation = conversation;
        this.passed = passed;
    }

    sealed interface Outcome {
        record Ready(Wire wire, Offer offer) implements Outcome {}

        record Failed(Diagnostic diagnostic) implements Outcome {}
    }

    Outcome dial() {
        if (!isSayable(settings.ehloName()))
            return failed("ehlo-name-unusable", "the name for EHLO holds a blank or control");
        @Nullable SSLContext context = null;
        try {
            if (settings.tls() != Tls.NONE) context = contexts.contextFor(service);
        } catch (GeneralSecurityException | IOException unusable) {
            return failed("tls-settings-unusable", ReplyReader.shown(unusable.toString()));
        }
        try {
            return greet(connected(), context);
        } catch (Lost lost) {
            return new Outcome.Failed(lost.diagnostic());
        }
    }

    private Outcome greet(Wire wire, @Nullable SSLContext context) {
        try {
            if (context != null && settings.tls() == Tls.IMPLICIT) secure(wire, context);
            var refused = dialogue(wire, context);
            if (refused instanceof Outcome.Ready ready) return ready;
            goodbye(wire);
            return refused;
        } catch (Lost lost) {
            wire.abort();
            return new Outcome.Failed(lost.diagnostic());
        } catch (RuntimeException bug) {
            wire.abort();
            throw bug;
        }
    }

    private Outcome dialogue(Wire wire, @Nullable SSLContext context) throws Lost {
        long began = System.nanoTime();
        var greeting = heard(wire, "‹greeting›", Stage.GREETING, began);
        if (greeting.reply().code() != 220) {
            return greeting.reply().isPositive()
                    ? failed("greeting-not-220", "greeting " + greeting.text())
                    : new Outcome.Failed(greeting);
        }

        var hello = hello(wire);
        if (hello.reply().code() != 250) return new Outcome.Failed(hello);
        var offer = Offer.of(hello.reply());

        if (context != null && settings.tls() == Tls.STARTTLS) {
            if (!offer.has("STARTTLS"))
                return failed("starttls-not-offered", "the server does not offer STARTTLS");
            var ready = ask(wire, "STARTTLS", Stage.STARTTLS);
            if (ready.reply().code() != 220) return new Outcome.Failed(ready);
            // RFC 3207 §6: what stands between the 220 and the handshake was put there by somebody.
            if (wire.hasUnaskedOctets())
                throw new Lost(Stage.TLS, "octets in the clear between STARTTLS and the handshake");
            secure(wire, context);
            // RFC 3207 §4.2: everything learnt before is forgotten.
            hello = ask(wire, "EHLO " + ehloName(), Stage.EHLO);
            if (hello.reply().code() != 250) return new Outcome.Failed(hello);
            offer = Offer.of(hello.reply());
        }
        passed.accept(greeted(greeting, hello));

        var trouble = new SignInDialogue(wire, settings, conversation).run(signIn, offer);
        if (trouble.isPresent()) return new Outcome.Failed(trouble.get());
        return new Outcome.Ready(wire, offer);
    }

    private static Greeted greeted(SmtpReply greeting, SmtpReply hello) {
        var lines = hello.reply().lines();
        return new Greeted(greeting.reply().lines().getFirst(), lines.subList(1, lines.size()));
    }

    // RFC 5321 §3.2: a server without EHLO gets HELO, but only where we need nothing it cannot do.
    private SmtpReply hello(Wire wire) throws Lost {
        var heard = ask(wire, "EHLO " + ehloName(), Stage.EHLO);
        int code = heard.reply().code();
        boolean unknown = code == 500 || code == 502 || code == 504;
        boolean helloIsEnough = settings.tls() == Tls.NONE && signIn instanceof SignIn.Anonymous;
        return unknown && helloIsEnough ? ask(wire, "HELO " + ehloName(), Stage.EHLO) : heard;
    }

    private Wire connected() throws Lost {
        long began = System.nanoTime();
        var addresses = resolved(began);
        long ends = began + timeouts.connect().toNanos();
        var said = "";
        var heard = "";
        for (int i = 0; i < addresses.length; i++) {
            long left = (ends - System.nanoTime()) / (addresses.length - i);
            var address = new InetSocketAddress(addresses[i], settings.port());
            said = "connect " + addresses[i].getHostAddress() + ":" + settings.port();
            began = System.nanoTime();
            try {
                var wire = Wire.connect(address, Duration.ofNanos(left), watch, timeouts);
                conversation.add(Stage.CONNECT, said, "connected", since(began));
                passed.accept(new Connected());
                return wire;
            } catch (IOException notThisOne) {
                heard = Wire.text(notThisOne);
                conversation.add(Stage.CONNECT, said, heard, since(began));
            }
        }
        throw new Lost(Stage.CONNECT, heard);
    }

    private InetAddress[] resolved(long began) throws Lost {
        try {
            var addresses = InetAddress.getAllByName(settings.host());
            conversation.add(
                    Stage.RESOLVE,
                    "resolve " + settings.host(),
                    addresses.length + " addresses",
                    since(began));
            return addresses;
        } catch (UnknownHostException unknown) {
            conversation.add(
                    Stage.RESOLVE, "resolve " + settings.host(), Wire.text(unknown), since(began));
            throw new Lost(Stage.RESOLVE, Wire.text(unknown));
        }
    }

    private void secure(Wire wire, SSLContext context) throws Lost {
        long began = System.nanoTime();
        try {
            var layer = contexts.layer(context, wire.socket(), settings);
            wire.secure(layer);
            var session = layer.getSession();
            conversation.add(Stage.TLS, "‹TLS handshake›", described(session), since(began));
            passed.accept(
                    new Secured(session.getProtocol(), session.getCipherSuite(), chain(session)));
        } catch (IOException failed) {
            var lost =
                    failed instanceof Lost known ? known : new Lost(Stage.TLS, Wire.text(failed));
            conversation.add(Stage.TLS, "‹TLS handshake›", lost.diagnostic().text(), since(began));
            throw lost;
        }
    }

    private static String described(SSLSession session) throws IOException {
        var chain = chain(session);
        var until =
                chain.isEmpty()
                        ? ""
                        : ", certificate valid until " + chain.getFirst().getNotAfter().toInstant();
        return session.getProtocol() + " " + session.getCipherSuite() + until;
    }

    private static List<X509Certificate> chain(SSLSession session) throws IOException {
        return Arrays.stream(session.getPeerCertificates())
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast)
                .toList();
    }

    private SmtpReply ask(Wire wire, String line, Stage stage) throws Lost {
        long began = System.nanoTime();
        wire.say(line);
        return heard(wire, line, stage, began);
    }

    private SmtpReply heard(Wire wire, String said, Stage stage, long began) throws Lost {
        try {
            var heard = wire.hear(stage);
            note(stage, said, heard, began);
            return heard;
        } catch (Lost lost) {
            conversation.add(stage, said, lost.diagnostic().text(), since(began));
            throw lost;
        }
    }

    private void goodbye(Wire wire) {
        try {
            long began = System.nanoTime();
            wire.say("QUIT");
            note(Stage.EHLO, "QUIT", wire.hear(Stage.EHLO, timeouts.goodbye()), began);
        } catch (Lost quitFailed) {
            conversation.add(Stage.EHLO, "QUIT", quitFailed.diagnostic().text(), Duration.ZERO);
        }
        wire.end();
    }

    private void note(Stage stage, String said, SmtpReply heard, long began) {
        conversation.add(stage, said, heard.text(), since(began));
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static Outcome failed(String condition, String text) {
        return new Outcome.Failed(new Condition(condition, text));
    }

    // RFC 5321 §4.1.3: an address stands in brackets.
    private String ehloName() {
        var name = settings.ehloName();
        if (name.indexOf(':') >= 0 && !name.startsWith("[")) return "[IPv6:" + name + "]";
        return name.matches("[0-9]+(\\.[0-9]+){3}") ? "[" + name + "]" : name;
    }

    private static boolean isSayable(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    }
}
