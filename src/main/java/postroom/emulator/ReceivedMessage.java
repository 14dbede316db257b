package postroom.emulator;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One message that arrived at an imaginary provider, as it would lie in the mailbox: the content
/// is what the provider made of it (a rewritten From, a replaced Message-ID).
public final class ReceivedMessage {
    private final long number;
    private final Mailboxes.Arrival arrival;
    private final Envelope envelope;
    private final byte[] content;

    /// One forward-path with what stood behind it in `RCPT`, for example `NOTIFY=NEVER`.
    public record ForwardPath(String address, String parameters) {}

    /// Who sends to whom; `parameters` is what stood behind the reverse-path in `MAIL`.
    public record Envelope(String reversePath, String parameters, List<ForwardPath> recipients) {
        public Envelope {
            recipients = List.copyOf(recipients);
        }
    }

    ReceivedMessage(long number, Mailboxes.Arrival arrival, Envelope envelope, byte[] content) {
        this.number = number;
        this.arrival = arrival;
        this.envelope = envelope;
        this.content = content;
    }

    public long number() {
        return number;
    }

    public Provider provider() {
        return arrival.provider();
    }

    /// The mailbox that was signed in for, or empty where nobody had to sign in.
    public String account() {
        return arrival.account();
    }

    public Instant at() {
        return arrival.at();
    }

    /// `TLSv1.3`, `TLSv1.2`, or `none`.
    public String tls() {
        return arrival.tls();
    }

    /// The number of the connection it came in by, counted from 1 over all submission servers.
    public long connection() {
        return arrival.connection();
    }

    /// Without angle brackets; empty is the null reverse-path.
    public String reversePath() {
        return envelope.reversePath();
    }

    public String mailParameters() {
        return envelope.parameters();
    }

    public List<ForwardPath> recipients() {
        return envelope.recipients();
    }

    public List<String> forwardPaths() {
        return envelope.recipients().stream().map(ForwardPath::address).toList();
    }

    public byte[] content() {
        return content.clone();
    }

    int size() {
        return content.length;
    }

    /// The content for reading, each octet outside of UTF-8 replaced.
    public String text() {
        return new String(content, StandardCharsets.UTF_8);
    }

    /// The first header field of this name, unfolded.
    public Optional<String> header(String name) {
        return HeaderSection.of(content).value(name);
    }

    public Optional<String> messageId() {
        return header("Message-ID");
    }

    @Override
    public String toString() {
        return "message %d of %s from <%s> to %s"
                .formatted(number, provider().word(), reversePath(), forwardPaths());
    }
}
