package postroom.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The packaged program, started by its launcher.
final class PostroomSubject implements Subject {
    private static final String KEY = "bench-key-0123456789abcdef0123456789abcdef";

    private final Path directory;
    private final int smtp = freePort();
    private final int web = freePort();
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;
    private String tenant = Bench.TENANT;

    PostroomSubject(Path directory, int sinkPort, String tokenUrl, String trustedCa)
            throws Exception {
        this.directory = directory;
        process = start();
        awaitReady();
        var json =
                """
                {"name": "Office", "preset": "microsoft-365-app",
                 "smtp": {"host": "localhost", "port": %d, "tls": "starttls", "trusted_ca": "%s"},
                 "from": {"address": "noreply@contoso.example"},
                 "authentication": {"type": "oauth2", "provider": "microsoft", "grant": "client_credentials",
                   "login": "noreply@contoso.example", "tenant": "%s",
                   "client_id": "%s", "client_secret": "%s", "token_endpoint": "%s"},
                 "limits": {"connections": 20, "messages_per_minute": null, "messages_per_connection": null,
                   "recipients_per_day": null}}
                """
                        .formatted(
                                sinkPort,
                                trustedCa.replace("\n", "\\n"),
                                Bench.TENANT,
                                Bench.CLIENT_ID,
                                Bench.CLIENT_SECRET,
                                tokenUrl);
        call("POST", "/v1/services", json);
        call(
                "POST",
                "/v1/credentials",
                """
                {"name": "load", "senders": ["*"], "networks": ["127.0.0.1/32"], "without_auth": true}
                """);
    }

    @Override
    public String name() {
        return "Postroom";
    }

    @Override
    public int port() {
        return smtp;
    }

    @Override
    public ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public void hold() throws Exception {
        call("POST", "/v1/services/Office/pause", "");
    }

    @Override
    public void send(int connections) throws Exception {
        call(
                "PATCH",
                "/v1/services/Office",
                "{\"limits\": {\"connections\": " + connections + "}}");
        call("POST", "/v1/services/Office/resume", "");
    }

    @Override
    public boolean forgetToken() throws Exception {
        // Another registration: what was authorized for the one before is thrown away.
        tenant = tenant.equals(Bench.TENANT) ? "contoso.example" : Bench.TENANT;
        call(
                "PATCH",
                "/v1/services/Office",
                """
                {"limits": {"messages_per_connection": 100}, "authentication": {"tenant": "%s"}}
                """
                        .formatted(tenant));
        return true;
    }

    @Override
    public void restart() throws Exception {
        process.destroyForcibly().waitFor();
        process = start();
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    }

    private Process start() throws IOException {
        var builder = new ProcessBuilder("./postroom", "serve", "--data", directory.toString());
        var settings = builder.environment();
        settings.put("POSTROOM_HTTP_ADDRESS", "127.0.0.1:" + web);
        settings.put("POSTROOM_BASE_URL", "http://localhost:" + web);
        settings.put("POSTROOM_SUBMISSION_STARTTLS_ADDRESS", "127.0.0.1:" + freePort());
        settings.put("POSTROOM_SUBMISSION_PLAIN_ADDRESS", "127.0.0.1:" + smtp);
        settings.put("POSTROOM_SUBMISSION_PLAIN_NETWORKS", "127.0.0.0/8");
        settings.put("POSTROOM_SUBMISSION_CONNECTIONS_PER_ADDRESS", "1000");
        settings.put("POSTROOM_BOOTSTRAP_API_KEY", KEY);
        builder.redirectOutput(directory.resolve("out.log").toFile());
        builder.redirectError(directory.resolve("err.log").toFile());
        Files.createDirectories(directory);
        return builder.start();
    }

    private void awaitReady() throws Exception {
        for (int i = 0; i < 600; i++) {
            try {
                if (get("/health/ready").statusCode() == 200) return;
            } catch (IOException notYet) {
                // it is starting
            }
            Thread.sleep(100);
        }
        throw new IOException("Postroom did not become ready; see " + directory.resolve("err.log"));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void call(String method, String path, String body) throws Exception {
        for (int i = 0; ; i++) {
            try {
                var answer =
                        http.send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web + path))
                                        .header("Authorization", "Bearer " + KEY)
                                        .header("Content-Type", "application/json")
                                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() >= 300)
                    throw new IllegalStateException(method + " " + path + ": " + answer.body());
                return;
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
