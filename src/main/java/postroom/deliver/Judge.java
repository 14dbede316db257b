package postroom.deliver;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.HttpAnswer;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Recipient;
import postroom.mail.Scope;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Decides what a diagnostic means for a recipient: sent, deferred or refused, and whose trouble it
/// is. The catalog knows the meaning, the stage knows whom it concerns.
///
/// Unknown trouble defers. Nothing that happens before `MAIL` can refuse a message: a locked door
/// is the service's trouble, whatever the reply code says.
public final class Judge {

    private static final Set<String> OF_A_MESSAGE =
            Set.of(
                    "smtputf8-not-offered",
                    "size-exceeds-advertised",
                    "content-unreadable",
                    "internal-error");

    private final Catalog catalog;

    public Judge(Catalog catalog) {
        this.catalog = catalog;
    }

    /// A verdict and the advice it follows.
    public record Judgement(DeliveryResult result, Advice advice) {}

    /// The next hop took responsibility; nobody is asked.
    ///
    /// @param passedOn it was told what the sender wants to hear
    public DeliveryResult sent(Recipient recipient, Diagnostic diagnostic, boolean passedOn) {
        return new Sent(recipient, diagnostic, passedOn);
    }

    /// @param provider the catalog's name of who answered
    /// @param stage how far the dialogue had come
    /// @param askedToWait how long the far side asked for, where it did
    public Judgement judge(
            String provider,
            Recipient recipient,
            Diagnostic diagnostic,
            Stage stage,
            Optional<Duration> askedToWait) {
        var advice = adviceFor(provider, diagnostic);
        var result =
                isFinal(advice, diagnostic, stage)
                        ? new Refused(recipient, diagnostic)
                        : new Deferred(
                                recipient,
                                diagnostic,
                                scopeOf(advice, diagnostic, stage),
                                askedToWait);
        return new Judgement(result, advice);
    }

    /// As above, for a far side that named no time and a diagnostic that knows its stage.
    public Judgement judge(String provider, Recipient recipient, Diagnostic diagnostic) {
        return judge(provider, recipient, diagnostic, stageOf(diagnostic), Optional.empty());
    }

    public Advice adviceFor(String provider, Diagnostic diagnostic) {
        return catalog.adviceFor(provider, diagnostic);
    }

    /// The stage a diagnostic speaks of. A condition is found while a line opens, but for the few
    /// that concern a message.
    public static Stage stageOf(Diagnostic diagnostic) {
        return switch (diagnostic) {
            case SmtpReply reply -> reply.stage();
            case NoAnswer silence -> silence.stage();
            case HttpAnswer _ -> Stage.API;
            case OAuthError _ -> Stage.TOKEN;
            case Condition(var name, _) -> OF_A_MESSAGE.contains(name) ? Stage.MAIL : Stage.CONNECT;
        };
    }

    private static boolean isFinal(Advice advice, Diagnostic diagnostic, Stage stage) {
        if (isBeforeMail(stage) || isTransient(diagnostic)) return false;
        if (advice.retry() == Advice.Retry.PERMANENT) return true;
        return advice.isUnknown()
                && diagnostic instanceof SmtpReply(_, var reply)
                && reply.isPermanent();
    }

    // RFC 5321 §4.2.1: whoever says 4yz wants to be asked again, whatever others mean by the words.
    private static boolean isTransient(Diagnostic diagnostic) {
        return diagnostic instanceof SmtpReply(_, var reply) && reply.code() / 100 == 4;
    }

    private static Scope scopeOf(Advice advice, Diagnostic diagnostic, Stage stage) {
        if (advice.scope().isPresent()) return advice.scope().get();
        if (isBeforeMail(stage)) return Scope.SERVICE;
        return switch (advice.retry()) {
            case SLOW_DOWN, NEEDS_REAUTHORIZATION, NEEDS_ADMIN -> Scope.SERVICE;
            case TRANSIENT, PERMANENT -> concerned(diagnostic, stage);
        };
    }

    // A connection that breaks, and a 421 (RFC 5321 §3.8), concern more than the one recipient
    // whose
    // turn it was. Neither is the service's trouble: some servers say 421 to one message they
    // dislike.
    private static Scope concerned(Diagnostic diagnostic, Stage stage) {
        boolean answered = diagnostic instanceof SmtpReply(_, var reply) && reply.code() != 421;
        return stage == Stage.RCPT && answered ? Scope.RECIPIENT : Scope.MESSAGE;
    }

    private static boolean isBeforeMail(Stage stage) {
        return switch (stage) {
            case RESOLVE, CONNECT, TLS, GREETING, EHLO, STARTTLS, TOKEN, AUTH -> true;
            case MAIL, RCPT, DATA, CONTENT, AFTER_FINAL_DOT, API -> false;
        };
    }
}
