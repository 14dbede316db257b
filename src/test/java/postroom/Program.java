package postroom;

import org.jspecify.annotations.Nullable;

import postroom.emulator.Emulator;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The packaged program in a process of its own, as its user starts it, with the doors it was told
/// to open on free ports. It may be stopped, killed and started again on the same data.
final class Program implements AutoCloseable {

    static final String KEY = "promise-key-0123456789abcdef0123456789abcdef";
    static final String TENANT = "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b";
    static final String CLIENT = "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11";
    static final String SECRET = "demo~secret.of_contoso-0123456789abcdefgh";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path PACKAGE = Path.of("target").toAbsolutePath();

    private final Path data;
    private final Path log;
    private final Map<String, String> settings = new HashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    final int starttls = freePort();
    final int plain = freePort();
    final int web = freePort();
    private @Nullable Process process;

    /// @param directory data and logs
    Program(Path directory) throws IOException {
        data = Files.createDirectories(directory.resolve("data"));
        log = directory.resolve("log");
        settings.put("POSTROOM_HTTP_ADDRESS", "127.0.0.1:" + web);
        settings.put("POSTROOM_BASE_URL", "http://localhost:" + web);
        settings.put("POSTROOM_SUBMISSION_STARTTLS_ADDRESS", "127.0.0.1:" + starttls);
        settings.put("POSTROOM_BOOTSTRAP_API_KEY", KEY);
    }

    /// Opens the door for programs on this machine that can neither TLS nor AUTH.
    Program withPlainDoor() {
        settings.put("POSTROOM_SUBMISSION_PLAIN_ADDRESS", "127.0.0.1:" + plain);
        settings.put("POSTROOM_SUBMISSION_PLAIN_NETWORKS", "127.0.0.1/32");
        return this;
    }

    /// Where providers send browsers back.
    String callback() {
        return "http://localhost:" + web + "/oauth2/callback";
    }

    /// A management command in a process of its own, as somebody on this machine types it.
    ///
    /// @param printed what it says goes there
    Process command(Path printed, String... words) throws IOException {
        var line = new ArrayList<>(List.of(javaCommand(), "-cp", classPath(), "postroom.Main"));
        line.addAll(List.of(words));
        var builder = new ProcessBuilder(line);
        builder.environment().keySet().removeIf(name -> name.startsWith("POSTROOM_"));
        builder.environment().put("POSTROOM_URL", "http://localhost:" + web);
        builder.environment().put("POSTROOM_API_KEY", KEY);
        return builder.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
    }

    private static String javaCommand() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String classPath() {
        return PACKAGE.resolve("postroom.jar") + ":" + PACKAGE.resolve("lib") + "/*";
    }

    /// One more setting, by the name of its environment variable.
    Program with(String variable, String value) {
        settings.put(variable, value);
        return this;
    }

    Program start() throws IOException {
        var builder =
                new ProcessBuilder(
                        javaCommand(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classPath(),
                        "postroom.Main",
                        "serve",
                        "--data",
                        data.toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("POSTROOM_"));
        builder.environment().putAll(settings);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        process = builder.start();
        return this;
    }

    /// Returns once the SMTP door takes connections, which is before the web server does.
    Program awaitDoor() {
        await("the SMTP door", Duration.ofSeconds(60), () -> isOpen(starttls));
        return this;
    }

    Program awaitReady() {
        await(
                "ready",
                Duration.ofSeconds(90),
                () -> {
                    try {
                        return get("/health/ready").statusCode() == 200;
                    } catch (UncheckedIOException notYet) {
                        return false;
                    }
                });
        return this;
    }

    void await(String what, Duration atMost, BooleanSupplier condition) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (!running().isAlive())
                throw new AssertionError("the program ended by itself:\n" + log());
            if (System.nanoTime() > deadline)
                throw new AssertionError("in vain waited for: " + what + "\n" + log());
            LockSupport.parkNanos(5_000_000);
        }
    }

    /// SIGKILL
    void kill() {
        end(running().destroyForcibly());
    }

    /// SIGSTOP: it stands still, as a machine does that is moved or has no memory left.
    void pause() throws IOException {
        signal("STOP");
    }

    /// SIGCONT: to itself no time has passed.
    void goOn() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        var kill = new ProcessBuilder("kill", "-" + name, String.valueOf(running().pid())).start();
        end(kill);
        if (kill.exitValue() != 0) throw new IOException("kill -" + name);
    }

    /// SIGTERM; returns once it has ended.
    void stop() {
        running().destroy();
        end(running());
    }

    private Process running() {
        if (process == null) throw new IllegalStateException("nobody started it");
        return process;
    }

    private static void end(Process process) {
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS))
                throw new AssertionError("the program did not end");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /// A service at the imaginary Microsoft, signing in as an application.
    void createOffice(Emulator emulator, int connections) {
        createService(emulator, "Office", connections, SECRET);
    }

    JsonNode createService(Emulator emulator, String name, int connections, String secret) {
        var service = JSON.createObjectNode().put("name", name);
        service.put("preset", "microsoft-365-app");
        service.withObject("/smtp")
                .put("host", "localhost")
                .put("port", emulator.microsoft().smtpPort())
                .put("trusted_ca", emulator.trustedCa());
        service.withObject("/from").put("address", "noreply@contoso.example");
        service.withObject("/authentication")
                .put("login", "noreply@contoso.example")
                .put("tenant", TENANT)
                .put("client_id", CLIENT)
                .put("client_secret", secret)
                .put("token_endpoint", emulator.microsoft().secure().tokenUrl().toString());
        service.withObject("/limits")
                .put("connections", connections)
                .putNull("messages_per_minute")
                .putNull("recipients_per_day");
        return post("/v1/services", service.toString());
    }

    /// The credential that programs on this machine use without showing anything.
    void createLocalCredential() {
        post(
                "/v1/credentials",
                """
                {"name": "local", "senders": ["*@contoso.example"],
                 "networks": ["127.0.0.1/32"], "without_auth": true}
                """);
    }

    HttpResponse<String> get(String path) {
        return call("GET", path, "");
    }

    JsonNode json(String path) {
        var answer = get(path);
        if (answer.statusCode() != 200)
            throw new AssertionError("GET " + path + ": " + answer.body());
        return JSON.readTree(answer.body());
    }

    JsonNode post(String path, String body) {
        return done("POST", path, body);
    }

    JsonNode patch(String path, String body) {
        return done("PATCH", path, body);
    }

    private JsonNode done(String method, String path, String body) {
        var answer = call(method, path, body);
        if (answer.statusCode() >= 300)
            throw new AssertionError(method + " " + path + ": " + answer.body());
        return JSON.readTree(answer.body());
    }

    HttpResponse<String> call(String method, String path, String body) {
        return send(request(method, path, body).header("Authorization", "Bearer " + KEY));
    }

    HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + web + path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new UncheckedIOException(unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /// How many recipients still wait.
    int waiting() {
        int waiting = 0;
        for (var state : List.of("queued", "deferred"))
            waiting += json("/v1/messages?limit=500&state=" + state).path("messages").size();
        return waiting;
    }

    /// Processor time until now.
    Duration cpu() {
        return running().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /// What it has of the machine's memory.
    long residentMegabytes() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc", running().pid() + "", "status")))
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.split("\\s+")[1]) / 1024;
        throw new IOException("no VmRSS of " + running().pid());
    }

    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Path data() {
        return data;
    }

    static boolean isOpen(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        if (process != null) end(process.destroyForcibly());
        http.close();
    }
}
