package postroom.intake.http;

import jakarta.activation.DataHandler;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.util.ByteArrayDataSource;

import postroom.intake.http.ReadMessage.Attachment;
import postroom.intake.http.ReadMessage.Person;
import postroom.mail.Address;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/// Writes a message as MIME (RFC 2045 to 2049). Bcc is not written: it stands in the envelope
/// alone. Parts nest as mail programs expect: mixed(alternative(text, related(html, inline…)),
/// attached…), with every level left out that has one member.
final class MimeWriter {

    private final ReadMessage message;

    MimeWriter(ReadMessage message) {
        this.message = message;
    }

    void writeTo(OutputStream out, Instant now) throws IOException {
        try {
            var mime = new Built(session());
            header(mime, now);
            content(mime);
            mime.writeTo(out);
        } catch (MessagingException unexpected) {
            throw new IllegalStateException("the fields were looked at before", unexpected);
        }
    }

    private void header(MimeMessage mime, Instant now)
            throws MessagingException, UnsupportedEncodingException {
        // From stays as it was written: what the credential may send as is written the same way
        if (message.from().isPresent()) {
            var from = message.from().get();
            mime.setFrom(mailbox(from, from.address()));
        }
        if (!message.to().isEmpty()) mime.setRecipients(RecipientType.TO, written(message.to()));
        if (!message.cc().isEmpty()) mime.setRecipients(RecipientType.CC, written(message.cc()));
        if (!message.replyTo().isEmpty()) mime.setReplyTo(written(message.replyTo()));
        mime.setSubject(message.subject(), "UTF-8");
        mime.setSentDate(Date.from(now));
        for (var field : message.headers()) {
            var value =
                    Text.isAscii(field.value())
                            ? field.value()
                            : MimeUtility.encodeText(field.value(), "UTF-8", null);
            mime.addHeader(field.name(), MimeUtility.fold(field.name().length() + 2, value));
        }
    }

    private void content(MimeMessage mime) throws MessagingException, IOException {
        var body = body();
        var attached = new ArrayList<MimeBodyPart>();
        for (var attachment : message.attachments())
            if (!isInline(attachment)) attached.add(part(attachment, Part.ATTACHMENT));
        if (body != null) attached.addFirst(body);
        if (attached.size() == 1 && body != null) copy(body, mime);
        else mime.setContent(multipart("mixed", attached));
    }

    private @org.jspecify.annotations.Nullable MimeBodyPart body()
            throws MessagingException, IOException {
        var versions = new ArrayList<MimeBodyPart>();
        if (!message.text().isEmpty()) versions.add(textPart(message.text(), "plain"));
        if (!message.html().isEmpty()) versions.add(withInlines(textPart(message.html(), "html")));
        return versions.isEmpty() ? null : together("alternative", versions);
    }

    private MimeBodyPart withInlines(MimeBodyPart html) throws MessagingException, IOException {
        var related = new ArrayList<>(List.of(html));
        for (var attachment : message.attachments())
            if (isInline(attachment)) related.add(part(attachment, Part.INLINE));
        return together("related", related);
    }

    private boolean isInline(Attachment attachment) {
        return !attachment.contentId().isEmpty() && !message.html().isEmpty();
    }

    private static MimeBodyPart textPart(String text, String subtype) throws MessagingException {
        var part = new MimeBodyPart();
        var type = "text/" + subtype + "; charset=UTF-8";
        part.setDataHandler(new DataHandler(new TextSource(text, type)));
        return part;
    }

    private static MimeBodyPart part(Attachment attachment, String disposition)
            throws MessagingException, IOException {
        var part = new MimeBodyPart();
        var type = attachment.contentType();
        part.setDataHandler(new DataHandler(new ByteArrayDataSource(attachment.content(), type)));
        part.setHeader("Content-Type", type);
        part.setDisposition(disposition);
        if (!attachment.filename().isEmpty()) part.setFileName(attachment.filename());
        if (!attachment.contentId().isEmpty())
            part.setContentID("<" + attachment.contentId() + ">");
        // RFC 2046 §5.2.1: a message inside a message is not encoded
        boolean isMessage = type.toLowerCase(Locale.ROOT).startsWith("message/rfc822");
        part.setHeader("Content-Transfer-Encoding", isMessage ? "8bit" : "base64");
        return part;
    }

    private static MimeBodyPart together(String subtype, List<MimeBodyPart> parts)
            throws MessagingException {
        if (parts.size() == 1) return parts.getFirst();
        var part = new MimeBodyPart();
        part.setContent(multipart(subtype, parts));
        return part;
    }

    private static Multipart multipart(String subtype, List<MimeBodyPart> parts)
            throws MessagingException {
        var multipart = new MimeMultipart(subtype);
        for (var part : parts) multipart.addBodyPart(part);
        return multipart;
    }

    private static void copy(MimeBodyPart only, MimeMessage mime)
            throws MessagingException, IOException {
        var handler = only.getDataHandler();
        if (handler.getContentType().startsWith("multipart/"))
            mime.setContent((Multipart) only.getContent());
        else mime.setDataHandler(handler);
    }

    private InternetAddress[] written(List<Person> people) throws UnsupportedEncodingException {
        var written = new InternetAddress[people.size()];
        for (int i = 0; i < written.length; i++)
            written[i] = mailbox(people.get(i), people.get(i).written());
        return written;
    }

    private static InternetAddress mailbox(Person person, Address address)
            throws UnsupportedEncodingException {
        var mailbox = new InternetAddress();
        mailbox.setAddress(address.toString());
        if (person.name().isPresent()) mailbox.setPersonal(person.name().get(), "UTF-8");
        return mailbox;
    }

    // Addresses beyond ASCII stand in the header section as UTF-8 (RFC 6532); everything else is
    // encoded.
    private Session session() {
        return message.envelope().smtputf8() ? BEYOND_ASCII : ASCII;
    }

    // To make one means to look through the class path.
    private static final Session ASCII = session(false);
    private static final Session BEYOND_ASCII = session(true);

    private static Session session(boolean utf8) {
        var properties = new Properties();
        properties.setProperty("mail.mime.allowutf8", Boolean.toString(utf8));
        properties.setProperty("mail.mime.charset", StandardCharsets.UTF_8.name());
        return Session.getInstance(properties);
    }

    /// Leaves the Message-ID to the counter, which knows the queue ID.
    private static final class Built extends MimeMessage {
        Built(Session session) {
            super(session);
        }

        @Override
        protected void updateMessageID() {}
    }
}
