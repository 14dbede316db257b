package postroom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A small disk of its own, mounted for one test.
final class Disk implements AutoCloseable {

    private final Path at;

    private Disk(Path at) {
        this.at = at;
    }

    /// True for root on a Linux that lets it mount.
    static boolean canBeMade() throws IOException {
        var probe = Files.createTempDirectory("disk");
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe.toString());
        if (mounted) run("umount", probe.toString());
        Files.delete(probe);
        return mounted;
    }

    static Disk of(Path at, String size) throws IOException {
        Files.createDirectories(at);
        if (!run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", at.toString()))
            throw new IOException("cannot mount at " + at);
        return new Disk(at);
    }

    /// Something else takes the room.
    void fillAllBut(long octets) throws IOException {
        long room = Files.getFileStore(at).getUsableSpace() - octets;
        Files.write(filler(), new byte[Math.toIntExact(room)]);
    }

    /// Somebody cleans up.
    void free() throws IOException {
        Files.delete(filler());
    }

    private Path filler() {
        return at.resolve("filler");
    }

    private static boolean run(String... command) throws IOException {
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (!run("umount", at.toString())) run("umount", "-l", at.toString());
    }
}
