package postroom.cli;

import picocli.CommandLine.Option;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/// The settings of a service as options; `--set` reaches those without an option of their own.
final class ServiceOptions {

    @Option(names = "--from", paramLabel = "ADDRESS", description = "Sends as this address.")
    private String from = "";

    @Option(names = "--from-name", paramLabel = "NAME", description = "… with this name.")
    private String fromName = "";

    @Option(names = "--reply-to", paramLabel = "ADDRESS", description = "Where answers go.")
    private String replyTo = "";

    @Option(
            names = "--sender",
            paramLabel = "ADDRESS",
            description = "A further sender, as 'Name <address>'; may repeat.")
    private List<String> senders = List.of();

    @Option(
            names = "--usage",
            paramLabel = "USAGE",
            description = "transactional or marketing; may repeat.")
    private List<String> usages = List.of();

    @Option(names = "--transport", description = "smtp, graph or gmail.")
    private String transport = "";

    @Option(names = "--host", description = "The SMTP server.")
    private String host = "";

    @Option(names = "--port", description = "Its port.")
    private int port;

    @Option(names = "--tls", description = "starttls, implicit or none.")
    private String tls = "";

    @Option(
            names = "--ehlo-hostname",
            paramLabel = "NAME",
            description = "What we call ourselves in EHLO.")
    private String ehloHostname = "";

    @Option(
            names = "--trusted-ca",
            paramLabel = "FILE",
            description = "PEM of the authority to trust for this service.")
    private String trustedCa = "";

    @Option(names = "--auth", paramLabel = "TYPE", description = "none, basic or oauth2.")
    private String auth = "";

    @Option(names = "--username", description = "For basic.")
    private String username = "";

    @Option(names = "--password-file", paramLabel = "SECRET", description = "For basic.")
    private String passwordFile = "";

    @Option(names = "--provider", description = "microsoft, google or custom.")
    private String provider = "";

    @Option(
            names = "--grant",
            description =
                    "authorization_code, device_code, client_credentials, refresh_token or"
                            + " jwt_bearer.")
    private String grant = "";

    @Option(names = "--login", paramLabel = "ADDRESS", description = "The account that signs in.")
    private String login = "";

    @Option(
            names = "--user",
            paramLabel = "ADDRESS",
            description = "The mailbox, where it differs from the login.")
    private String user = "";

    @Option(
            names = "--account-type",
            paramLabel = "TYPE",
            description = "one_organization, any_organization or personal.")
    private String accountType = "";

    @Option(names = "--tenant", paramLabel = "ID", description = "Tenant ID or domain.")
    private String tenant = "";

    @Option(names = "--client-id", paramLabel = "ID", description = "Of the app registration.")
    private String clientId = "";

    @Option(
            names = "--client-secret-file",
            paramLabel = "SECRET",
            description = "Its secret's value.")
    private String clientSecretFile = "";

    @Option(
            names = "--client-secret-expires",
            paramLabel = "DATE",
            description = "When the secret ends: 2027-03-01.")
    private String clientSecretExpires = "";

    @Option(
            names = "--client-certificate",
            paramLabel = "FILE",
            description = "PEM, in place of the secret.")
    private String clientCertificate = "";

    @Option(
            names = "--client-key-file",
            paramLabel = "SECRET",
            description = "PEM of its private key.")
    private String clientKeyFile = "";

    @Option(
            names = "--refresh-token-file",
            paramLabel = "SECRET",
            description = "For the grant refresh_token.")
    private String refreshTokenFile = "";

    @Option(
            names = "--service-account-file",
            paramLabel = "SECRET",
            description = "JSON, for the grant jwt_bearer.")
    private String serviceAccountFile = "";

    @Option(
            names = "--authorization-endpoint",
            paramLabel = "URL",
            description = "In place of the provider's.")
    private String authorizationEndpoint = "";

    @Option(
            names = "--token-endpoint",
            paramLabel = "URL",
            description = "In place of the provider's.")
    private String tokenEndpoint = "";

    @Option(
            names = "--device-authorization-endpoint",
            paramLabel = "URL",
            description = "In place of the provider's.")
    private String deviceAuthorizationEndpoint = "";

    @Option(names = "--issuer", paramLabel = "URL", description = "To discover the endpoints from.")
    private String issuer = "";

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            description = "OAuth2 scope to ask for; may repeat.")
    private List<String> scopes = List.of();

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description =
                    "Any setting, such as limits.connections=3; the value @SECRET is read from"
                            + " there.")
    private List<String> set = List.of();

    /// Only what was named.
    ObjectNode settings(Terminal terminal) {
        var settings = Json.object();
        put(settings, "from.address", from);
        put(settings, "from.name", fromName);
        put(settings, "reply_to", replyTo);
        for (var sender : senders) settings.withArray("/senders").add(sender(sender));
        for (var usage : usages) settings.withArray("/usages").add(usage);
        put(settings, "transport", transport);
        put(settings, "smtp.host", host);
        if (port > 0) settings.withObject("/smtp").put("port", port);
        put(settings, "smtp.tls", tls);
        put(settings, "smtp.ehlo_hostname", ehloHostname);
        putFile(settings, "smtp.trusted_ca", trustedCa, terminal);
        put(settings, "authentication.type", authenticationType());
        put(settings, "authentication.username", username);
        putFile(settings, "authentication.password", passwordFile, terminal);
        put(settings, "authentication.provider", provider);
        put(settings, "authentication.grant", grant);
        put(settings, "authentication.login", login);
        put(settings, "authentication.user", user);
        put(settings, "authentication.account_type", accountType);
        put(settings, "authentication.tenant", tenant);
        put(settings, "authentication.client_id", clientId);
        putFile(settings, "authentication.client_secret", clientSecretFile, terminal);
        put(settings, "authentication.client_secret_expires", clientSecretExpires);
        putFile(settings, "authentication.client_certificate", clientCertificate, terminal);
        putFile(settings, "authentication.client_key", clientKeyFile, terminal);
        putFile(settings, "authentication.refresh_token", refreshTokenFile, terminal);
        putFile(settings, "authentication.service_account", serviceAccountFile, terminal);
        put(settings, "authentication.authorization_endpoint", authorizationEndpoint);
        put(settings, "authentication.token_endpoint", tokenEndpoint);
        put(settings, "authentication.device_authorization_endpoint", deviceAuthorizationEndpoint);
        put(settings, "authentication.issuer", issuer);
        for (var scope : scopes)
            settings.withObject("/authentication").withArray("/scopes").add(scope);
        for (var setting : set) putAny(settings, setting, terminal);
        return settings;
    }

    private String authenticationType() {
        if (!auth.isEmpty()) return auth;
        if (!username.isEmpty() || !passwordFile.isEmpty()) return "basic";
        return !clientId.isEmpty() && !grant.isEmpty() ? "oauth2" : "";
    }

    private static ObjectNode sender(String text) {
        int bracket = text.indexOf('<');
        if (bracket < 0) return Json.object().put("address", text.strip());
        return Json.object()
                .put("name", text.substring(0, bracket).strip().replace("\"", ""))
                .put("address", text.substring(bracket + 1).replace(">", "").strip());
    }

    private static void put(ObjectNode settings, String path, String value) {
        if (!value.isEmpty()) Json.set(settings, path, Json.string(value));
    }

    private static void putFile(
            ObjectNode settings, String path, String source, Terminal terminal) {
        if (!source.isEmpty()) put(settings, path, SecretFile.read(source, terminal));
    }

    private static void putAny(ObjectNode settings, String setting, Terminal terminal) {
        int equals = setting.indexOf('=');
        if (equals < 1) throw Trouble.usage("--set takes path=value, such as limits.connections=3");
        var path = setting.substring(0, equals);
        var value = setting.substring(equals + 1);
        if (value.startsWith("@")) putFile(settings, path, value.substring(1), terminal);
        else Json.set(settings, path, Json.value(value));
    }
}
