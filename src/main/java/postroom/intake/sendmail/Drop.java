package postroom.intake.sendmail;

import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One message in the drop directory. The file has a few lines of text, an empty line, and the
/// content:
///
/// ```
/// postroom-drop: 1
/// from: ada@example.com
/// to: a@example.net
/// to: b@example.net
/// user: ada
/// at: 2026-11-03T10:41:03Z
/// eight-bit: yes
/// ```
///
/// Where the caller said so, `notify: failure,delay`, `ret: hdrs` and `envelope-id: 4711` stand
/// there as well. An empty `from` is the null reverse-path. The lines end with LF; the content has
/// CRLF.
///
/// @param user who called the command, as it says itself
/// @param at when
public record Drop(Envelope envelope, String user, Instant at, Content content) {

    static final String ENDING = ".drop";
    static final String VERSION = "postroom-drop: 1";
    private static final int MOST_HEAD_OCTETS = 1_000_000;

    /// Reads what [DropWriter] wrote.
    ///
    /// @throws GarbageException if the file is something else
    static Drop read(Path file) throws IOException, GarbageException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
            throw new GarbageException("it is not a plain file");
        var lines = new ArrayList<String>();
        long offset;
        try (var in = open(file, 0)) {
            offset = readHead(in, lines);
        }
        if (lines.isEmpty() || !lines.getFirst().equals(VERSION))
            throw new GarbageException("it does not begin with \"" + VERSION + "\"");
        return new Reading(lines).drop(new InFile(file, offset, Files.size(file) - offset));
    }

    private static long readHead(InputStream in, List<String> lines)
            throws IOException, GarbageException {
        var line = new java.io.ByteArrayOutputStream();
        for (long read = 1; read <= MOST_HEAD_OCTETS; read++) {
            int octet = in.read();
            if (octet < 0) throw new GarbageException("it ends before its content begins");
            if (octet != '\n') {
                line.write(octet);
                continue;
            }
            if (line.size() == 0) return read;
            lines.add(line.toString(StandardCharsets.UTF_8));
            line.reset();
        }
        throw new GarbageException("its head is too long");
    }

    private static InputStream open(Path file, long offset) throws IOException {
        // a link put there by somebody else is not followed
        var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        channel.position(offset);
        return new java.io.BufferedInputStream(Channels.newInputStream(channel), 16_384);
    }

    private record InFile(Path file, long offset, long size) implements Content {
        @Override
        public InputStream open() throws IOException {
            if (Files.size(file) != offset + size)
                throw new EOFException("the drop file changed while it was read");
            return Drop.open(file, offset);
        }
    }

    /// The lines of the head, one by one.
    private static final class Reading {
        private final List<String> lines;
        private final List<Address> to = new ArrayList<>();
        private Optional<Address> from = Optional.empty();
        private boolean fromGiven;
        private boolean eightBit;
        private Asked asked = Asked.NOTHING;
        private String user = "";
        private Optional<Instant> at = Optional.empty();

        Reading(List<String> lines) {
            this.lines = lines;
        }

        Drop drop(Content content) throws GarbageException {
            for (var line : lines.subList(1, lines.size())) take(line);
            if (!fromGiven || to.isEmpty() || at.isEmpty())
                throw new GarbageException("it lacks a sender, a recipient or a time");
            boolean smtputf8 =
                    !from.map(Address::isAscii).orElse(true)
                            || !to.stream().allMatch(Address::isAscii);
            var body = eightBit ? Envelope.Body.EIGHT_BIT : Envelope.Body.SEVEN_BIT;
            return new Drop(
                    new Envelope(from, to, body, smtputf8, asked.request(to)),
                    user,
                    at.orElseThrow(),
                    content);
        }

        private void take(String line) throws GarbageException {
            int colon = line.indexOf(':');
            if (colon < 0) throw new GarbageException("it has a line without a colon");
            var value = line.substring(colon + 1).strip();
            try {
                switch (line.substring(0, colon)) {
                    case "from" -> {
                        fromGiven = true;
                        from = value.isEmpty() ? Optional.empty() : Optional.of(Address.of(value));
                    }
                    case "to" -> to.add(Address.of(value));
                    case "user" -> user = value;
                    case "at" -> at = Optional.of(Instant.parse(value));
                    case Asked.NOTIFY -> asked = asked.withNotify(value);
                    case Asked.RET -> asked = asked.withReturned(value);
                    case Asked.ENVELOPE_ID -> asked = asked.withEnvelopeId(value);
                    case "eight-bit" -> eightBit = value.equals("yes");
                    default -> {
                        // a later version says more; what we know is enough
                    }
                }
            } catch (IllegalArgumentException | DateTimeParseException | Sysexit unreadable) {
                throw new GarbageException(String.valueOf(unreadable.getMessage()));
            }
        }
    }

    /// A file in the drop directory that no [DropWriter] wrote.
    static final class GarbageException extends Exception {
        private static final long serialVersionUID = 1;

        GarbageException(String why) {
            super(why);
        }
    }
}
