package postroom.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.stereotype.Component;

import postroom.check.LastChecks;
import postroom.event.EventLog;
import postroom.oauth.Authorizations;
import postroom.queue.AttemptRow;
import postroom.queue.Queue;
import postroom.route.Routes;
import postroom.secret.Redactor;
import postroom.service.Services;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Collects what somebody who helps needs to see. Each room gives what it shows anyway, which holds
/// no secret; whatever looks like one is masked once more on its way into the file.
@Component
class SupportBundle {

    private static final int EVENTS = 500;
    private static final int ATTEMPTS = 100;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Installation installation;
    private final Services services;
    private final LastChecks checks;
    private final Authorizations authorizations;
    private final CredentialCalls credentials;
    private final Routes routes;
    private final Queue queue;
    private final EventLog events;
    private final HealthCalls health;
    private final PrometheusMeterRegistry metrics;
    private final InstantSource clock;

    SupportBundle(
            Installation installation,
            Services services,
            LastChecks checks,
            Authorizations authorizations,
            CredentialCalls credentials,
            Routes routes,
            Queue queue,
            EventLog events,
            HealthCalls health,
            PrometheusMeterRegistry metrics,
            InstantSource clock) {
        this.installation = installation;
        this.services = services;
        this.checks = checks;
        this.authorizations = authorizations;
        this.credentials = credentials;
        this.routes = routes;
        this.queue = queue;
        this.events = events;
        this.health = health;
        this.metrics = metrics;
        this.clock = clock;
    }

    byte[] zip() throws IOException {
        var files = new LinkedHashMap<String, String>();
        files.put("about.json", pretty(about()));
        files.put("settings.json", pretty(JSON.valueToTree(installation.settings())));
        files.put("services.json", pretty(serviceList()));
        files.put("credentials.json", pretty(credentialList()));
        files.put(
                "routes.txt",
                String.join("\n", routes.all().stream().map(Object::toString).toList()));
        files.put("events.jsonl", eventLines());
        files.put("transcripts.txt", transcripts());
        files.put("metrics.txt", metrics.scrape());
        files.put("log.txt", String.join("\n", installation.log().get()));
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(masked(file.getValue()).getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    // Line by line, so that a mask never reaches over more than one thing.
    private static String masked(String text) {
        var all = new StringBuilder(text.length());
        text.lines().forEach(line -> all.append(Redactor.masked(line)).append('\n'));
        return all.toString();
    }

    private ObjectNode about() {
        var runtime = Runtime.getRuntime();
        var about = JSON.createObjectNode();
        about.put("made_at", clock.instant().toString());
        about.put("postroom", StateMetrics.version());
        about.put("java", Runtime.version().toString());
        about.put(
                "system",
                System.getProperty("os.name")
                        + " "
                        + System.getProperty("os.version")
                        + " "
                        + System.getProperty("os.arch"));
        about.put("processors", runtime.availableProcessors());
        about.put("memory_max", runtime.maxMemory());
        about.put("memory_used", runtime.totalMemory() - runtime.freeMemory());
        about.put("time_zone", java.time.ZoneId.systemDefault().toString());
        about.set("ready", JSON.valueToTree(health.ready().getBody()));
        return about;
    }

    private ArrayNode serviceList() {
        var list = JSON.createArrayNode();
        var outlines = authorizations.outlines();
        for (var service : services.all()) {
            var one = withoutEnds(services.shown(service));
            list.add(one);
            var waits = queue.waiting(service.id());
            one.put("waiting", waits.recipients());
            waits.oldest().ifPresent(since -> one.put("waiting_since", since.toString()));
            var outline = outlines.get(service.id());
            if (outline != null) {
                one.putObject("authorization")
                        .put("authorized_at", outline.authorizedAt().toString())
                        .put("last_use", outline.lastUse().toString())
                        .put("scopes", String.join(" ", outline.scopes()));
            }
            checks.of(service.id()).report().ifPresent(report -> one.set("last_check", report));
        }
        return list;
    }

    // Four characters of a secret help its owner to recognise it, and nobody else.
    private static ObjectNode withoutEnds(JsonNode shown) {
        var copy = (ObjectNode) shown.deepCopy();
        for (var parent : copy.findParents("ends_with")) ((ObjectNode) parent).remove("ends_with");
        return copy;
    }

    private ArrayNode credentialList() {
        var list = JSON.createArrayNode();
        for (var one : credentials.list().credentials())
            list.addObject()
                    .put("id", one.id())
                    .put("name", one.name())
                    .put("senders", String.join(" ", one.senders()))
                    .put("networks", String.join(" ", one.networks()))
                    .put("without_auth", one.withoutAuth())
                    .put(
                            "last_used_at",
                            one.lastUsedAt() == null ? "" : one.lastUsedAt().toString());
        return list;
    }

    private String eventLines() {
        var lines = new StringBuilder();
        for (var event : events.newest(EVENTS)) {
            var line = JSON.createObjectNode();
            line.put("at", event.at().toString()).put("type", event.type().word());
            event.message().ifPresent(id -> line.put("message", id.toString()));
            event.service().ifPresent(id -> line.put("service", nameOf(id)));
            line.set("data", JSON.valueToTree(event.data()));
            lines.append(JSON.writeValueAsString(line)).append('\n');
        }
        return lines.toString();
    }

    private String transcripts() {
        var text = new StringBuilder();
        for (var one : queue.newestAttempts(ATTEMPTS).entrySet()) {
            AttemptRow attempt = one.getValue();
            text.append(one.getKey())
                    .append(' ')
                    .append(attempt.at())
                    .append(' ')
                    .append(nameOf(attempt.service()))
                    .append(" took ")
                    .append(Duration.ofMillis(attempt.took().toMillis()))
                    .append('\n');
            for (var step : JSON.readTree(attempt.conversation()))
                text.append("  ").append(step).append('\n');
        }
        return text.toString();
    }

    private String nameOf(long service) {
        return services.nameOf(service);
    }

    private static String pretty(JsonNode node) {
        return node.toPrettyString();
    }
}
