package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Properties;

/// Angus Mail knows nothing of the emulator, and gets on with it.
class ForeignClientTest {
    private final Town town =
            new Town(
                    EmulatorScript.demo()
                            .withSmarthost(
                                    new EmulatorScript.Smarthost(
                                            true, false, List.of("PLAIN", "LOGIN", "CRAM-MD5"))));

    @AfterEach
    void close() {
        town.close();
    }

    private void send(int port, String mechanism, boolean startTls, String user, String password)
            throws Exception {
        Properties settings = new Properties();
        settings.put("mail.smtp.auth", "true");
        settings.put("mail.smtp.auth.mechanisms", mechanism);
        settings.put("mail.smtp.starttls.enable", String.valueOf(startTls));
        settings.put("mail.smtp.starttls.required", String.valueOf(startTls));
        settings.put("mail.smtp.ssl.checkserveridentity", "true");
        settings.put(
                "mail.smtp.ssl.socketFactory",
                Caller.trusting(town.emulator.trustedCa()).getSocketFactory());
        settings.put("mail.smtp.dsn.notify", "FAILURE");
        Session session = Session.getInstance(settings);
        MimeMessage message = new MimeMessage(session);
        message.setFrom(new InternetAddress(user));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("user@example.org"));
        message.setSubject("Grüße");
        message.setText(".first\n.\nlast");
        message.saveChanges();
        try (Transport transport = session.getTransport("smtp")) {
            transport.connect("localhost", port, user, password);
            transport.sendMessage(message, message.getAllRecipients());
        }
    }

    @Test
    void angus_mail_sends_through_microsoft_with_xoauth2() throws Exception {
        send(
                town.emulator.microsoft().smtpPort(),
                "XOAUTH2",
                true,
                Town.NOREPLY,
                town.microsoftToken());

        assertThat(town.emulator.mailboxes().sentTo("user@example.org").getFirst().text())
                .contains("\r\n.first\r\n.\r\nlast");
    }

    @Test
    void angus_mail_sends_through_google_with_xoauth2() throws Exception {
        send(town.emulator.google().smtpPort(), "XOAUTH2", true, Town.BILLING, town.googleToken());

        assertThat(town.emulator.mailboxes().received()).isOne();
    }

    @Test
    void angus_mail_hears_of_a_wrong_token_from_both() {
        assertThatThrownBy(() ->
                        send(
                                town.emulator.microsoft().smtpPort(),
                                "XOAUTH2",
                                true,
                                Town.NOREPLY,
                                "wrong"))
                .isInstanceOf(AuthenticationFailedException.class)
                .hasMessageContaining("535 5.7.3");
        assertThatThrownBy(() ->
                        send(
                                town.emulator.google().smtpPort(),
                                "XOAUTH2",
                                true,
                                Town.BILLING,
                                "wrong"))
                .isInstanceOf(MessagingException.class);
    }

    @Test
    void angus_mail_sends_with_a_password_by_login_and_plain() throws Exception {
        send(
                town.emulator.microsoft().smtpPort(),
                "LOGIN",
                true,
                Town.NOREPLY,
                "contoso-demo-password");
        send(town.emulator.google().smtpPort(), "PLAIN", true, Town.BILLING, "fabrikam-app-pass");
        send(
                town.emulator.smarthost().smtpPort(),
                "PLAIN",
                true,
                "relay@smarthost.example",
                "smarthost-demo-password");
        send(
                town.emulator.smarthost().smtpPort(),
                "LOGIN",
                false,
                "relay@smarthost.example",
                "smarthost-demo-password");

        assertThat(town.emulator.mailboxes().received()).isEqualTo(4);
    }

    @Test
    void a_smarthost_without_auth_takes_everything() throws Exception {
        town.emulator.change("smarthost: { starttls: false, auth: [] }");

        try (Caller caller = Caller.at(town.emulator, town.emulator.smarthost().smtpPort())) {
            caller.reply();
            assertThat(caller.say("EHLO client.example"))
                    .doesNotContain("AUTH")
                    .doesNotContain("STARTTLS");
            assertThat(caller.message("a@example.org", "b@example.org", "Subject: x\r\n\r\nx"))
                    .startsWith("250 2.0.0 ");
        }
    }
}
