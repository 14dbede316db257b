package postroom.deliver.smtp;

import postroom.deliver.Judge;
import postroom.deliver.Landmark;
import postroom.deliver.Transport;
import postroom.deliver.Transport.Opening.NotOpened;
import postroom.deliver.Transport.Opening.Opened;
import postroom.deliver.smtp.Dialling.Outcome;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.oauth.SignIn;
import postroom.oauth.SignIn.Bearer;
import postroom.oauth.SignIns;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.service.Service;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// SMTP towards a smarthost (RFC 5321, RFC 6409), signed in by SASL (RFC 4954), pipelined (RFC
/// 2920), over verified TLS (RFC 3207, RFC 8314).
///
/// Promises: plain text only where the owner chose it; no secret in a conversation or diagnostic; a
/// wait for every step and a deadline for the whole; whatever the network does comes back as a
/// value.
public final class SmtpTransport implements Transport {

    private final SignIns signIns;
    private final Judge judge;
    private final InstantSource clock;
    private final Timeouts timeouts;
    private final Dialling.Means means;

    /// @param open opens the key of a client certificate
    public SmtpTransport(
            SignIns signIns,
            Judge judge,
            InstantSource clock,
            Timeouts timeouts,
            BiFunction<Service, Sealed, Secret> open) {
        this.signIns = signIns;
        this.judge = judge;
        this.clock = clock;
        this.timeouts = timeouts;
        this.means = new Dialling.Means(new TlsContexts(open), new Watch(tick(timeouts)), timeouts);
    }

    @Override
    public Opening open(Service service, Conversation conversation) {
        var signIn = signIns.signInFor(service);
        var first = openWith(signIn, service, conversation);
        // One forced renewal and one new attempt covers expiry, clocks and revocation; more would
        // lock accounts.
        if (!(signIn instanceof Bearer refused && isRefusedSignIn(first))) return first;
        var renewed = signIns.renewedFor(service, refused);
        return isSameToken(renewed, refused) ? first : openWith(renewed, service, conversation);
    }

    @Override
    public Opening reach(Service service, Conversation conversation, Consumer<Landmark> passed) {
        return dial(new SignIn.Anonymous(), service, conversation, passed);
    }

    @Override
    public Opening openAs(String user, Service service, Conversation conversation) {
        var signIn =
                switch (signIns.signInFor(service)) {
                    case Bearer(_, var token, var expires, var mechanism) ->
                            new Bearer(user, token, expires, mechanism);
                    case SignIn.Anonymous anonymous -> anonymous;
                    case SignIn.Password password -> password;
                    case SignIn.NotAuthorized refused -> refused;
                    case SignIn.NotNow later -> later;
                };
        return openWith(signIn, service, conversation);
    }

    private Opening openWith(SignIn signIn, Service service, Conversation conversation) {
        return switch (signIn) {
            case SignIn.NotAuthorized(var diagnostic) ->
                    new NotOpened(diagnostic, Optional.empty());
            case SignIn.NotNow(var diagnostic, var notBefore) ->
                    new NotOpened(
                            diagnostic,
                            notBefore.map(then -> Duration.between(clock.instant(), then)));
            case SignIn.Anonymous _, SignIn.Password _, Bearer _ ->
                    dial(signIn, service, conversation, _ -> {});
        };
    }

    private Opening dial(
            SignIn signIn, Service service, Conversation conversation, Consumer<Landmark> passed) {
        var dialling = new Dialling(service, signIn, means, conversation, passed);
        return switch (dialling.dial()) {
            case Outcome.Ready(var wire, var offer) ->
                    new Opened(new SmtpLine(wire, offer, service, judge, timeouts));
            case Outcome.Failed(var diagnostic) -> new NotOpened(diagnostic, Optional.empty());
        };
    }

    private static boolean isRefusedSignIn(Opening opening) {
        return opening instanceof NotOpened(Diagnostic diagnostic, _)
                && diagnostic instanceof SmtpReply(Stage stage, var reply)
                && stage == Stage.AUTH
                && reply.isPermanent();
    }

    private static boolean isSameToken(SignIn renewed, Bearer refused) {
        return renewed instanceof Bearer bearer
                && bearer.accessToken().equals(refused.accessToken());
    }

    private static Duration tick(Timeouts timeouts) {
        var shortest =
                timeouts.goodbye().compareTo(timeouts.block()) < 0
                        ? timeouts.goodbye()
                        : timeouts.block();
        return Duration.ofMillis(Math.clamp(shortest.toMillis() / 4, 5, 500));
    }
}
