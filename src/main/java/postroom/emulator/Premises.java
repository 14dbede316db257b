package postroom.emulator;

import postroom.emulator.Fault.Action;

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
