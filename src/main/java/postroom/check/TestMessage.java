package postroom.check;

import postroom.deliver.Consignment;
import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.service.Service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/// The one message a check sends.
final class TestMessage {
    private TestMessage() {}

    static Consignment of(Service service, Address to, QueueId id, Instant now) {
        var from = service.from().address();
        var text =
                """
                From: <%s>
                To: <%s>
                Subject: Postroom test message
                Date: %s
                Message-ID: <%s@%s>
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8

                This is a test message from Postroom.
                It was sent to find out whether its service can send mail. It can.
                """
                        .formatted(
                                from,
                                to,
                                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        now.atOffset(ZoneOffset.UTC)),
                                id,
                                from.withAsciiDomain().domain());
        var octets = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        boolean ascii = from.isAscii() && to.isAscii();
        return new Consignment(
                id,
                Optional.of(from),
                List.of(new Recipient(0, to)),
                ascii ? Body.SEVEN_BIT : Body.EIGHT_BIT,
                !ascii,
                Content.of(octets));
    }
}
