package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import postroom.deliver.Consignment;
import postroom.deliver.Transport.Opening;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.secret.Secret;
import postroom.service.Authentication.Mechanism;
import postroom.service.Limits;
import postroom.service.Service;
import postroom.service.SmtpSettings;
import postroom.service.SmtpSettings.Pipelining;
import postroom.service.SmtpSettings.Tls;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A server that somebody else wrote understands us.
@Timeout(30)
class GreenMailTest {

    private final GreenMail greenMail =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void start() {
        greenMail.start();
        greenMail.setUser("sender@example.test", "sender@example.test", "correct horse");
        greenMail.getUserManager().setAuthRequired(true);
    }

    @AfterEach
    void stop() {
        greenMail.stop();
    }

    @Test
    void takes_mail_after_a_password() throws Exception {
        var heard =
                carry(new SignIn.Password("sender@example.test", new Secret("correct horse")), 3);

        assertThat(heard.results)
                .containsExactly("a@example.net sent", "a@example.net sent", "a@example.net sent");
        assertThat(greenMail.getReceivedMessages()).hasSize(3);
        assertThat(greenMail.getReceivedMessages()[0].getContent().toString())
                .startsWith(".dot\r\nHello 1");
    }

    @Test
    void refuses_a_wrong_password() {
        var heard = carry(new SignIn.Password("sender@example.test", new Secret("wrong")), 1);

        assertThat(heard.results).containsExactly("deferred, scope service");
        assertThat(heard.advice).containsExactly("smtp-535");
    }

    @Test
    void takes_mail_after_an_access_token() {
        // GreenMail takes the password for an access token
        var heard =
                carry(
                        new SignIn.Bearer(
                                "sender@example.test",
                                new Secret("correct horse"),
                                Instant.EPOCH,
                                Mechanism.AUTO),
                        1);

        assertThat(heard.results).containsExactly("a@example.net sent");
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
    }

    private TranscriptTest.Heard carry(SignIn signIn, int messages) {
        var heard = new TranscriptTest.Heard();
        var smtp =
                new SmtpSettings(
                        "127.0.0.1",
                        greenMail.getSmtp().getPort(),
                        Tls.NONE,
                        Optional.of("mail.example.test"),
                        Optional.empty(),
                        Optional.empty(),
                        Pipelining.NEXT_ENVELOPE);
        var service = Scene.service(smtp, Limits.ofConnections(1));
        var transport =
                new SmtpTransport(
                        always(signIn),
                        heard.judge,
                        () -> Instant.EPOCH,
                        Timeouts.standard(),
                        (_, _) -> new Secret(""));
        switch (transport.open(service, new Conversation())) {
            case Opening.NotOpened(var diagnostic, _) ->
                    heard.add("", heard.judge.judge("test", Scene.NOBODY, diagnostic).result());
            case Opening.Opened(var line) -> {
                var waiting = new ArrayList<Consignment>();
                for (int i = 1; i <= messages; i++) waiting.add(consignment(i));
                line.carry(
                        _ ->
                                waiting.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(waiting.removeFirst()),
                        heard);
                line.close();
            }
        }
        return heard;
    }

    private static Consignment consignment(int number) {
        var content =
                TranscriptTest.content("Subject: hello\r\n\r\n.dot\r\nHello " + number + "\r\n");
        return new Consignment(
                new QueueId(number),
                Optional.of(Address.of("sender@example.test")),
                List.of(new Recipient(number, Address.of("a@example.net"))),
                Body.SEVEN_BIT,
                false,
                content);
    }

    private static SignIns always(SignIn signIn) {
        return new SignIns() {
            @Override
            public SignIn signInFor(Service service) {
                return signIn;
            }

            @Override
            public SignIn renewedFor(Service service, SignIn.Bearer refused) {
                return refused;
            }
        };
    }
}
