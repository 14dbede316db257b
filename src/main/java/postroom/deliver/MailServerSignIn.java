package postroom.deliver;

import postroom.deliver.Transport.Opening;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.service.Service;

import java.time.Duration;
import java.util.Optional;

/// Signs in at the mail server and says goodbye, where nobody has sent for a day. Microsoft may
/// switch SMTP off in organizations that do not use it: so it is used, and if it was switched off
/// all the same, that is known before mail needs it.
public final class MailServerSignIn {

    private static final String SWITCHES_OFF_WHAT_RESTS = "exchange-online";
    private static final Duration FOR_A_PLACE = Duration.ofSeconds(5);

    private final Transport transport;
    private final Places places;
    private final Judge judge;

    public MailServerSignIn(Transport transport, Places places, Judge judge) {
        this.transport = transport;
        this.places = places;
        this.judge = judge;
    }

    /// What the server said to a sign-in that it refused; empty where it let us in, where nobody
    /// answered, or where this service need not be looked after.
    Optional<Diagnostic> refusal(Service service) {
        if (!service.provider().equals(SWITCHES_OFF_WHAT_RESTS)) return Optional.empty();
        var place = places.take(service, FOR_A_PLACE);
        if (place.isEmpty()) return Optional.empty(); // mail keeps it busy
        try (var taken = place.get()) {
            return switch (transport.open(service, new Conversation())) {
                case Opening.Opened(var line) -> {
                    line.close();
                    yield Optional.empty();
                }
                case Opening.NotOpened(var diagnostic, _) ->
                        isNo(service, diagnostic) ? Optional.of(diagnostic) : Optional.empty();
            };
        }
    }

    private boolean isNo(Service service, Diagnostic diagnostic) {
        if (!(diagnostic instanceof SmtpReply(_, var reply)) || !reply.isPermanent()) return false;
        return switch (judge.adviceFor(service.provider(), diagnostic).retry()) {
            case NEEDS_ADMIN, NEEDS_REAUTHORIZATION, PERMANENT -> true;
            case TRANSIENT, SLOW_DOWN -> false;
        };
    }
}
