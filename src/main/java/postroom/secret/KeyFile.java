package postroom.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/// The file that holds the master key. It is on the disk before anything is sealed with it.
final class KeyFile {

    private static final int MOST_OCTETS = 10_000;
    private static final Set<OpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private KeyFile() {}

    static String read(Path file) {
        if (!Files.exists(file))
            throw new MasterKeyException(
                    "the secrets in the database are sealed and their master key "
                            + file
                            + " is not there; bring it back (from the backup, or name it with"
                            + " master-key or master-key-file) and start again");
        return readOrMake(file);
    }

    static String readOrMake(Path file) {
        try {
            if (!Files.exists(file)) make(file);
            if (Files.size(file) > MOST_OCTETS)
                throw new MasterKeyException(file + " is too large for a master key");
            return Files.readString(file, US_ASCII);
        } catch (NoSuchFileException noDirectory) {
            throw new MasterKeyException(
                    "cannot make the master key " + file + ": its directory does not exist",
                    noDirectory);
        } catch (IOException trouble) {
            throw new MasterKeyException(
                    "cannot read or make the master key " + file + ": " + trouble.getMessage(),
                    trouble);
        }
    }

    private static void make(Path file) throws IOException {
        var directory = file.toAbsolutePath().getParent();
        if (directory != null) Files.createDirectories(directory);
        var octets = new byte[32];
        new SecureRandom().nextBytes(octets);
        var text = Base64.getEncoder().encodeToString(octets) + "\n";
        try (var channel = FileChannel.open(file, NEW_FILE, onlyForUs())) {
            channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
            channel.force(true);
        } catch (FileAlreadyExistsException somebodyElseWasFaster) {
            // then theirs is the key
        }
        if (directory != null) force(directory);
    }

    private static FileAttribute<?>[] onlyForUs() {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix"))
            return new FileAttribute<?>[0];
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    private static void force(Path directory) {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException notOnThisSystem) {
            // Windows opens no directories; the file itself is on the disk
        }
    }
}
