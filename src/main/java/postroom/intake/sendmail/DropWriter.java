package postroom.intake.sendmail;

import postroom.mail.Address;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// Writes one message into the drop directory so that it is there whole or not at all, and still
/// there after a power cut: written under `incoming/`, made durable, then renamed.
final class DropWriter {

    // It is known at the end only, and written over what stands there from the start.
    private static final String FLAG = "no \n\n";
    private static final ByteBuffer EIGHT_BIT = ByteBuffer.wrap(new byte[] {'y', 'e', 's'});

    private final Path drop;
    private final Path incoming;
    private final long maxSize;
    private final InstantSource clock;

    DropWriter(Path drop, long maxSize, InstantSource clock) {
        this.drop = drop;
        this.incoming = drop.resolve("incoming");
        this.maxSize = maxSize;
        this.clock = clock;
    }

    /// Writes the content into the stream it is given, CRLF and all.
    interface Source {
        void writeTo(Sink sink) throws IOException, Sysexit;
    }

    void write(Optional<Address> from, List<Address> to, Asked asked, String user, Source source)
            throws Sysexit {
        Path file = null;
        try {
            makeDirectory(incoming);
            file = incoming.resolve(newName());
            try (var out = new FileOutputStream(file.toFile())) {
                allowTheServerToRead(file);
                var sink = new Sink(new BufferedOutputStream(out, 65_536), maxSize);
                int flag = sink.head(head(from, to, asked, user)) - FLAG.length();
                source.writeTo(sink);
                sink.flush();
                if (sink.eightBit) out.getChannel().write(EIGHT_BIT.duplicate(), flag);
                out.getFD().sync();
            }
            Files.move(file, drop.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            sync(drop);
        } catch (IOException cannotWrite) {
            remove(file);
            throw new Sysexit(
                    Sysexit.TEMPFAIL,
                    "the message cannot be written to " + drop + ": " + reason(cannotWrite));
        } catch (Sysexit refused) {
            remove(file);
            throw refused;
        }
    }

    private String head(Optional<Address> from, List<Address> to, Asked asked, String user) {
        var head = new StringBuilder(Drop.VERSION);
        head.append("\nfrom: ");
        if (from.isPresent()) head.append(from.get());
        for (var recipient : to) head.append("\nto: ").append(recipient);
        head.append(asked.lines());
        head.append("\nuser: ").append(CommandLine.shown(user));
        head.append("\nat: ").append(clock.instant());
        return head.append("\neight-bit: ").append(FLAG).toString();
    }

    /// Makes a directory that belongs to its owner alone; one that is there stays as it is.
    static void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) return;
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            EnumSet.of(
                                    PosixFilePermission.OWNER_READ,
                                    PosixFilePermission.OWNER_WRITE,
                                    PosixFilePermission.OWNER_EXECUTE)));
        } catch (UnsupportedOperationException notPosix) {
            Files.createDirectories(directory);
        }
    }

    // Time first, so that mail is collected in order; then chance, so that a neighbour on this
    // machine cannot guess the name of a file in a directory nobody may list.
    private String newName() throws IOException {
        var name = new StringBuilder(Long.toString(clock.millis()));
        try (var random = Files.newInputStream(Path.of("/dev/urandom"))) {
            for (byte octet : random.readNBytes(16))
                appendHex(name.append(name.length() == 13 ? "-" : ""), octet);
        } catch (java.nio.file.NoSuchFileException notUnix) {
            name.append('-').append(java.util.UUID.randomUUID());
        }
        return name.append(Drop.ENDING).toString();
    }

    private static void appendHex(StringBuilder text, byte octet) {
        text.append(Character.forDigit(octet >> 4 & 15, 16))
                .append(Character.forDigit(octet & 15, 16));
    }

    /// The server may run as somebody else; then the directory belongs to it and cannot be listed
    /// by others.
    private void allowTheServerToRead(Path file) throws IOException {
        try {
            var mode = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
            if (!Files.getOwner(file).equals(Files.getOwner(drop)))
                mode.add(PosixFilePermission.OTHERS_READ);
            Files.setPosixFilePermissions(file, mode);
        } catch (UnsupportedOperationException notPosix) {
            // nothing to allow
        }
    }

    static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (java.nio.file.AccessDeniedException mayNotList) {
            // a directory one may write to and not list (mode 1733) cannot be opened; the file
            // itself is durable, and its name follows with the next commit of the file system
        }
    }

    private static void remove(@org.jspecify.annotations.Nullable Path file) {
        if (file == null) return;
        try {
            Files.deleteIfExists(file);
        } catch (IOException leftBehind) {
            // the collector removes what is left in incoming/ after a day
        }
    }

    private static String reason(IOException trouble) {
        if (trouble instanceof java.nio.file.AccessDeniedException) return "permission denied";
        if (trouble instanceof java.nio.file.FileSystemException known && known.getReason() != null)
            return CommandLine.shown(known.getReason());
        return CommandLine.shown(String.valueOf(trouble.getMessage()));
    }

    /// Where the content goes, up to its limit.
    static final class Sink {
        private final OutputStream out;
        private long left;
        private boolean eightBit;
        private final long maxSize;

        Sink(OutputStream out, long maxSize) {
            this.out = out;
            this.left = maxSize;
            this.maxSize = maxSize;
        }

        private int head(String head) throws IOException {
            var octets = head.getBytes(StandardCharsets.UTF_8);
            out.write(octets);
            return octets.length;
        }

        void write(byte[] octets, int length) throws IOException, Sysexit {
            write(octets, 0, length);
        }

        void write(byte[] octets, int from, int length) throws IOException, Sysexit {
            left -= length;
            if (left < 0)
                throw new Sysexit(
                        Sysexit.DATAERR,
                        "the message is larger than message.max-size, " + maxSize + " octets");
            for (int i = from; i < from + length && !eightBit; i++) eightBit = octets[i] < 0;
            out.write(octets, from, length);
        }

        private static final byte[] CRLF = {'\r', '\n'};

        void endLine() throws IOException, Sysexit {
            write(CRLF, 2);
        }

        private void flush() throws IOException {
            out.flush();
        }
    }
}
