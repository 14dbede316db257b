package postroom.cli;

import postroom.config.PostroomSettings;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.emulator.Provider;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Duration;

/// What the demo does once everything runs: two services, a credential, a first message.
final class DemoStory {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SENDER = "noreply@contoso.example";
    private static final String RECIPIENT = "customer@fabrikam.example";

    private final Terminal terminal;
    private final RunningServer server;
    private final Emulator emulator;
    private final PostroomSettings settings;
    private JsonNode credential = Json.object();

    DemoStory(
            Terminal terminal, RunningServer server, Emulator emulator, PostroomSettings settings) {
        this.terminal = terminal;
        this.server = server;
        this.emulator = emulator;
        this.settings = settings;
    }

    /// True when the first message was sent.
    boolean tell() throws Exception {
        provide(contoso(), "Microsoft 365, signing in as an application with OAuth2.");
        provide(fabrikam(), "Google; it waits for somebody to authorize it.");
        var wanted = Json.object().put("name", "demo");
        wanted.putArray("senders").add("*@contoso.example").add("*@fabrikam.example");
        credential = server.post("/v1/credentials", wanted);
        say("Credential demo for an application, user name " + username() + ".");

        var id = FirstMessage.send(submissionPort(), username(), password(), SENDER, RECIPIENT);
        say("First message: handed in over SMTP with STARTTLS and AUTH, queued as " + id + ".");
        var message = awaitSent(id);
        say("");
        Timeline.print(terminal, message);
        say("");
        return isSent(message);
    }

    /// The services of an earlier demo in the same directory get the addresses of today's
    /// providers.
    private void provide(ObjectNode service, String what) {
        var name = Json.text(service, "name");
        var earlier =
                server.list("/v1/services", 1000).stream()
                        .filter(one -> Json.text(one, "name").equals(name))
                        .findFirst();
        if (earlier.isEmpty()) server.post("/v1/services", service);
        else {
            service.remove("preset");
            server.patch("/v1/services/" + Json.text(earlier.get(), "id"), service);
        }
        say("Service " + name + ": " + what);
    }

    private JsonNode awaitSent(String id) throws InterruptedException {
        var deadline = terminal.clock().instant().plus(PATIENCE);
        while (true) {
            var message = server.get("/v1/messages/" + id);
            if (isSent(message) || terminal.clock().instant().isAfter(deadline)) return message;
            Thread.sleep(Duration.ofMillis(100));
        }
    }

    private static boolean isSent(JsonNode message) {
        var recipients = message.path("recipients");
        for (var recipient : recipients)
            if (!Json.text(recipient, "state").equals("sent")) return false;
        return !recipients.isEmpty();
    }

    private ObjectNode contoso() {
        var tenant = emulator.script().tenants().getFirst().id();
        var provider = emulator.microsoft().secure().ofTenant(tenant);
        var service = service("Contoso", "microsoft-365", SENDER, emulator.microsoft().smtpPort());
        service.withObject("/authentication")
                .put("grant", "client_credentials")
                .put("account_type", "one_organization")
                .put("login", SENDER)
                .put("tenant", tenant)
                .put("authorization_endpoint", provider.authorizeUrl().toString())
                .put("device_authorization_endpoint", provider.deviceUrl().toString())
                .put("token_endpoint", provider.tokenUrl().toString());
        putClient(service, Provider.MICROSOFT);
        return service;
    }

    private ObjectNode fabrikam() {
        // a browser shows a plain address on this machine without a warning about its certificate
        var provider = emulator.google();
        var from = "billing@fabrikam.example";
        var service = service("Fabrikam", "google", from, provider.smtpPort());
        service.withObject("/authentication")
                .put("grant", "authorization_code")
                .put("login", from)
                .put("authorization_endpoint", provider.authorizeUrl().toString())
                .put("device_authorization_endpoint", provider.deviceUrl().toString())
                .put("token_endpoint", provider.secure().tokenUrl().toString())
                .put("revocation_endpoint", provider.secure().base() + "/revoke");
        putClient(service, Provider.GOOGLE);
        return service;
    }

    private ObjectNode service(String name, String preset, String from, int port) {
        var service = Json.object().put("name", name).put("preset", preset);
        service.withObject("/from").put("address", from).put("name", name);
        service.withObject("/smtp")
                .put("host", "localhost")
                .put("port", port)
                .put("trusted_ca", emulator.trustedCa());
        return service;
    }

    private void putClient(ObjectNode service, Provider provider) {
        var client = client(provider);
        service.withObject("/authentication")
                .put("client_id", client.id())
                .put("client_secret", client.secrets().getFirst());
    }

    private EmulatorScript.Client client(Provider provider) {
        return emulator.script().clients().stream()
                .filter(client -> client.provider() == provider)
                .findFirst()
                .orElseThrow();
    }

    void printWhereToGo(String admin, String password, Path data) {
        var url = settings.baseUrl();
        say("The console      " + url + "/");
        say("  sign in as     " + admin + "   password " + password);
        say("The providers    " + emulator.lookingGlass() + "   what arrived there");
        say("The data         " + data);
        say("");
        say("Send another one, over SMTP:");
        say("  swaks --server 127.0.0.1 --port " + submissionPort() + " --tls \\");
        say("    --auth-user " + username() + " --auth-password " + password() + " \\");
        say("    --from " + SENDER + " --to " + RECIPIENT);
        say("over HTTP:");
        say("  curl -s " + url + "/v1/messages -H 'Authorization: Bearer " + apiKey() + "' \\");
        say("    -H 'Content-Type: application/json' \\");
        say(
                "    -d '{\"from\":\""
                        + SENDER
                        + "\",\"to\":[\""
                        + RECIPIENT
                        + "\"],\"subject\":\"Hello\",\"text\":\"Hello\"}'");
        say("as sendmail:");
        say(
                "  printf 'From: "
                        + SENDER
                        + "\\nTo: "
                        + RECIPIENT
                        + "\\nSubject: Hello\\n\\nHello\\n' | POSTROOM_DATA="
                        + data
                        + " ./postroom sendmail -t");
        say("and see:");
        say("  ./postroom queue list --data " + data);
        say("");
        say("Ctrl-C ends the demo.");
    }

    private int submissionPort() {
        return settings.submission().starttls().orElseThrow().getPort();
    }

    private String username() {
        return Json.text(credential, "smtp_username");
    }

    private String password() {
        return Json.text(credential, "smtp_password");
    }

    private String apiKey() {
        return Json.text(credential, "api_key");
    }

    private void say(String line) {
        terminal.out().println(line);
    }
}
