package postroom.emulator;

import postroom.emulator.Fault.Action;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// What the sign-in servers and the submission servers of one emulator share.
record Premises(
        AtomicReference<EmulatorScript> current,
        EmulatorClock clock,
        Grants grants,
        Faults faults,
        EmulatorLog log,
        Mailboxes mailboxes) {

    EmulatorScript script() {
        return current.get();
    }

    Instant now() {
        return clock.instant();
    }

    boolean isOlder(Instant since, Duration lifetime) {
        return !now().isBefore(since.plus(lifetime));
    }

    /// Whose tokens a token request is about, as far as it tells; for the log and for faults meant
    /// for one user only.
    String userOf(Web.Fields form) {
        return switch (form.text("grant_type")) {
            case "refresh_token" ->
                    grants.refresh(form.text("refresh_token"))
                            .map(r -> r.consent.user())
                            .orElse("");
            case "authorization_code" ->
                    grants.code(form.text("code")).map(c -> c.consent.user()).orElse("");
            default -> "";
        };
    }

    /// The answer of a web server that is in trouble; empty for the kinds of trouble that need
    /// words of its own.
    static Optional<Web.Answer> webTrouble(Action action) {
        return switch (action) {
            case Action.Drop drop -> Optional.of(Web.Answer.dropped());
            case Action.DropBeforeReply drop -> Optional.of(Web.Answer.dropped());
            case Action.DropInData drop -> Optional.of(Web.Answer.dropped());
            case Action.Garbage garbage ->
                    Optional.of(
                            Web.Answer.html(
                                    200,
                                    "<html><body>Our services aren't available right"
                                            + " now</body></html>"));
            case Action.Silence(var length) -> {
                Pause.lasting(length);
                yield Optional.of(Web.Answer.dropped());
            }
            case Action.Smtp(String text) -> Optional.of(Web.Answer.text(503, text));
            case Action.OAuth error -> Optional.empty();
            case Action.Delay delay -> Optional.empty();
            case Action.Catalog named ->
                    throw new IllegalStateException("not looked up: " + named.entry());
        };
    }
}
