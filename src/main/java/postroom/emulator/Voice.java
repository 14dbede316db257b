package postroom.emulator;

/// The words of a submission server, one object for each connection. What is written here is the
/// plain speech of the RFCs; the providers say most of it in their own way.
abstract sealed class Voice permits MicrosoftVoice, GoogleVoice, SmarthostVoice {
    abstract String greeting();

    abstract String hello(String domain, boolean secured);

    /// May this client use AUTH in the present state?
    abstract boolean offers(String mechanism, boolean secured);

    boolean offersStartTls() {
        return true;
    }

    boolean wantsTls() {
        return true;
    }

    boolean wantsAuth() {
        return true;
    }

    boolean insistsOnHelloAfterTls() {
        return false;
    }

    abstract int sizeLimit();

    String startTls() {
        return "220 2.0.0 Ready to start TLS";
    }

    String noStartTls() {
        return "503 5.5.1 TLS is already active";
    }

    String helloFirst() {
        return "503 5.5.1 EHLO/HELO first";
    }

    String badHello() {
        return "501 5.5.4 Invalid domain name";
    }

    String authBeforeTls() {
        return "538 5.7.11 Encryption required for requested authentication mechanism";
    }

    String unknownMechanism() {
        return "504 5.5.4 Unrecognized authentication type";
    }

    String authTwice() {
        return "503 5.5.1 Already authenticated";
    }

    String authenticated() {
        return "235 2.7.0 Authentication successful";
    }

    abstract String refused(Verdict.Reason reason);

    /// RFC 4954 §4: a client cancels with a single `*`.
    String cancelled() {
        return "501 5.7.0 Authentication cancelled";
    }

    String undecodable() {
        return "501 5.5.2 Cannot decode response";
    }

    String tlsFirst() {
        return "530 5.7.0 Must issue a STARTTLS command first";
    }

    String authFirst() {
        return "530 5.7.0 Authentication required";
    }

    String mail() {
        return "250 2.1.0 Sender OK";
    }

    String badReversePath() {
        return "501 5.1.7 Invalid address";
    }

    String badParameter() {
        return "555 5.5.4 Unsupported parameter";
    }

    String mailTwice() {
        return "503 5.5.1 Sender already specified";
    }

    String senderDenied() {
        return "553 5.7.1 Sender address rejected";
    }

    String tooFast() {
        return "450 4.7.1 Too many messages, slow down";
    }

    String recipient() {
        return "250 2.1.5 Recipient OK";
    }

    String badRecipient() {
        return "501 5.1.3 Invalid address";
    }

    String tooManyRecipients() {
        return "452 4.5.3 Too many recipients";
    }

    String mailFirst() {
        return "503 5.5.1 MAIL first";
    }

    String recipientFirst() {
        return "503 5.5.1 RCPT first";
    }

    String data() {
        return "354 Start mail input; end with <CRLF>.<CRLF>";
    }

    String chunk(int octets) {
        return "250 2.0.0 %d octets received".formatted(octets);
    }

    abstract String accepted(String messageId);

    String tooBig() {
        return "552 5.3.4 Message size exceeds fixed maximum message size";
    }

    String fromDenied(String account, String from) {
        return "550 5.7.1 %s may not send as %s".formatted(account, from);
    }

    String tooManyConnections() {
        return "421 4.7.0 Too many connections";
    }

    String dailyLimit() {
        return "452 4.7.1 Daily limit reached";
    }

    String reset() {
        return "250 2.0.0 Reset";
    }

    String noop() {
        return "250 2.0.0 OK";
    }

    String verify() {
        return "252 2.1.5 Cannot VRFY user";
    }

    String quit() {
        return "221 2.0.0 Bye";
    }

    String unknown() {
        return "500 5.5.1 Unrecognized command";
    }

    String lineTooLong() {
        return "500 5.5.6 Line too long";
    }

    String idle() {
        return "421 4.4.2 Timeout";
    }
}
