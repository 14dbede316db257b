package postroom.service;

import postroom.secret.Sealed;

import java.util.Optional;

/// Where and how a service speaks SMTP.
///
/// @param ehloHostname what we call ourselves; empty means the value of `host` (decision on S5-06)
/// @param trustedCa PEM of the authority to trust instead of the platform's, for SMTP and token
///   endpoint
/// @param clientCertificate PEM of the certificate we show in the TLS handshake, with its key
public record SmtpSettings(
        String host,
        int port,
        Tls tls,
        Optional<String> ehloHostname,
        Optional<String> trustedCa,
        Optional<ClientCertificate> clientCertificate,
        Pipelining pipelining) {

    public SmtpSettings {
        if (port < 1 || port > 65_535) throw new IllegalArgumentException("not a port: " + port);
    }

    public String ehloName() {
        return ehloHostname.orElse(host);
    }

    public enum Tls {
        /// Required and verified; never falls back to plain text.
        STARTTLS,
        /// From the first octet on (RFC 8314).
        IMPLICIT,
        /// Plain text: a choice the owner makes and every page repeats.
        NONE
    }

    /// How far ahead of the replies we write, where the server offers PIPELINING (RFC 2920).
    public enum Pipelining {
        OFF,
        /// MAIL, RCPT and DATA in one group.
        ENVELOPE,
        /// The next message's envelope right behind the final dot: one round trip per message.
        NEXT_ENVELOPE
    }

    /// Both in PEM.
    public record ClientCertificate(String certificate, Sealed key) {}
}
