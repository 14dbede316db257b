package postroom.config;

import java.util.Locale;
import java.util.Optional;

/// Every setting there is, with its default and what it means. `docs/reference/configuration.md`
/// shows the same table; a test compares the two.
public enum Key {
    DATA("data", "./data", "database, master key, drop directory"),
    BASE_URL(
            "base-url",
            "http://localhost:8587",
            "how browsers and providers reach the console; the redirect URI is"
                    + " `{base-url}/oauth2/callback`"),
    OUTGOING_ADDRESSES(
            "outgoing-addresses",
            "",
            "the public addresses that mail leaves from, as providers see them; shown in guides for"
                    + " allow lists. Unset: those of this machine that are public"),
    HTTP_ADDRESS("http.address", "127.0.0.1:8587", "console, API, health, metrics"),
    METRICS_NETWORKS(
            "http.metrics.networks",
            "",
            "CIDR blocks that may read `/metrics` and `/health` without a key, besides this"
                    + " machine"),
    STARTTLS_ADDRESS(
            "submission.starttls.address", "127.0.0.1:2587", "submission with STARTTLS and AUTH"),
    TLS_ADDRESS("submission.tls.address", "off", "submission with implicit TLS and AUTH"),
    PLAIN_ADDRESS(
            "submission.plain.address",
            "off",
            "for devices on listed networks that can neither TLS nor AUTH"),
    PLAIN_NETWORKS(
            "submission.plain.networks",
            "",
            "CIDR blocks that may use the plain listener; unset: the networks of the credentials"),
    CERTIFICATE(
            "submission.certificate",
            "",
            "PEM file with the certificate chain; without one, a self-signed certificate is made at"
                    + " the first start"),
    CERTIFICATE_KEY("submission.key", "", "PEM file with the private key of that certificate"),
    HOSTNAME(
            "submission.hostname",
            "",
            "what Postroom calls itself in greetings and `Received`; without it, the machine's"
                    + " name"),
    BARE_LINE_ENDINGS(
            "submission.bare-line-endings",
            "normalize",
            "what becomes of a CR or LF that stands alone in content: `normalize` or `reject`"),
    CONNECTIONS("submission.connections", "1000", "submission connections at once"),
    CONNECTIONS_PER_ADDRESS(
            "submission.connections-per-address", "200", "the same from one IP address"),
    DATABASE_URL(
            "database.url",
            "",
            "`jdbc:postgresql://host/database`, for several nodes; unset: SQLite in `data`"),
    DATABASE_USERNAME("database.username", "", "user name for `database.url`"),
    DATABASE_PASSWORD("database.password", "", "password for `database.url`"),
    MASTER_KEY("master-key", "", "seals every secret at rest; base64"),
    MASTER_KEY_FILE(
            "master-key-file",
            "",
            "the file that holds it; `master.key` in `data` by default, made at the first start,"
                    + " mode 0600"),
    BOOTSTRAP_API_KEY(
            "bootstrap.api-key",
            "",
            "a key with all rights that exists from the start, for unattended set-up"),
    BOOTSTRAP_ADMIN_EMAIL(
            "bootstrap.admin-email",
            "",
            "the first user; without it, the first start prints a one-time address"),
    BOOTSTRAP_ADMIN_PASSWORD("bootstrap.admin-password", "", "the first user's password"),
    LIFETIME("queue.lifetime", "5d", "how long a message is tried"),
    PATIENCE("queue.patience", "14d", "how long a message waits for a closed service"),
    RETRY(
            "queue.retry",
            "1m 5m 15m 30m 1h 2h 4h",
            "the pauses between tries; the last one repeats"),
    MAX_SIZE("message.max-size", "36MB", "the largest message, at every door"),
    MAX_RECIPIENTS("message.max-recipients", "1000", "the most recipients, at every door"),
    ALERTS_TO(
            "alerts.to",
            "",
            "addresses that are told by mail when a service is in trouble, and when it is over;"
                    + " unset: nobody is, and the events tell alone"),
    ALERTS_SERVICE(
            "alerts.service",
            "",
            "the service that carries these mails where it can; unset, or in trouble itself: any"
                    + " other that is open"),
    ALERTS_WAITING("alerts.waiting", "1h", "mail that waits longer for its service is trouble"),
    LOG_FORMAT(
            "log.format",
            "text",
            "one line per thing that happened: `text`, or `json` for programs that collect logs"),
    REPORTS_ENABLED(
            "reports.enabled",
            "true",
            "whether senders over SMTP and `sendmail` get a report when their mail failed, or is"
                    + " late"),
    REPORTS_DELAY(
            "reports.delay", "4h", "mail that waits longer is late, and its sender is told once"),
    REPORTS_REVERSE_PATH(
            "reports.reverse-path",
            "service",
            "the reverse-path of reports: `service`, the address that the service sends from, as"
                + " providers expect of whoever signs in; or `empty`, the null reverse-path, as RFC"
                + " 3464 has it"),
    REPORTS_PER_HOUR(
            "reports.per-hour",
            "100",
            "reports to one address within an hour; more wait, for a day at most"),
    RETENTION_CONTENT(
            "retention.content", "7d", "how long content is kept after a message is done"),
    RETENTION_EVENTS("retention.events", "90d", "how long events are kept"),
    RETENTION_AUDIT("retention.audit", "400d", "how long it is kept who changed what"),
    OIDC_ISSUER(
            "console.oidc.issuer",
            "",
            "people sign in to the console at this OpenID Connect provider, too; the redirect URI"
                    + " there is `{base-url}/login/provider/callback`"),
    OIDC_CLIENT_ID("console.oidc.client-id", "", "client ID of Postroom at that provider"),
    OIDC_CLIENT_SECRET("console.oidc.client-secret", "", "client secret of Postroom there"),
    OIDC_CLIENT_SECRET_FILE(
            "console.oidc.client-secret-file", "", "the file that holds it, instead"),
    OIDC_NAME("console.oidc.name", "Single sign-on", "what the provider is called on the page"),
    OIDC_ROLE(
            "console.oidc.role",
            "",
            "the role of whoever signs in there and was not invited: `viewer`, `setup`, `operator`"
                    + " or `owner`; unset: they do not get in"),
    OIDC_TRUST_EMAIL(
            "console.oidc.trust-email",
            "false",
            "`true` takes e-mail addresses that the provider does not mark as verified: only where"
                    + " nobody can choose their own there"),
    WEBHOOKS_ALLOW_PRIVATE(
            "webhooks.allow-private-addresses",
            "false",
            "`true` lets webhooks post to loopback and private addresses, there also over plain"
                    + " http");

    private final String path;
    private final String defaultText;
    private final String meaning;

    Key(String path, String defaultText, String meaning) {
        this.path = path;
        this.defaultText = defaultText;
        this.meaning = meaning;
    }

    /// As in `postroom.yaml`: `submission.starttls.address`.
    public String path() {
        return path;
    }

    /// As in the environment: `POSTROOM_SUBMISSION_STARTTLS_ADDRESS`.
    public String variable() {
        return "POSTROOM_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /// Empty where there is none.
    public String defaultText() {
        return defaultText;
    }

    public String meaning() {
        return meaning;
    }

    boolean holdsSecret() {
        return switch (this) {
            case MASTER_KEY,
                    BOOTSTRAP_API_KEY,
                    BOOTSTRAP_ADMIN_PASSWORD,
                    DATABASE_PASSWORD,
                    OIDC_CLIENT_SECRET ->
                    true;
            default -> false;
        };
    }

    static Optional<Key> ofPath(String path) {
        for (var key : values()) if (key.path.equals(path)) return Optional.of(key);
        return Optional.empty();
    }

    static Optional<Key> ofVariable(String variable) {
        for (var key : values()) if (key.variable().equals(variable)) return Optional.of(key);
        return Optional.empty();
    }
}
