package postroom.deliver.smtp;

import org.jspecify.annotations.Nullable;

import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;

import java.util.ArrayList;
import java.util.List;

/// One MAIL, RCPT…, DATA (RFC 5321 §3.3). Its commands are numbered: 0 is MAIL, then the
/// recipients, then DATA. `written` runs ahead of `answered` as far as the pipeline goes.
final class Transaction {

    final Load load;
    final List<Load.Path> paths;

    /// A RSET stands before the MAIL.
    boolean resetAhead;

    int written;
    int answered;
    boolean mailAccepted;
    boolean dataAccepted;

    /// Octets of the content may have left.
    boolean contentBegun;

    final List<Load.Path> accepted;

    /// A 421, after which the server listens no more.
    @Nullable SmtpReply closing;

    private final long began = System.nanoTime();

    Transaction(Load load, int recipientsAtMost) {
        this.load = load;
        this.paths = load.take(recipientsAtMost);
        this.accepted = new ArrayList<>(paths.size());
    }

    int commands() {
        return paths.size() + 2;
    }

    String command(int number) {
        return switch (stage(number)) {
            case MAIL -> load.mail();
            case RCPT -> paths.get(number - 1).command();
            default -> "DATA";
        };
    }

    /// What the server owes the next reply to.
    String lastSaid() {
        return answered < commands()
                ? command(answered)
                : "‹" + load.consignment().content().size() + " octets›";
    }

    Stage stage(int number) {
        return number == 0 ? Stage.MAIL : number <= paths.size() ? Stage.RCPT : Stage.DATA;
    }

    /// True while it makes sense to write the next command.
    boolean mayGoOn() {
        if (closing != null || answered == commands()) return false;
        if (answered > 0 && !mailAccepted) return false;
        return written < commands() - 1 || !accepted.isEmpty() || answered < written;
    }

    long nanos() {
        return System.nanoTime() - began;
    }
}
