package postroom.console;

import java.net.URI;
import java.time.Duration;

/// What an application needs to hand mail in to this very server, for pages that have nothing to
/// show yet, and what the owner chose for what they show.
///
/// @param port where submission listens with STARTTLS; 0 where it does not
/// @param baseUrl of console and API
/// @param contentKept how long content is kept after a message is done
public record FirstSteps(String host, int port, URI baseUrl, Duration contentKept) {

    public long daysKept() {
        return Math.max(1, contentKept.toDays());
    }

    /// Three lines that send a message, for a shell.
    ///
    /// @param username of an application
    public String example(String username) {
        return """
        curl --ssl-reqd -k smtp://%s:%d -u '%s:PASSWORD' \\
          --mail-from noreply@example.com --mail-rcpt ada@example.net \\
          -H 'From: noreply@example.com' -H 'To: ada@example.net' -H 'Subject: Hello' -F '=Hello'\
        """
                .formatted(host, port, username);
    }
}
