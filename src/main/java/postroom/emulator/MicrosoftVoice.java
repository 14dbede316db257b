package postroom.emulator;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Exchange Online (client submission).
final class MicrosoftVoice extends Voice {
    private static final DateTimeFormatter GREETING_TIME =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss +0000", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TRAILER_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final String STORE = "AM5PR00MB0001.eurprd00.prod.outlook.com";

    private final String host;
    private final String client;
    private final InstantSource clock;
    private final String session = "08" + Chance.hex(14).toUpperCase(Locale.ROOT);

    MicrosoftVoice(String host, String client, InstantSource clock) {
        this.host = host;
        this.client = client;
        this.clock = clock;
    }

    @Override
    String greeting() {
        return "220 %s Microsoft ESMTP MAIL Service ready at %s [%s]"
                .formatted(host, GREETING_TIME.format(clock.instant()), session);
    }

    @Override
    String hello(String domain, boolean secured) {
        return """
        250-%s Hello [%s]
        250-SIZE %d
        250-PIPELINING
        250-DSN
        250-ENHANCEDSTATUSCODES
        250-%s
        250-8BITMIME
        250-BINARYMIME
        250-CHUNKING
        250 SMTPUTF8
        """
                .formatted(host, client, sizeLimit(), secured ? "AUTH LOGIN XOAUTH2" : "STARTTLS");
    }

    @Override
    boolean offers(String mechanism, boolean secured) {
        return secured && (mechanism.equals("LOGIN") || mechanism.equals("XOAUTH2"));
    }

    @Override
    boolean insistsOnHelloAfterTls() {
        return true;
    }

    @Override
    int sizeLimit() {
        return 157_286_400;
    }

    @Override
    String startTls() {
        return "220 2.0.0 SMTP server ready";
    }

    @Override
    String helloFirst() {
        return "503 5.5.2 Send hello first" + trailer();
    }

    @Override
    String badHello() {
        return "501 5.5.4 Invalid domain name" + trailer();
    }

    @Override
    String authBeforeTls() {
        return unknownMechanism();
    }

    @Override
    String unknownMechanism() {
        return "504 5.7.4 Unrecognized authentication type" + trailer();
    }

    @Override
    String authTwice() {
        return "503 5.5.2 Already authenticated" + trailer();
    }

    @Override
    String refused(Verdict.Reason reason) {
        return switch (reason) {
            case DISABLED_TENANT ->
                    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"
                            + " for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more"
                            + " information."
                            + trailer();
            case DISABLED_MAILBOX ->
                    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled"
                            + " for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more"
                            + " information."
                            + trailer();
            case WRONG_PASSWORD ->
                    "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect."
                            + trailer();
            case MALFORMED,
                    UNKNOWN_TOKEN,
                    EXPIRED_TOKEN,
                    WRONG_AUDIENCE,
                    MISSING_PERMISSION,
                    WRONG_USER ->
                    "535 5.7.3 Authentication unsuccessful" + trailer();
        };
    }

    /// Exchange answers 535 where RFC 4954 says 501.
    @Override
    String cancelled() {
        return "535 5.7.3 Authentication unsuccessful" + trailer();
    }

    @Override
    String undecodable() {
        return "535 5.7.3 Authentication unsuccessful" + trailer();
    }

    @Override
    String tlsFirst() {
        return "451 5.7.3 STARTTLS is required to send mail [%s]".formatted(host);
    }

    @Override
    String authFirst() {
        return "530 5.7.57 Client not authenticated to send mail." + trailer();
    }

    @Override
    String badParameter() {
        return "501 5.5.4 Unrecognized parameter" + trailer();
    }

    @Override
    String mailTwice() {
        return "503 5.5.2 Sender already specified" + trailer();
    }

    @Override
    String senderDenied() {
        return "550 5.7.60 SMTP; Client does not have permissions to send as this sender [%s]"
                .formatted(host);
    }

    @Override
    String tooFast() {
        return "421 4.4.2 Message submission rate for this client has exceeded the configured"
                + " limit";
    }

    @Override
    String mailFirst() {
        return "503 5.5.2 Need mail command" + trailer();
    }

    @Override
    String recipientFirst() {
        return "503 5.5.2 Need rcpt command" + trailer();
    }

    @Override
    String chunk(int octets) {
        return "250 2.6.0 CHUNK received OK, %d octets".formatted(octets);
    }

    @Override
    String accepted(String messageId) {
        return "250 2.0.0 OK %s [Hostname=%s]".formatted(messageId, STORE);
    }

    @Override
    String fromDenied(String account, String from) {
        return "554 5.2.252 SendAsDenied; %s not allowed to send as %s; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message due to a permanent exception with message [BeginDiagnosticData]Cannot submit message. 0.35250:0A000130 [Hostname=%s]"
                .formatted(account, from, STORE);
    }

    @Override
    String tooManyConnections() {
        return "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [Hostname=%s]"
                .formatted(STORE);
    }

    @Override
    String dailyLimit() {
        return "550 5.1.90 Your message can't be sent because you've reached your daily limit for"
                + " message recipients";
    }

    @Override
    String reset() {
        return "250 2.0.0 Resetting";
    }

    @Override
    String quit() {
        return "221 2.0.0 Service closing transmission channel";
    }

    @Override
    String idle() {
        return "421 4.4.1 Connection timed out" + trailer();
    }

    String bareLineFeed() {
        return "550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which"
                + " cannot be sent via DATA and receiving system does not support BDAT";
    }

    private String trailer() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return " [%s %s %s]".formatted(host, TRAILER_TIME.format(now), session);
    }
}
