package postroom.deliver.smtp;

import java.time.Duration;

/// How long the client waits for what (RFC 5321 §4.5.3.2), and when a line ends by itself.
///
/// @param connect for all addresses of a host together
/// @param command for MAIL, RCPT, EHLO and AUTH
/// @param block for each part of the content that is written
/// @param conversation for one message from MAIL to the last reply, and for opening a line
/// @param idle how long a line waits for its next message before it says goodbye
/// @param line how old a line gets; an access token is checked only when it begins
public record Timeouts(
        Duration connect,
        Duration handshake,
        Duration greeting,
        Duration command,
        Duration data,
        Duration block,
        Duration finalDot,
        Duration goodbye,
        Duration conversation,
        Duration idle,
        Duration line) {

    public static Timeouts standard() {
        return new Timeouts(
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofMinutes(2),
                Duration.ofMinutes(3),
                Duration.ofMinutes(10),
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                Duration.ofMinutes(30));
    }
}
