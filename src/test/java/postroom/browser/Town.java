package postroom.browser;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;

import postroom.Server;
import postroom.config.InvalidSettings;
import postroom.config.SettingsReader;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.emulator.Provider;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/// The whole program in this process, as `serve` starts it, with the imaginary Microsoft and Google
/// across the road.
public final class Town implements AutoCloseable {

    public static final String OWNER = "ada@contoso.example";
    static final String PASSWORD = "correct horse battery";
    public static final String KEY = "browser_tests_0123456789";
    private static final JsonMapper JSON = JsonMapper.shared();

    public final Emulator emulator;
    final Server server;
    public final String address;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final HttpClient http = HttpClient.newHttpClient();

    /// @param hasOwner whether there is somebody already who may sign in
    public Town(Path data, boolean hasOwner) {
        int port = freePort();
        address = "http://localhost:" + port;
        emulator =
                Emulator.start(EmulatorScript.demo().withRedirectUri(address + "/oauth2/callback"));
        var environment = new HashMap<String, String>();
        environment.put("POSTROOM_HTTP_ADDRESS", "127.0.0.1:" + port);
        environment.put("POSTROOM_BASE_URL", address);
        environment.put("POSTROOM_SUBMISSION_STARTTLS_ADDRESS", "127.0.0.1:" + freePort());
        environment.put("POSTROOM_BOOTSTRAP_API_KEY", KEY);
        if (hasOwner) {
            environment.put("POSTROOM_BOOTSTRAP_ADMIN_EMAIL", OWNER);
            environment.put("POSTROOM_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD);
        }
        try {
            var settings = SettingsReader.read(data.toString(), "", environment);
            server = Server.start(settings, new PrintStream(printed, true, StandardCharsets.UTF_8));
        } catch (InvalidSettings invalid) {
            throw new IllegalArgumentException(String.join("\n", invalid.sentences()), invalid);
        }
    }

    String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    int submissionPort() {
        return server.settings().submission().starttls().orElseThrow().getPort();
    }

    public JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return answer(
                HttpRequest.newBuilder(URI.create(address + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())));
    }

    JsonNode patch(String path, JsonNode body) throws IOException, InterruptedException {
        return answer(
                HttpRequest.newBuilder(URI.create(address + path))
                        .header("Content-Type", "application/json")
                        .method("PATCH", BodyPublishers.ofString(body.toString())));
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(URI.create(address + path)));
    }

    private JsonNode answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer =
                http.send(
                        request.header("Authorization", "Bearer " + KEY).build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new AssertionError(answer.body());
        return answer.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(answer.body());
    }

    /// Microsoft, as an application: it sends without anybody signing in.
    public ObjectNode contoso(String name) {
        var tenant = emulator.script().tenants().getFirst().id();
        var provider = emulator.microsoft().secure().ofTenant(tenant);
        var from = "noreply@contoso.example";
        var service = service(name, "microsoft-365", from, emulator.microsoft().smtpPort());
        service.withObject("/authentication")
                .put("grant", "client_credentials")
                .put("account_type", "one_organization")
                .put("login", from)
                .put("tenant", tenant)
                .put("authorization_endpoint", provider.authorizeUrl().toString())
                .put("device_authorization_endpoint", provider.deviceUrl().toString())
                .put("token_endpoint", provider.tokenUrl().toString());
        putClient(service, Provider.MICROSOFT);
        return service;
    }

    /// Google, as a person: it waits for somebody to authorize it.
    public ObjectNode fabrikam(String name) {
        var provider = emulator.google();
        var from = "billing@fabrikam.example";
        var service = service(name, "google", from, provider.smtpPort());
        service.withObject("/authentication")
                .put("grant", "authorization_code")
                .put("login", from)
                .put("authorization_endpoint", provider.authorizeUrl().toString())
                .put("device_authorization_endpoint", provider.deviceUrl().toString())
                .put("token_endpoint", provider.secure().tokenUrl().toString());
        putClient(service, Provider.GOOGLE);
        return service;
    }

    /// Any server with a user name and a password.
    public ObjectNode smarthost(String name) {
        var from = "news@contoso.example";
        var service = service(name, "smtp", from, emulator.smarthost().smtpPort());
        service.withObject("/authentication")
                .put("type", "basic")
                .put("username", "relay@smarthost.example")
                .put("password", "smarthost-demo-password");
        return service;
    }

    private ObjectNode service(String name, String preset, String from, int port) {
        var service = JSON.createObjectNode().put("name", name).put("preset", preset);
        service.withObject("/from").put("address", from).put("name", name);
        service.withObject("/smtp")
                .put("host", "localhost")
                .put("port", port)
                .put("trusted_ca", emulator.trustedCa());
        return service;
    }

    EmulatorScript.Client client(Provider provider) {
        return emulator.script().clients().stream()
                .filter(it -> it.provider() == provider)
                .findFirst()
                .orElseThrow();
    }

    private void putClient(ObjectNode service, Provider provider) {
        var client = client(provider);
        service.withObject("/authentication")
                .put("client_id", client.id())
                .put("client_secret", client.secrets().getFirst());
    }

    static ObjectNode json(Map<String, ?> members) {
        return JSON.valueToTree(members);
    }

    /// As an application does: over STARTTLS, with user name and password.
    void submit(String username, String password, String from, String to, String subject)
            throws MessagingException {
        var properties = new Properties();
        properties.put("mail.smtp.host", "localhost");
        properties.put("mail.smtp.port", Integer.toString(submissionPort()));
        properties.put("mail.smtp.auth", "true");
        properties.put("mail.smtp.starttls.required", "true");
        properties.put("mail.smtp.ssl.trust", "*"); // self-signed
        properties.put("mail.from", from); // its domain is that of the Message-ID
        var session = Session.getInstance(properties);
        var message = new MimeMessage(session);
        message.setFrom(from);
        message.setRecipients(Message.RecipientType.TO, to);
        message.setSubject(subject);
        message.setText("Good day.");
        Transport.send(message, username, password);
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new java.io.UncheckedIOException(none);
        }
    }

    @Override
    public void close() {
        server.close();
        emulator.close();
    }
}
