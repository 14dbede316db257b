package postroom.bench;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One process of the packaged program, installed in a folder of its own and started by its
/// launcher.
final class Node {
    static final String KEY = "bench-key-0123456789abcdef0123456789abcdef";
    static final String OWNER = "ada@contoso.example";
    static final String PASSWORD = "bench-password";

    private final Path launcher;
    private final Path data;
    private final Map<String, String> settings = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    final int smtp = freePort();
    final int tls = freePort();
    final int web = freePort();
    private @Nullable Process process;

    /// @param installed where [#install] put the program
    Node(Path installed, Path data, Map<String, String> more) throws IOException {
        this.launcher = installed.resolve("postroom");
        this.data = Files.createDirectories(data);
        settings.put("POSTROOM_HTTP_ADDRESS", "127.0.0.1:" + web);
        settings.put("POSTROOM_BASE_URL", "http://localhost:" + web);
        settings.put("POSTROOM_SUBMISSION_STARTTLS_ADDRESS", "127.0.0.1:" + freePort());
        settings.put("POSTROOM_SUBMISSION_TLS_ADDRESS", "127.0.0.1:" + tls);
        settings.put("POSTROOM_SUBMISSION_PLAIN_ADDRESS", "127.0.0.1:" + smtp);
        settings.put("POSTROOM_SUBMISSION_PLAIN_NETWORKS", "127.0.0.0/8");
        settings.put("POSTROOM_SUBMISSION_CONNECTIONS_PER_ADDRESS", "1000");
        settings.put("POSTROOM_BOOTSTRAP_API_KEY", KEY);
        settings.put("POSTROOM_BOOTSTRAP_ADMIN_EMAIL", OWNER);
        settings.put("POSTROOM_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD);
        settings.put("POSTROOM_AOT_AFTER", "1000000"); // nobody trains while something is measured
        settings.putAll(more);
    }

    /// Copies the program as `docs/operate/install.md` says.
    static Path install(Path to) throws IOException {
        var libraries = Files.createDirectories(to.resolve("lib"));
        Files.copy(Path.of("postroom"), to.resolve("postroom"));
        to.resolve("postroom").toFile().setExecutable(true);
        Files.copy(Path.of("target/postroom.jar"), to.resolve("postroom.jar"));
        try (var all = Files.list(Path.of("target/lib"))) {
            for (var one : all.toList()) Files.copy(one, libraries.resolve(one.getFileName()));
        }
        return to;
    }

    void start() throws IOException {
        var builder = new ProcessBuilder(launcher.toString(), "serve", "--data", data.toString());
        builder.environment().putAll(settings);
        builder.redirectOutput(data.resolve("out.log").toFile());
        builder.redirectError(data.resolve("err.log").toFile());
        process = builder.start();
    }

    /// SIGKILL
    void kill() throws InterruptedException {
        running().destroyForcibly().waitFor();
    }

    void stop() throws InterruptedException {
        running().destroy();
        if (!running().waitFor(20, TimeUnit.SECONDS)) kill();
    }

    ProcessHandle process() {
        return running().toHandle();
    }

    private Process running() {
        if (process == null) throw new IllegalStateException("nobody started it");
        return process;
    }

    void awaitReady() throws Exception {
        for (int i = 0; i < 900; i++) {
            try {
                if (get("/health/ready").statusCode() == 200) return;
            } catch (IOException notYet) {
                // it is starting
            }
            Thread.sleep(100);
        }
        throw new IOException("Postroom did not become ready; see " + data.resolve("err.log"));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + web + path);
    }

    String call(String method, String path, String body) throws Exception {
        for (int i = 0; ; i++) {
            try {
                var answer =
                        http.send(
                                HttpRequest.newBuilder(uri(path))
                                        .header("Authorization", "Bearer " + KEY)
                                        .header("Content-Type", "application/json")
                                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() >= 300)
                    throw new IllegalStateException(method + " " + path + ": " + answer.body());
                return answer.body();
            } catch (IOException starting) {
                if (i > 100) throw starting;
                Thread.sleep(100);
            }
        }
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new java.io.UncheckedIOException(none);
        }
    }
}
