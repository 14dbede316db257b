package postroom.deliver.smtp;

import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.Stage;

import java.io.IOException;

/// The connection is of no more use: gone, silent, or not speaking SMTP. Never leaves this room.
final class Lost extends IOException {

    private static final long serialVersionUID = 1;

    private final transient NoAnswer diagnostic;

    Lost(Stage stage, String text) {
        super(text);
        this.diagnostic = new NoAnswer(stage, text);
    }

    NoAnswer diagnostic() {
        return diagnostic;
    }

    // It is an outcome, not a fault: nobody reads its stack.
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
