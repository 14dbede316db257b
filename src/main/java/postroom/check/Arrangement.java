package postroom.check;

import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.EnhancedStatus;
import postroom.mail.Reply;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

import java.util.Optional;
import java.util.Set;

/// A shared mailbox both ways round: the user name shown with an access token is the account that
/// signs in, or the mailbox the mail is from. Servers differ in which they take, and tell it only
/// by refusing the other.
///
/// @param user the one that is set
/// @param other the one that could be
record Arrangement(String user, String other) {

    private static final Set<String> NO_REASON = Set.of("5.7.3", "5.7.8");
    private static final Set<String> NOT_THIS_SENDER = Set.of("5.7.60", "5.7.57", "5.7.1");

    /// Empty where both are the same.
    static Optional<Arrangement> of(Service service) {
        if (!(service.authentication() instanceof OAuth2 oauth2)) return Optional.empty();
        var user = oauth2.saslUser();
        var from = service.from().address().toString();
        var other = user.equalsIgnoreCase(from) ? oauth2.login() : from;
        return other.equalsIgnoreCase(user)
                ? Optional.empty()
                : Optional.of(new Arrangement(user, other));
    }

    /// True when the server may have refused because of the user name.
    static boolean mayExplain(Trouble trouble) {
        if (!(trouble.diagnostic() instanceof SmtpReply(_, var reply)) || !reply.isPermanent())
            return false;
        return switch (trouble.at()) {
            case SIGN_IN -> reply.code() == 535 && is(reply, NO_REASON, true);
            case SENDER -> is(reply, NOT_THIS_SENDER, false);
            // Exchange Online: "554 5.2.252 SendAsDenied; A not allowed to send as B"
            case MESSAGE ->
                    is(reply, Set.of("5.7.60"), false) || reply.text().contains("SendAsDenied");
            case SETTINGS, NAME, CONNECT, TLS, EHLO, ACCESS_TOKEN, TOKEN_REVIEW, RECIPIENT -> false;
        };
    }

    private static boolean is(Reply reply, Set<String> statuses, boolean withoutStatus) {
        return reply.status()
                .map(EnhancedStatus::toString)
                .map(statuses::contains)
                .orElse(withoutStatus);
    }
}
