package postroom;

import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.deliver.smtp.TestCertificates;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A submission server that nobody here wrote, in a process of its own: npm's smtp-server, which
/// takes XOAUTH2 only and looks at the access token itself.
final class ForeignSmarthost implements AutoCloseable {

    private static final String VERSION = "3.21.6";
    private static final Path PLACE = Path.of("target", "smtp-server").toAbsolutePath();
    private static final Path SCRIPT =
            Path.of("src/test/resources/postroom/foreign/smarthost.js").toAbsolutePath();

    private final Process process;
    private final int port;
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    private ForeignSmarthost(Process process) throws IOException {
        this.process = process;
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        var first = String.valueOf(out.readLine());
        if (!first.startsWith("port ")) throw new IOException("smtp-server: " + first);
        port = Integer.parseInt(first.substring(5));
        Thread.ofVirtual().start(() -> out.lines().forEach(heard::add));
    }

    /// None where Node or the package cannot be had, and a line that says so.
    static Optional<ForeignSmarthost> start(Path directory, String issuer) throws IOException {
        if (!isInstalled() && !install()) {
            System.err.println(
                    "NOT TESTED: XOAUTH2 against a foreign server needs Node and npm's smtp-server "
                            + VERSION);
            return Optional.empty();
        }
        var trust = TestCertificates.forHost("localhost");
        var certificate = Files.writeString(directory.resolve("smarthost.pem"), trust.pem());
        var key = Files.writeString(directory.resolve("smarthost.key"), trust.keyPem());
        var builder =
                new ProcessBuilder(
                        "node",
                        SCRIPT.toString(),
                        certificate.toString(),
                        key.toString(),
                        issuer,
                        ForeignProvider.AUDIENCE);
        builder.environment().put("NODE_PATH", PLACE.resolve("node_modules").toString());
        return Optional.of(new ForeignSmarthost(builder.redirectErrorStream(true).start()));
    }

    private static boolean isInstalled() {
        return Files.isDirectory(PLACE.resolve("node_modules/smtp-server"));
    }

    private static boolean install() throws IOException {
        Files.createDirectories(PLACE);
        try {
            var npm =
                    new ProcessBuilder(
                                    "npm",
                                    "install",
                                    "--no-audit",
                                    "--no-fund",
                                    "--prefix",
                                    PLACE.toString(),
                                    "smtp-server@" + VERSION)
                            .redirectErrorStream(true)
                            .redirectOutput(PLACE.resolve("npm.log").toFile())
                            .start();
            boolean ended = npm.waitFor(120, TimeUnit.SECONDS);
            if (!ended) npm.destroyForcibly();
            return ended && npm.exitValue() == 0;
        } catch (IOException noNpm) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(interrupted));
        }
    }

    int port() {
        return port;
    }

    String trustedCa() {
        return TestCertificates.forHost("localhost").pem();
    }

    /// `auth MECHANISM USER tls VERDICT` and `message FROM TO SUBJECT`, oldest first.
    List<String> heard(String beginning) {
        synchronized (heard) {
            return heard.stream().filter(line -> line.startsWith(beginning)).toList();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
