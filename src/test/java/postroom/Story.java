package postroom;

import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.mail.QueueId;
import postroom.oauth.Beginning;
import postroom.oauth.Person;
import postroom.oauth.SignIn;
import postroom.store.Database;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// One folder under `scenarios/`, lived through. What the files can say is told in
/// `scenarios/README.md`.
final class Story {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern ENTRY = Pattern.compile("((?:\\d+d )?\\d\\d:\\d\\d)\\s+(.*)");
    private static final Pattern SENDS =
            Pattern.compile("(\\S+) sends (\\S+\\.eml)(?: (\\d+) times)?");
    private static final Pattern CHANGES = Pattern.compile("(\\S+) changes (\\S+) (\\{.*})");
    private static final Pattern GATE = Pattern.compile("(\\S+) (pauses|resumes) (\\S+)");
    private static final Pattern AUTHORIZES = Pattern.compile("(\\S+) authorizes (\\S+) as (\\S+)");
    private static final Pattern MESSAGE =
            Pattern.compile("(\\S+) (retries|holds|releases|cancels) M(\\d+)");
    private static final Pattern REROUTES = Pattern.compile("(\\S+) reroutes M(\\d+) to (\\S+)");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z_. ]+[^}]*)}");
    private static final Set<String> SECRETS =
            Set.of("client_secret", "password", "refresh_token", "smtp_password", "api_key");

    private final Path folder;
    private final HouseInTown town;
    private final List<QueueId> messages = new ArrayList<>();
    private final List<Timeline.Line> heard = new ArrayList<>();
    private final Set<String> secrets = new HashSet<>();

    private Story(Path folder, HouseInTown town) {
        this.folder = folder;
        this.town = town;
    }

    /// @param secrets everything in the story that must be seen nowhere
    /// @param told all that the house wrote down for people to read
    record Outcome(Timeline timeline, Set<String> secrets, String told) {}

    static Outcome live(Path folder, Path data, Database database) throws IOException {
        var provider = EmulatorScript.demo().changedBy(read(folder.resolve("provider.yaml")));
        var configuration = (ObjectNode) YAML.readTree(read(folder.resolve("postroom.yaml")));
        var services = list(configuration.remove("services"));
        var credentials = list(configuration.remove("credentials"));
        Files.writeString(data.resolve("postroom.yaml"), YAML.writeValueAsString(configuration));
        try (var town = new HouseInTown(data, database, provider)) {
            if (configuration.has("alerts")) town.tellAlerts();
            if (configuration.has("reports")) town.tellSenders();
            var story = new Story(folder, town);
            story.setUp(services, credentials);
            town.storyBegins();
            for (var line : Files.readAllLines(folder.resolve("day.txt"))) story.live(line);
            return story.outcome();
        }
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "{}";
    }

    private static List<JsonNode> list(@org.jspecify.annotations.Nullable JsonNode array) {
        return array == null ? List.of() : List.copyOf(((ArrayNode) array).values());
    }

    private void setUp(List<JsonNode> services, List<JsonNode> credentials) throws IOException {
        for (var service : services) town.service(workedOut(service));
        for (var credential : credentials) {
            var senders = new ArrayList<String>();
            for (var sender : credential.path("senders")) senders.add(sender.asString());
            var issued =
                    town.credential(
                            credential.path("name").asString(), senders.toArray(String[]::new));
            secrets.add(issued.smtpPassword().value());
            secrets.add(issued.apiKey().value());
        }
    }

    /// `{…}` in a text is worked out; a text that is nothing but a number then becomes one.
    private JsonNode workedOut(JsonNode node) throws IOException {
        if (node instanceof ObjectNode object) {
            var copy = JSON.createObjectNode();
            for (var field : object.properties()) {
                copy.set(field.getKey(), workedOut(field.getValue()));
                if (SECRETS.contains(field.getKey()))
                    secrets.add(copy.path(field.getKey()).asString());
            }
            return copy;
        }
        if (!node.isString()) return node;
        var text = node.asString();
        var found = PLACEHOLDER.matcher(text);
        if (!found.matches()) return node;
        var value = valueOf(found.group(1));
        return value.matches("\\d+")
                ? JSON.getNodeFactory().numberNode(Integer.parseInt(value))
                : JSON.getNodeFactory().stringNode(value);
    }

    private String valueOf(String placeholder) throws IOException {
        Emulator emulator = town.emulator;
        if (placeholder.startsWith("refresh token of "))
            return new Consenting(emulator).refreshToken(placeholder.substring(17));
        return switch (placeholder) {
            case "microsoft.port" -> String.valueOf(emulator.microsoft().smtpPort());
            case "microsoft.authorize" -> emulator.microsoft().authorizeUrl().toString();
            case "microsoft.token" -> emulator.microsoft().secure().tokenUrl().toString();
            case "google.port" -> String.valueOf(emulator.google().smtpPort());
            case "google.token" -> emulator.google().secure().tokenUrl().toString();
            case "smarthost.port" -> String.valueOf(emulator.smarthost().smtpPort());
            case "trusted_ca" -> emulator.trustedCa();
            default -> throw new IllegalArgumentException("nobody knows {" + placeholder + "}");
        };
    }

    private void live(String line) throws IOException {
        if (line.isBlank() || line.startsWith("#")) return;
        var entry = ENTRY.matcher(line.strip());
        if (!entry.matches()) throw new IllegalArgumentException("not an entry: " + line);
        town.runTo(town.start.plus(Timeline.duration(entry.group(1))));
        act(entry.group(2));
        town.settle();
        town.lookAround();
    }

    private void act(String deed) throws IOException {
        var sends = SENDS.matcher(deed);
        var changes = CHANGES.matcher(deed);
        var gate = GATE.matcher(deed);
        var authorizes = AUTHORIZES.matcher(deed);
        var message = MESSAGE.matcher(deed);
        var reroutes = REROUTES.matcher(deed);
        if (sends.matches()) send(sends.group(1), sends.group(2), sends.group(3));
        else if (deed.startsWith("provider changes "))
            town.emulator.change(deed.substring("provider changes ".length()));
        else if (changes.matches())
            town.house.services.update(
                    service(changes.group(2)),
                    workedOut(YAML.readTree(changes.group(3))),
                    changes.group(1));
        else if (gate.matches()) gate(gate.group(2), service(gate.group(3)), gate.group(1));
        else if (message.matches()) manage(message.group(2), id(message.group(3)));
        else if (reroutes.matches())
            town.house.queue.reroute(id(reroutes.group(2)), service(reroutes.group(3)));
        else if (deed.startsWith("provider revokes "))
            town.emulator.revoke(deed.substring("provider revokes ".length()));
        else if (authorizes.matches())
            authorize(service(authorizes.group(2)), authorizes.group(3), authorizes.group(1));
        else if (deed.equals("house restarts")) town.restart();
        else if (!deed.equals("end")) throw new IllegalArgumentException("nobody can: " + deed);
    }

    private void send(
            String credential, String file, @org.jspecify.annotations.Nullable String count)
            throws IOException {
        int times = count == null ? 1 : Integer.parseInt(count);
        var handedIn = town.handIn(credential, Files.readAllBytes(folder.resolve(file)), times);
        messages.addAll(handedIn.accepted());
        handedIn.rejected()
                .ifPresent(said ->
                        heard.add(
                                new Timeline.Line(
                                        Duration.between(town.start, town.clock.instant()),
                                        credential,
                                        "hears  " + said.replaceAll("\\s+", " "))));
    }

    /// At the provider's pages, with the address the browser ended up at pasted.
    private void authorize(long id, String account, String by) throws IOException {
        var authorizer = town.house.authorizer;
        var service = town.house.services.byId(id).orElseThrow();
        var begun = authorizer.begin(service, by, Optional.empty(), Optional.empty());
        if (!(begun instanceof Beginning.InBrowser browser))
            throw new IllegalStateException(begun.toString());
        var back = Person.accepts(browser.address(), account);
        secrets.add(back.replaceFirst(".*[?&]code=([^&]+).*", "$1"));
        authorizer.finishPasted(back, Optional.empty(), OptionalLong.of(id));
    }

    private void gate(String verb, long service, String by) {
        if (verb.equals("pauses")) town.house.services.pause(service, by);
        else {
            town.house.signIns.forget(service);
            town.house.services.resume(service, by);
        }
    }

    private void manage(String verb, QueueId message) {
        switch (verb) {
            case "retries" -> town.house.queue.retry(message);
            case "holds" -> town.house.queue.hold(message);
            case "releases" -> town.house.queue.release(message);
            default -> town.house.queue.cancel(message);
        }
    }

    private QueueId id(String number) {
        return messages.get(Integer.parseInt(number) - 1);
    }

    private long service(String name) {
        return town.house.services.find(name).orElseThrow().id();
    }

    private Outcome outcome() {
        var events = town.events();
        var lines = new ArrayList<>(new Timeline.Teller(town).tell(events));
        lines.addAll(heard);
        var timeline = new Timeline(lines, facts());
        for (var service : town.house.services.all())
            if (town.house.signIns.signInFor(service) instanceof SignIn.Bearer bearer)
                secrets.add(bearer.accessToken().value());
        var told = new StringBuilder();
        events.forEach(event -> told.append(event).append('\n'));
        for (var message : messages) {
            town.house.queue.attempts(message).forEach(a -> told.append(a).append('\n'));
            town.house.queue.recipients(message).forEach(r -> told.append(r).append('\n'));
        }
        return new Outcome(timeline, secrets, told.toString());
    }

    private List<String> facts() {
        var emulator = town.emulator;
        var facts = new ArrayList<String>();
        facts.add(
                "arrived      %d messages for %d recipients"
                        .formatted(
                                emulator.mailboxes().received(),
                                emulator.mailboxes().receivedRecipients()));
        var tokens =
                emulator.log().stream()
                        .filter(line -> line.startsWith("token "))
                        .filter(line -> !line.contains(" authorization_code "))
                        .toList();
        long granted = tokens.stream().filter(line -> line.endsWith(" 200")).count();
        if (!tokens.isEmpty())
            facts.add(
                    "tokens       %d granted, %d refused"
                            .formatted(granted, tokens.size() - granted));
        facts.add("connections  %d at most".formatted(mostConnections(emulator)));
        tries().forEach((fate, count) -> facts.add("recipients   %d %s".formatted(count, fate)));
        return facts;
    }

    private static int mostConnections(Emulator emulator) {
        return Math.max(
                emulator.microsoft().mostConnectionsSeen(),
                Math.max(
                        emulator.google().mostConnectionsSeen(),
                        emulator.smarthost().mostConnectionsSeen()));
    }

    private Map<String, Integer> tries() {
        var fates = new TreeMap<String, Integer>();
        for (var message : messages)
            for (var recipient : town.house.queue.recipients(message))
                fates.merge(
                        "%s after %d %s"
                                .formatted(
                                        recipient.state(),
                                        recipient.attempts(),
                                        recipient.attempts() == 1 ? "try" : "tries"),
                        1,
                        Integer::sum);
        return fates;
    }

    /// Every folder that holds one, by name.
    static List<Path> all(Path scenarios) {
        try (var folders = Files.list(scenarios)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
