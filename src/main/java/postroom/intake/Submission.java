package postroom.intake;

import postroom.access.Credential;
import postroom.mail.Envelope;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/// One message on the counter, without its content.
///
/// @param envelope its `body` is a guess; what the content holds decides
/// @param hints what the caller said besides the content
public record Submission(Origin origin, Envelope envelope, Hints hints) {

    public enum Door {
        SMTP,
        HTTP,
        SENDMAIL;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Who hands in, and how.
    ///
    /// @param address the client's, where there is a network between us
    /// @param greetedAs what it called itself in EHLO; goes into `Received`
    /// @param protocol the `with` word of `Received` (RFC 3848, RFC 6531), such as `ESMTPSA`
    /// @param remote for people: `10.0.0.8 TLSv1.3`
    public record Origin(
            Door door,
            Credential credential,
            Optional<InetAddress> address,
            Optional<String> greetedAs,
            Optional<String> protocol,
            String remote) {

        /// The HTTP door.
        public static Origin http(Credential credential, InetAddress address) {
            return new Origin(
                    Door.HTTP,
                    credential,
                    Optional.of(address),
                    Optional.empty(),
                    Optional.of("HTTP"),
                    address.getHostAddress());
        }

        /// The `sendmail` command on this machine.
        public static Origin sendmail(Credential credential, String user) {
            return new Origin(
                    Door.SENDMAIL,
                    credential,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    user);
        }
    }
}
