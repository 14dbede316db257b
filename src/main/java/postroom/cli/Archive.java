package postroom.cli;

import postroom.config.PostroomSettings;
import postroom.store.DatabaseLock;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// The file of `backup` and `restore`: a zip with the database, the master key and the settings.
final class Archive {

    static final String DATABASE = "postroom.db";
    static final String MASTER_KEY = "master.key";
    static final String SETTINGS = "postroom.yaml";

    /// What SQLite keeps beside a database; never to be applied to another one.
    private static final List<String> OLD_LOG = List.of("-wal", "-shm");

    private Archive() {}

    /// Packs a consistent copy; names what went in.
    static List<String> pack(PostroomSettings settings, Path file) {
        refuseWithoutSqlite(
                settings, "make the backup with pg_dump --format=custom --file=FILE DATABASE");
        if (!Files.exists(settings.databaseFile()))
            throw Trouble.refused("There is no database in " + settings.data());
        if (Files.exists(file)) throw Trouble.refused(file + " is there already");
        var packed = new ArrayList<String>();
        try {
            var near = file.toAbsolutePath().getParent();
            var copy = Files.createTempFile(near, ".postroom", ".db");
            try {
                copyDatabase(settings.databaseFile(), copy);
                try (var zip = create(file)) {
                    add(zip, DATABASE, copy, packed);
                    add(zip, MASTER_KEY, settings.masterKey().file(), packed);
                    add(zip, SETTINGS, settings.data().resolve(SETTINGS), packed);
                }
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (IOException cannotWrite) {
            throw Trouble.refused(file + " cannot be written: " + cannotWrite.getMessage());
        }
        return packed;
    }

    /// What is in PostgreSQL is copied with the tools that came with it.
    private static void refuseWithoutSqlite(PostroomSettings settings, String instead) {
        if (settings.database().url().isEmpty()) return;
        throw Trouble.refused(
                "The data is in PostgreSQL (database.url), which this command does not copy: "
                        + instead
                        + ", and keep the master key ("
                        + (settings.masterKey().key().isPresent()
                                ? "master-key in the settings"
                                : settings.masterKey().file().toString())
                        + ") with it, but not beside it");
    }

    /// Other connections, the server's among them, may write meanwhile.
    private static void copyDatabase(Path database, Path copy) throws IOException {
        // The copy is an empty file of mode 0600, and stays so private.
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                var setting = connection.createStatement();
                var statement = connection.prepareStatement("vacuum into ?")) {
            // so that what is restored can shrink, whenever the original was made
            setting.execute("pragma auto_vacuum = incremental");
            statement.setString(1, copy.toString());
            statement.execute();
        } catch (SQLException failed) {
            throw new IOException(failed.getMessage(), failed);
        }
    }

    private static ZipOutputStream create(Path file) throws IOException {
        // for its owner's eyes only, from the first octet on
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new ZipOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE));
    }

    private static void add(ZipOutputStream zip, String name, Path from, List<String> packed)
            throws IOException {
        if (!Files.exists(from)) return;
        zip.putNextEntry(new ZipEntry(name));
        Files.copy(from, zip);
        zip.closeEntry();
        packed.add(name);
    }

    /// Puts back what [#pack] packed; names what came out.
    static List<String> unpack(PostroomSettings settings, Path file, boolean force) {
        refuseWithoutSqlite(settings, "put a backup back with pg_restore --dbname=DATABASE FILE");
        if (!force && Files.exists(settings.databaseFile()))
            throw Trouble.refused(
                    "There is a database in " + settings.data() + " already; --force replaces it");
        var restored = new ArrayList<String>();
        try (var zip = new ZipInputStream(Files.newInputStream(file));
                var _ = DatabaseLock.take(settings.databaseFile())) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                if (put(settings, entry.getName(), zip)) restored.add(entry.getName());
        } catch (java.nio.file.NoSuchFileException missing) {
            throw Trouble.usage("There is no file " + file);
        } catch (IOException unreadable) {
            throw Trouble.refused(file + " cannot be restored: " + unreadable.getMessage());
        }
        if (!restored.contains(DATABASE))
            throw Trouble.refused(file + " was not written by postroom backup");
        return restored;
    }

    private static boolean put(PostroomSettings settings, String name, InputStream from)
            throws IOException {
        // Only these three names, so nothing in the file can lead anywhere else.
        switch (name) {
            case DATABASE -> replace(settings.databaseFile(), from, OLD_LOG);
            case MASTER_KEY -> replace(settings.masterKey().file(), from, List.of());
            case SETTINGS -> {
                if (Files.exists(settings.data().resolve(SETTINGS))) return false;
                replace(settings.data().resolve(SETTINGS), from, List.of());
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /// @param without endings of files that go with the old one; they are still there when the new
    ///   one cannot be written, and gone when it takes its place
    private static void replace(Path target, InputStream from, List<String> without)
            throws IOException {
        var near = Files.createTempFile(target.toAbsolutePath().getParent(), ".restore", "");
        try {
            Files.copy(from, near, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(near, PosixFilePermissions.fromString("rw-------"));
            for (var ending : without)
                Files.deleteIfExists(target.resolveSibling(target.getFileName() + ending));
            Files.move(near, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(near);
        }
    }
}
