package postroom.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Held as long as a process uses the database file. A second server would take what the first one
/// has under way for abandoned and send it again. The operating system ends the lock of a process
/// that dies.
public final class DatabaseLock implements AutoCloseable {

    private final FileChannel channel;

    private DatabaseLock(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes the lock of that database file, which need not exist yet.
    ///
    /// @throws StoreException when somebody else holds it
    public static DatabaseLock take(Path database) {
        try {
            var directory = database.toAbsolutePath().getParent();
            if (directory != null) Files.createDirectories(directory);
            return take(database, open(database.resolveSibling(database.getFileName() + ".lock")));
        } catch (IOException trouble) {
            throw new StoreException(
                    "the data directory "
                            + database.toAbsolutePath().getParent()
                            + " cannot be used: "
                            + trouble,
                    trouble,
                    false);
        }
    }

    private static DatabaseLock take(Path database, FileChannel channel) throws IOException {
        boolean taken = false;
        try {
            taken = channel.tryLock() != null;
        } catch (OverlappingFileLockException inThisProcess) {
            // told below
        } finally {
            if (!taken) channel.close();
        }
        if (taken) return new DatabaseLock(channel);
        throw new StoreException(
                database
                        + " is in use by another server: stop that one, or name another data"
                        + " directory",
                new IllegalStateException("locked"),
                false);
    }

    private static FileChannel open(Path file) throws IOException {
        SqliteStore.makeForOwnerOnly(file);
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException endsWithTheProcess) {
            // the operating system sees to it
        }
    }
}
