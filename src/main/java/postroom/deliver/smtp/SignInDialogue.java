package postroom.deliver.smtp;

import postroom.mail.Conversation;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;
import postroom.oauth.SignIn;
import postroom.oauth.SignIn.Bearer;
import postroom.oauth.SignIn.Password;
import postroom.service.SmtpSettings;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Optional;

/// The AUTH command (RFC 4954) with the mechanisms of [Sasl]. The conversation sees every step and
/// no secret.
final class SignInDialogue {

    // RFC 5321 §4.5.3.1.4, with CRLF. RFC 4954 §4: a longer initial response waits for the 334.
    private static final int LONGEST_COMMAND = 512;
    private static final int LONGEST_CHALLENGE_SHOWN = 1_000;

    private final Wire wire;
    private final SmtpSettings settings;
    private final Conversation conversation;
    private final Unspoken unspoken = new Unspoken();

    SignInDialogue(Wire wire, SmtpSettings settings, Conversation conversation) {
        this.wire = wire;
        this.settings = settings;
        this.conversation = conversation;
    }

    /// Signs in. Empty: signed in, or nothing had to be shown.
    Optional<Diagnostic> run(SignIn signIn, Offer offer) throws Lost {
        return switch (signIn) {
            case SignIn.Anonymous _ -> Optional.empty();
            case SignIn.NotAuthorized(var diagnostic) -> Optional.of(diagnostic);
            case SignIn.NotNow(var diagnostic, _) -> Optional.of(diagnostic);
            case Bearer bearer -> {
                if (!Sasl.isSayable(bearer.user(), bearer.accessToken())) yield unsayable();
                var mechanism = Sasl.choose(bearer, offer.mechanisms());
                if (mechanism.isEmpty()) yield notOffered("xoauth2-not-offered", offer);
                yield withBearer(bearer, mechanism.get());
            }
            case Password password -> {
                if (!Sasl.isSayable(password.user(), password.password())) yield unsayable();
                var mechanism = Sasl.choose(password, offer.mechanisms());
                if (mechanism.isEmpty()) yield notOffered("auth-not-offered", offer);
                yield withPassword(password, mechanism.get());
            }
        };
    }

    private Optional<Diagnostic> withBearer(Bearer bearer, Sasl mechanism) throws Lost {
        unspoken.add(bearer.accessToken().value());
        var response =
                mechanism == Sasl.XOAUTH2
                        ? Sasl.xoauth2(bearer)
                        : Sasl.oauthbearer(bearer, settings.host(), settings.port());
        var heard = initialResponse(mechanism, response);
        if (heard.reply().code() != 334) return verdict(heard, "");
        // XOAUTH2 wants an empty line, RFC 7628 §3.2.3 a single \x01; only then comes the verdict.
        var acknowledgement = mechanism == Sasl.XOAUTH2 ? "" : "AQ==";
        var complaint = decoded(heard.reply());
        return verdict(ask(acknowledgement, "‹acknowledged›"), complaint);
    }

    private Optional<Diagnostic> withPassword(Password password, Sasl mechanism) throws Lost {
        var secret = password.password().value();
        unspoken.add(secret);
        if (mechanism == Sasl.PLAIN)
            return verdict(initialResponse(mechanism, Sasl.plain(password)), "");
        var heard = command("AUTH " + mechanism.word());
        if (heard.reply().code() != 334) return verdict(heard, "");
        if (mechanism == Sasl.CRAM_MD5) {
            var challenge = challenge(heard.reply());
            return verdict(show(Sasl.cramMd5(password, challenge)), "");
        }
        // The prompts are not standardised ("Username:", "User Name\0"); their order is.
        heard = show(Sasl.base64(password.user()));
        if (heard.reply().code() == 334) heard = show(Sasl.base64(secret));
        return verdict(heard, "");
    }

    private SmtpReply initialResponse(Sasl mechanism, String response) throws Lost {
        var command = "AUTH " + mechanism.word();
        boolean fits = command.length() + 1 + response.length() + 2 <= LONGEST_COMMAND;
        if (fits) {
            unspoken.addEncoded(response);
            return ask(command + " " + response, command + " " + Unspoken.MASKED);
        }
        var heard = command(command);
        return heard.reply().code() == 334 ? show(response) : heard;
    }

    private SmtpReply show(String response) throws Lost {
        unspoken.addEncoded(response);
        return ask(response, Unspoken.MASKED);
    }

    private SmtpReply command(String line) throws Lost {
        return ask(line, line);
    }

    private SmtpReply ask(String line, String shown) throws Lost {
        long began = System.nanoTime();
        try {
            wire.say(line);
            var heard = wire.hear(Stage.AUTH);
            note(shown, heard.text(), began);
            return heard;
        } catch (Lost lost) {
            note(shown, lost.diagnostic().text(), began);
            throw new Lost(lost.diagnostic().stage(), unspoken.masked(lost.diagnostic().text()));
        }
    }

    private void note(String said, String heard, long began) {
        conversation.add(
                Stage.AUTH,
                said,
                unspoken.masked(heard),
                Duration.ofNanos(System.nanoTime() - began));
    }

    // The server's complaint in the 334 often says more than its verdict, so both are kept.
    private Optional<Diagnostic> verdict(SmtpReply heard, String complaint) throws Lost {
        var reply = heard.reply();
        if (reply.code() >= 200 && reply.code() < 300) return Optional.empty();
        if (reply.isPositive())
            throw new Lost(
                    Stage.AUTH, "unexpected reply to AUTH: " + unspoken.masked(reply.text()));
        var lines = new ArrayList<String>();
        for (var line : reply.lines()) lines.add(unspoken.masked(line));
        if (!complaint.isEmpty()) lines.add(unspoken.masked(complaint));
        return Optional.of(
                new SmtpReply(Stage.AUTH, new Reply(reply.code(), reply.status(), lines)));
    }

    private static Optional<Diagnostic> notOffered(String condition, Offer offer) {
        if (offer.mechanisms().isEmpty())
            return Optional.of(
                    new Condition("auth-not-offered", "the server offers no authentication"));
        boolean isPassword = condition.equals("auth-not-offered");
        boolean wantsToken =
                isPassword
                        && (offer.mechanisms().contains("XOAUTH2")
                                || offer.mechanisms().contains("OAUTHBEARER"));
        return Optional.of(
                new Condition(
                        wantsToken ? "only-oauth2-offered" : condition,
                        "the server offers " + String.join(" ", offer.mechanisms()) + " only"));
    }

    private static Optional<Diagnostic> unsayable() {
        return Optional.of(
                new Condition(
                        "credential-unusable",
                        "user name or secret is empty or holds CR, LF, NUL or \\x01"));
    }

    private static String decoded(Reply challenge) {
        var text = new String(challenge(challenge), StandardCharsets.UTF_8).strip();
        var shown = ReplyReader.shown(text);
        return shown.length() <= LONGEST_CHALLENGE_SHOWN
                ? shown
                : shown.substring(0, LONGEST_CHALLENGE_SHOWN);
    }

    private static byte[] challenge(Reply reply) {
        try {
            return Base64.getMimeDecoder().decode(reply.lines().getLast().strip());
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }
}
