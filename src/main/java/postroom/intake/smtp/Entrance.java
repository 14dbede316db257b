package postroom.intake.smtp;

/// The ways to reach the SMTP door.
public enum Entrance {
    /// Submission on port 587: STARTTLS, then AUTH.
    STARTTLS,
    /// Submission on port 465: TLS from the first octet on (RFC 8314), then AUTH.
    TLS,
    /// For devices on listed networks: no TLS, no AUTH; the network is the credential.
    PLAIN,
    /// `sendmail -bs`: the standard streams of a process of this machine.
    LOCAL
}
