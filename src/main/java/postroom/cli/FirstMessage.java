package postroom.cli;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;

import org.eclipse.angus.mail.smtp.SMTPTransport;

import java.util.Properties;

/// The first message of the demo, handed in as any mail program would.
final class FirstMessage {

    private static final String QUEUED = "queued as ";

    private FirstMessage() {}

    /// Returns its queue ID.
    static String send(int port, String username, String password, String from, String to)
            throws MessagingException {
        var properties = new Properties();
        properties.setProperty("mail.smtp.starttls.enable", "true");
        properties.setProperty("mail.smtp.starttls.required", "true");
        // The server of the demo made its certificate a moment ago, in this very process.
        properties.setProperty("mail.smtp.ssl.trust", "*");
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "false");
        properties.setProperty("mail.smtp.connectiontimeout", "10000");
        properties.setProperty("mail.smtp.timeout", "30000");
        var session = Session.getInstance(properties);
        var message = new MimeMessage(session);
        message.setFrom(new InternetAddress(from));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(to));
        message.setSubject("The first message of the demo");
        message.setText(
                """
                This message went from an application to Postroom over SMTP, and from there to an
                imaginary Microsoft 365, signed in with OAuth2.
                """);
        try (var transport = (SMTPTransport) session.getTransport("smtp")) {
            transport.connect("127.0.0.1", port, username, password);
            message.saveChanges();
            transport.sendMessage(message, message.getAllRecipients());
            var reply = transport.getLastServerResponse();
            int at = reply.indexOf(QUEUED);
            if (at < 0) throw new MessagingException("the reply names no queue ID: " + reply);
            return reply.substring(at + QUEUED.length()).strip();
        }
    }
}
