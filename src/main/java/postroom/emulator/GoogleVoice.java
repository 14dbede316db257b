package postroom.emulator;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;

/// smtp.gmail.com.
final class GoogleVoice extends Voice {
    private static final String NOT_SUFFICIENT =
            "{\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}";
    private static final String EXPIRED =
            "{\"status\":\"401\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}";
    private static final String BEARER_REFUSED =
            "{\"status\":\"invalid_token\",\"scope\":\"https://mail.google.com/\",\"openid-configuration\":\"https://accounts.google.com/.well-known/openid-configuration\"}";

    private final String host;
    private final String client;
    private final InstantSource clock;
    private final String session;

    GoogleVoice(String host, String client, InstantSource clock) {
        this.host = host;
        this.client = client;
        this.clock = clock;
        this.session =
                " %s-%ssm%sf8f.%s - gsmtp"
                        .formatted(
                                Chance.hex(13),
                                Chance.hex(11),
                                Chance.letters("0123456789", 10),
                                Chance.letters("123456789", 2));
    }

    @Override
    String greeting() {
        return "220 " + host + " ESMTP" + session;
    }

    @Override
    String hello(String domain, boolean secured) {
        return """
        250-%s at your service, [%s]
        250-SIZE %d
        250-8BITMIME
        250-%s
        250-ENHANCEDSTATUSCODES
        250-PIPELINING
        250-CHUNKING
        250 SMTPUTF8
        """
                .formatted(
                        host,
                        client,
                        sizeLimit(),
                        secured
                                ? "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH"
                                : "STARTTLS");
    }

    @Override
    boolean offers(String mechanism, boolean secured) {
        return secured
                && switch (mechanism) {
                    case "LOGIN", "PLAIN", "XOAUTH2", "OAUTHBEARER" -> true;
                    default -> false;
                };
    }

    @Override
    int sizeLimit() {
        return 35_882_577;
    }

    /// The challenge that precedes a refusal, decoded; the client answers it with an empty line.
    String failureChallenge(String mechanism, Verdict.Reason reason) {
        String json =
                mechanism.equals("OAUTHBEARER")
                        ? BEARER_REFUSED
                        : reason == Verdict.Reason.EXPIRED_TOKEN ? EXPIRED : NOT_SUFFICIENT;
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    String helloFirst() {
        return "503 5.5.1 EHLO/HELO first." + session;
    }

    @Override
    String badHello() {
        return "501 5.5.4 HELO/EHLO argument invalid, see https://support.google.com/mail/?p=helo"
                + session;
    }

    @Override
    String noStartTls() {
        return "503 5.5.1 STARTTLS is not available, the connection is secure" + session;
    }

    @Override
    String authBeforeTls() {
        return tlsFirst();
    }

    @Override
    String unknownMechanism() {
        return "504 5.7.4 Unrecognized Authentication Type" + session;
    }

    @Override
    String authTwice() {
        return "503 5.7.0 No identity changes permitted." + session;
    }

    @Override
    String authenticated() {
        return "235 2.7.0 Accepted";
    }

    @Override
    String refused(Verdict.Reason reason) {
        return """
        535-5.7.8 Username and Password not accepted. For more information, go to
        535 5.7.8  https://support.google.com/mail/?p=BadCredentials%s
        """
                .formatted(session);
    }

    @Override
    String cancelled() {
        return "501 5.7.0 Authentication canceled." + session;
    }

    @Override
    String undecodable() {
        return "501 5.5.2 Cannot Decode response" + session;
    }

    @Override
    String tlsFirst() {
        return "530 5.7.0 Must issue a STARTTLS command first." + session;
    }

    @Override
    String authFirst() {
        return """
        530-5.7.0 Authentication Required. For more information, go to
        530 5.7.0  https://support.google.com/mail/?p=WantAuthError%s
        """
                .formatted(session);
    }

    @Override
    String mail() {
        return "250 2.1.0 OK" + session;
    }

    @Override
    String badReversePath() {
        return "553 5.1.7 The sender address is not a valid RFC 5321 address." + session;
    }

    @Override
    String badParameter() {
        return "555 5.5.2 Syntax error, goodbye." + session;
    }

    @Override
    String mailTwice() {
        return "503 5.5.1 MAIL already specified." + session;
    }

    @Override
    String tooFast() {
        return "421 4.7.0 Try again later, closing connection. (MAIL)" + session;
    }

    @Override
    String recipient() {
        return "250 2.1.5 OK" + session;
    }

    @Override
    String badRecipient() {
        return "553 5.1.3 The recipient address is not a valid RFC 5321 address." + session;
    }

    @Override
    String tooManyRecipients() {
        return "452 4.5.3 Your message has too many recipients." + session;
    }

    @Override
    String mailFirst() {
        return "503 5.5.1 MAIL first." + session;
    }

    @Override
    String recipientFirst() {
        return "503 5.5.1 RCPT first." + session;
    }

    @Override
    String data() {
        return "354 Go ahead" + session;
    }

    @Override
    String chunk(int octets) {
        return "250 2.0.0 OK" + session;
    }

    /// Two blanks after OK, the second of acceptance, the session; no Message-ID.
    @Override
    String accepted(String messageId) {
        return "250 2.0.0 OK  " + clock.instant().getEpochSecond() + session;
    }

    @Override
    String tooBig() {
        return "552 5.3.4 Your message exceeded Google's message size limits." + session;
    }

    @Override
    String tooManyConnections() {
        return "421 4.7.0 Try again later, closing connection." + session;
    }

    @Override
    String dailyLimit() {
        return """
        550-5.4.5 Daily user sending limit exceeded. For more information on Gmail
        550-5.4.5 sending limits go to
        550 5.4.5  https://support.google.com/a/answer/166852%s
        """
                .formatted(session);
    }

    @Override
    String reset() {
        return "250 2.1.5 Flushed" + session;
    }

    @Override
    String noop() {
        return "250 2.0.0 OK" + session;
    }

    @Override
    String quit() {
        return "221 2.0.0 closing connection" + session;
    }

    @Override
    String unknown() {
        return "502 5.5.1 Unrecognized command." + session;
    }

    @Override
    String idle() {
        return "451 4.4.2 Timeout - closing connection." + session;
    }
}
