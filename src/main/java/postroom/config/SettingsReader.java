package postroom.config;

import postroom.config.PostroomSettings.BareLineEndings;
import postroom.config.PostroomSettings.LogFormat;
import postroom.config.PostroomSettings.ReportReversePath;
import postroom.config.PostroomSettings.Submission;
import postroom.secret.Secret;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Binds `postroom.yaml` and the environment to [PostroomSettings], or says in sentences why that
/// cannot be done. The command line goes before the environment, the environment before the file.
public final class SettingsReader {

    private final Map<Key, Value> values = new EnumMap<>(Key.class);
    private final List<String> troubles = new ArrayList<>();
    private final DataDirectory directory;

    private SettingsReader(DataDirectory directory) {
        this.directory = directory;
    }

    /// @param data what `--data` said, or empty
    /// @param config what `--config` said, or empty
    /// @throws InvalidSettings with every trouble there is, not just the first
    public static PostroomSettings read(String data, String config, Map<String, String> environment)
            throws InvalidSettings {
        var reader = new SettingsReader(DataDirectory.find(data, config, environment));
        reader.takeFile();
        reader.takeEnvironment(environment);
        if (!data.isEmpty()) reader.put(Key.DATA, data, "--data");
        var settings = reader.settings();
        if (!reader.troubles.isEmpty()) throw new InvalidSettings(reader.troubles);
        return settings;
    }

    private void takeFile() throws InvalidSettings {
        if (directory.config().isEmpty()) return;
        var file = directory.config().get();
        for (var setting : YamlFile.read(file).entrySet()) {
            var key = Key.ofPath(setting.getKey());
            if (key.isPresent()) put(key.get(), setting.getValue(), file.toString());
            else troubles.add(Unknown.inFile(setting.getKey(), file));
        }
        var own = values.get(Key.DATA);
        if (own != null && file.equals(directory.path().resolve("postroom.yaml"))) {
            var meant = own.path().toAbsolutePath().normalize();
            if (!meant.equals(directory.path().toAbsolutePath().normalize()))
                troubles.add(
                        own.unfit(
                                        "is another directory than the one this file is in; name"
                                                + " that with --data or POSTROOM_DATA instead")
                                .getMessage());
        }
    }

    private void takeEnvironment(Map<String, String> environment) {
        for (var variable : environment.entrySet()) {
            var name = variable.getKey();
            if (!name.startsWith("POSTROOM_") || Unknown.isNotASetting(name)) continue;
            var key = Key.ofVariable(name);
            if (key.isEmpty()) troubles.add(Unknown.inEnvironment(name));
            else if (!variable.getValue().isBlank())
                put(key.get(), variable.getValue(), "environment variable " + name);
        }
    }

    private void put(Key key, String text, String origin) {
        values.put(key, new Value(key, text.strip(), origin));
    }

    private PostroomSettings settings() {
        var data = get(Key.DATA, Value::path);
        var settings =
                new PostroomSettings(
                        data,
                        get(Key.BASE_URL, Value::baseUrl),
                        get(Key.OUTGOING_ADDRESSES, Value::networks),
                        new PostroomSettings.Http(
                                get(Key.HTTP_ADDRESS, Value::address),
                                get(Key.METRICS_NETWORKS, Value::networks)),
                        submission(),
                        database(),
                        masterKey(data),
                        bootstrap(),
                        new PostroomSettings.Queue(
                                get(Key.LIFETIME, Value::duration),
                                get(Key.PATIENCE, Value::duration),
                                get(Key.RETRY, Value::durations)),
                        new PostroomSettings.MessageLimits(
                                get(Key.MAX_SIZE, Value::size),
                                get(Key.MAX_RECIPIENTS, value -> value.count(100_000))),
                        new PostroomSettings.Retention(
                                get(Key.RETENTION_CONTENT, Value::duration),
                                get(Key.RETENTION_EVENTS, Value::duration),
                                get(Key.RETENTION_AUDIT, Value::duration)),
                        new PostroomSettings.Alerts(
                                get(Key.ALERTS_TO, Value::addresses),
                                value(Key.ALERTS_SERVICE).string(),
                                get(Key.ALERTS_WAITING, Value::duration)),
                        new PostroomSettings.Webhooks(
                                get(Key.WEBHOOKS_ALLOW_PRIVATE, Value::yesOrNo)),
                        new PostroomSettings.Reports(
                                get(Key.REPORTS_ENABLED, Value::flag),
                                get(Key.REPORTS_DELAY, Value::duration),
                                get(
                                        Key.REPORTS_REVERSE_PATH,
                                        value -> value.oneOf(ReportReversePath.class)),
                                get(Key.REPORTS_PER_HOUR, value -> value.count(10_000))),
                        oidc(),
                        get(Key.LOG_FORMAT, value -> value.oneOf(LogFormat.class)),
                        shown(),
                        origins());
        refuseSharedPorts();
        return settings;
    }

    private Map<String, String> shown() {
        var shown = new TreeMap<String, String>();
        values.forEach(
                (key, value) -> shown.put(key.path(), key.holdsSecret() ? "‹set›" : value.text()));
        return shown;
    }

    private Map<String, String> origins() {
        var origins = new TreeMap<String, String>();
        values.forEach((key, value) -> origins.put(key.path(), value.origin()));
        return origins;
    }

    private Optional<PostroomSettings.Oidc> oidc() {
        if (!value(Key.OIDC_ISSUER).isSet()) return Optional.empty();
        var secret = get(Key.OIDC_CLIENT_SECRET_FILE, Value::content);
        if (secret.isPresent() == value(Key.OIDC_CLIENT_SECRET).isSet()
                || !value(Key.OIDC_CLIENT_ID).isSet()) {
            troubles.add(
                    "console.oidc.issuer needs console.oidc.client-id, and one of"
                            + " console.oidc.client-secret and console.oidc.client-secret-file.");
            return Optional.empty();
        }
        var role = value(Key.OIDC_ROLE);
        if (role.isSet() && !List.of("owner", "operator", "setup", "viewer").contains(role.text()))
            troubles.add(role.unfit("must be one of: owner, operator, setup, viewer").getMessage());
        return Optional.of(
                new PostroomSettings.Oidc(
                        get(Key.OIDC_ISSUER, Value::issuer),
                        value(Key.OIDC_CLIENT_ID).text(),
                        secret.orElseGet(() -> new Secret(value(Key.OIDC_CLIENT_SECRET).text())),
                        value(Key.OIDC_NAME).text(),
                        role.string(),
                        get(Key.OIDC_TRUST_EMAIL, Value::yesOrNo)));
    }

    private Submission submission() {
        var plain = get(Key.PLAIN_ADDRESS, Value::maybeAddress);
        var networks = get(Key.PLAIN_NETWORKS, Value::networks);
        if (value(Key.CERTIFICATE).isSet() != value(Key.CERTIFICATE_KEY).isSet())
            troubles.add(
                    "submission.certificate and submission.key go together, and only one of them"
                            + " is set: name both PEM files, or neither.");
        return new Submission(
                get(Key.STARTTLS_ADDRESS, Value::maybeAddress),
                get(Key.TLS_ADDRESS, Value::maybeAddress),
                plain,
                get(Key.CERTIFICATE, Value::existingFile),
                get(Key.CERTIFICATE_KEY, Value::existingFile),
                value(Key.HOSTNAME).isSet()
                        ? get(Key.HOSTNAME, Value::hostName)
                        : DataDirectory.machineName(),
                networks,
                get(Key.BARE_LINE_ENDINGS, value -> value.oneOf(BareLineEndings.class)),
                get(Key.CONNECTIONS, value -> value.count(100_000)),
                get(Key.CONNECTIONS_PER_ADDRESS, value -> value.count(100_000)));
    }

    private PostroomSettings.Database database() {
        var url = value(Key.DATABASE_URL);
        if (url.isSet() && !url.text().startsWith("jdbc:postgresql://"))
            troubles.add(
                    "database.url ("
                            + url.origin()
                            + ") has to begin with jdbc:postgresql:// as in"
                            + " jdbc:postgresql://db.example.com/postroom; leave it out for SQLite"
                            + " in the data directory.");
        if (!url.isSet() && value(Key.DATABASE_USERNAME).isSet())
            troubles.add(
                    "database.username is set, but database.url is not: name the database, or"
                            + " leave both out for SQLite in the data directory.");
        return new PostroomSettings.Database(
                url.string(),
                value(Key.DATABASE_USERNAME).string(),
                value(Key.DATABASE_PASSWORD).string().map(Secret::new));
    }

    private PostroomSettings.MasterKey masterKey(Path data) {
        var key = value(Key.MASTER_KEY);
        if (key.isSet() && value(Key.MASTER_KEY_FILE).isSet())
            troubles.add(
                    "master-key and master-key-file are both set: one of them has to go, the"
                            + " other holds the key.");
        return new PostroomSettings.MasterKey(
                key.string().map(Secret::new),
                value(Key.MASTER_KEY_FILE).isSet()
                        ? get(Key.MASTER_KEY_FILE, Value::path)
                        : data.resolve("master.key"));
    }

    private PostroomSettings.Bootstrap bootstrap() {
        var email = value(Key.BOOTSTRAP_ADMIN_EMAIL);
        var password = value(Key.BOOTSTRAP_ADMIN_PASSWORD);
        if (email.isSet() != password.isSet())
            troubles.add(
                    "bootstrap.admin-email and bootstrap.admin-password go together, and only one"
                            + " of them is set: set both, or neither.");
        if (email.isSet() && postroom.mail.Address.parse(email.text()).isEmpty())
            troubles.add(email.unfit("must be an address such as ada@example.com").getMessage());
        if (password.isSet() && password.text().length() < 10)
            troubles.add(password.unfit("must have at least 10 characters").getMessage());
        var apiKey = value(Key.BOOTSTRAP_API_KEY);
        if (apiKey.isSet() && !apiKey.text().matches("[!-~]{8,}"))
            troubles.add(
                    apiKey.unfit("must have at least 8 characters, all of them printable ASCII")
                            .getMessage());
        return new PostroomSettings.Bootstrap(
                apiKey.string().map(Secret::new),
                email.string(),
                password.string().map(Secret::new));
    }

    private void refuseSharedPorts() {
        var taken = new java.util.HashMap<String, Key>();
        for (var key :
                List.of(
                        Key.HTTP_ADDRESS,
                        Key.STARTTLS_ADDRESS,
                        Key.TLS_ADDRESS,
                        Key.PLAIN_ADDRESS)) {
            var address = value(key);
            if (!address.isSet() || address.text().endsWith(":0")) continue;
            var other = taken.putIfAbsent(address.text(), key);
            if (other != null)
                troubles.add(
                        address.unfit(
                                        "is the address of "
                                                + other.path()
                                                + " already; each"
                                                + " needs a port of its own")
                                .getMessage());
        }
    }

    private Value value(Key key) {
        var value = values.get(key);
        return value == null ? defaultOf(key) : value;
    }

    private static Value defaultOf(Key key) {
        return new Value(key, key.defaultText(), "default");
    }

    /// Notes the trouble and goes on with the default, so that one start tells of all troubles.
    private <T> T get(Key key, Function<Value, T> reading) {
        try {
            return reading.apply(value(key));
        } catch (Value.Unfit unfit) {
            troubles.add(Optional.ofNullable(unfit.getMessage()).orElse(key.path()));
            var fallback = key == Key.HOSTNAME ? "localhost" : key.defaultText();
            return reading.apply(new Value(key, fallback, "default"));
        }
    }
}
