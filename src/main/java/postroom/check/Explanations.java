package postroom.check;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.catalog.Values;
import postroom.check.CheckStep.Name;
import postroom.mail.Address;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.service.Authentication.Basic;
import postroom.service.Service;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a refusal means for this service. A server that gives a reason is believed; where it gives
/// none, what we know of the settings and of the access token says more than the catalog could.
final class Explanations {

    private static final Set<String> NO_REASON = Set.of("5.7.3");

    // RFC 5321 §4.3.2: what EHLO may be answered with, besides "unknown" and "go away".
    private static final Set<Integer> NOT_THIS_NAME = Set.of(501, 504, 553);

    // Postfix refuses the name where it refuses anything else, at RCPT:
    // "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"
    private static final Pattern OF_EHLO_NAME =
            Pattern.compile("\\b(helo|ehlo)\\b", Pattern.CASE_INSENSITIVE);

    private final Service service;
    private final Catalog catalog;
    private final Values values;

    Explanations(Service service, Catalog catalog, Values values) {
        this.service = service;
        this.catalog = catalog;
        this.values = values;
    }

    /// @param suspicion what the access token says about itself, where that is odd
    Advice adviceFor(Trouble trouble, Optional<Condition> suspicion) {
        var diagnostic = trouble.diagnostic();
        if (isAboutEhloName(diagnostic)) return of(new Condition("ehlo-name-refused", ""));
        if (trouble.at() != Name.SIGN_IN || !givesNoReason(diagnostic)) return of(diagnostic);
        if (suspicion.isPresent()) return of(suspicion.get());
        if (!(service.authentication() instanceof Basic)) return of(diagnostic);
        var password = of(new Condition("password-where-oauth2-is-wanted", ""));
        return password.isUnknown() ? of(diagnostic) : password;
    }

    /// The server takes the message under another user name.
    Advice adviceFor(Arrangement taken) {
        return catalog.adviceFor(
                        service.provider(), new Condition("other-user-taken", taken.other()))
                .with(values.with("other_user", taken.other()));
    }

    Advice of(Diagnostic diagnostic) {
        return catalog.adviceFor(service.provider(), diagnostic).with(values);
    }

    /// Some organizations let mail out to their own addresses only, and say so in many ways.
    String outside(Trouble trouble, Address recipient) {
        var own = service.from().address().domain().toLowerCase(Locale.ROOT);
        var theirs = recipient.domain().toLowerCase(Locale.ROOT);
        boolean isOutside =
                !theirs.equals(own) && !theirs.endsWith("." + own) && !own.endsWith("." + theirs);
        boolean isRefused =
                trouble.diagnostic() instanceof SmtpReply(var stage, var reply)
                        && stage.compareTo(Stage.RCPT) >= 0
                        && reply.isPermanent();
        return isOutside && isRefused
                ? recipient
                        + " is outside "
                        + own
                        + ": some organizations let mail out to their own addresses only; run the"
                        + " test with an address inside as well"
                : "";
    }

    static boolean givesNoReason(Diagnostic diagnostic) {
        // Exchange answers 535 5.7.3 to every token it does not like; other refusals say why.
        return diagnostic instanceof SmtpReply(var stage, var reply)
                && stage == Stage.AUTH
                && reply.code() == 535
                && reply.status()
                        .map(Object::toString)
                        .filter(s -> !NO_REASON.contains(s))
                        .isEmpty();
    }

    private static boolean isAboutEhloName(Diagnostic diagnostic) {
        if (diagnostic instanceof Condition(var name, _)) return name.equals("ehlo-name-unusable");
        return diagnostic instanceof SmtpReply(var stage, var reply)
                && reply.code() != 421
                && ((stage == Stage.EHLO && NOT_THIS_NAME.contains(reply.code()))
                        || (isBeforeContent(stage) && OF_EHLO_NAME.matcher(reply.text()).find()));
    }

    private static boolean isBeforeContent(Stage stage) {
        return switch (stage) {
            case EHLO, MAIL, RCPT -> true;
            case RESOLVE, CONNECT, TLS, GREETING, STARTTLS, TOKEN, AUTH, DATA, CONTENT -> false;
            case AFTER_FINAL_DOT, API -> false;
        };
    }
}
