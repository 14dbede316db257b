package postroom.config;

import postroom.mail.Address;
import postroom.secret.Secret;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything an owner can set from outside the console. Names as in
/// `docs/reference/configuration.md`.
///
/// @param data database, master key, drop directory
/// @param baseUrl how browsers and providers reach the console
/// @param outgoingAddresses that providers see mail come from, as the owner says
/// @param logFormat how log lines look
/// @param shown what the owner set, by key, for people; of a secret only that there is one
/// @param oidc where people sign in besides here
/// @param origins where each of these was set: a file, a variable
public record PostroomSettings(
        Path data,
        URI baseUrl,
        List<String> outgoingAddresses,
        Http http,
        Submission submission,
        Database database,
        MasterKey masterKey,
        Bootstrap bootstrap,
        Queue queue,
        MessageLimits message,
        Retention retention,
        Alerts alerts,
        Webhooks webhooks,
        Reports reports,
        Optional<Oidc> oidc,
        LogFormat logFormat,
        Map<String, String> shown,
        Map<String, String> origins) {

    public PostroomSettings {
        outgoingAddresses = List.copyOf(outgoingAddresses);
        shown = Map.copyOf(shown);
        origins = Map.copyOf(origins);
    }

    public enum LogFormat {
        TEXT,
        JSON
    }

    /// @param address console, API, health and metrics
    /// @param metricsNetworks CIDR blocks that may read health and metrics without a key
    public record Http(InetSocketAddress address, List<String> metricsNetworks) {
        public Http {
            metricsNetworks = List.copyOf(metricsNetworks);
        }
    }

    /// @param starttls always there; the others only where the owner asked for them
    /// @param hostname what we call ourselves in greetings and `Received`
    /// @param plainNetworks CIDR blocks that may use the plain listener
    /// @param bareLineEndings what becomes of a bare CR or LF in content
    public record Submission(
            Optional<InetSocketAddress> starttls,
            Optional<InetSocketAddress> tls,
            Optional<InetSocketAddress> plain,
            Optional<Path> certificate,
            Optional<Path> key,
            String hostname,
            List<String> plainNetworks,
            BareLineEndings bareLineEndings,
            int connections,
            int connectionsPerAddress) {}

    public enum BareLineEndings {
        NORMALIZE,
        REJECT
    }

    public record Database(
            Optional<String> url, Optional<String> username, Optional<Secret> password) {}

    /// Given as base64, or in a file that is made at the first start.
    public record MasterKey(Optional<Secret> key, Path file) {}

    public record Bootstrap(
            Optional<Secret> apiKey, Optional<String> adminEmail, Optional<Secret> adminPassword) {}

    /// @param lifetime how long a message is tried; stands still while its service is closed
    /// @param patience how long a message waits for a closed service
    /// @param retry pauses after the first, second, … try; the last one repeats
    public record Queue(Duration lifetime, Duration patience, List<Duration> retry) {}

    /// @param maxSize in octets
    public record MessageLimits(long maxSize, int maxRecipients) {}

    /// @param audit who changed what
    public record Retention(Duration content, Duration events, Duration audit) {}

    /// @param to who is told by mail; may be nobody
    /// @param service the name or ID of the service that carries these mails where it can
    /// @param waiting mail that waits longer for its service is trouble
    public record Alerts(List<Address> to, Optional<String> service, Duration waiting) {
        public Alerts {
            to = List.copyOf(to);
        }
    }

    /// @param role of people who were not invited; absent: they do not get in
    /// @param trustsAddresses takes e-mail addresses that are not marked as verified
    public record Oidc(
            URI issuer,
            String clientId,
            Secret clientSecret,
            String name,
            Optional<String> role,
            boolean trustsAddresses) {}

    public record Webhooks(boolean allowPrivateAddresses) {}

    /// @param enabled senders are told at all
    /// @param delay mail that waits longer is late
    /// @param perHour to one address
    public record Reports(
            boolean enabled, Duration delay, ReportReversePath reversePath, int perHour) {}

    /// What stands in `MAIL FROM` of a report.
    public enum ReportReversePath {
        SERVICE,
        EMPTY
    }

    public Path databaseFile() {
        return data.resolve("postroom.db");
    }

    public Path dropDirectory() {
        return data.resolve("drop");
    }
}
