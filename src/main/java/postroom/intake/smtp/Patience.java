package postroom.intake.smtp;

import java.time.Duration;

/// How long a client may take (RFC 5321 §4.5.3.2) and how much it may get wrong.
///
/// @param handshake for TLS
/// @param command from our reply to the end of the next command
/// @param envelope from MAIL to the content
/// @param block between two pieces of content
/// @param content for all content, on top of what [#octetsPerSecond] allows for its size
/// @param octetsPerSecond the slowest pace at which content may come in
/// @param errors commands that are refused as unknown or out of place, per connection
/// @param idleCommands commands that bring no message forward, between two messages
/// @param signIns failed ones, per connection
public record Patience(
        Duration handshake,
        Duration command,
        Duration envelope,
        Duration block,
        Duration content,
        int octetsPerSecond,
        int errors,
        int idleCommands,
        int signIns) {

    public static final Patience USUAL =
            new Patience(
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofMinutes(3),
                    Duration.ofMinutes(5),
                    2_048,
                    10,
                    100,
                    3);
}
