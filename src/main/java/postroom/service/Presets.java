package postroom.service;

import postroom.service.Authentication.ClientAuthentication;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.Provider;
import postroom.service.Preset.Lifetime;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The presets: those that come with Postroom, and over them the owner's `presets/*.yaml` in the
/// data directory, of which one with the same file name takes the place of ours.
public final class Presets {

    private static final List<String> OURS =
            List.of(
                    "microsoft-365",
                    "microsoft-365-app",
                    "microsoft-365-connector",
                    "outlook-com",
                    "google",
                    "google-workspace-relay",
                    "amazon-ses",
                    "sendgrid",
                    "mailgun",
                    "postmark",
                    "brevo",
                    "mailjet",
                    "resend",
                    "smtp2go",
                    "sparkpost",
                    "zoho",
                    "icloud",
                    "fastmail",
                    "yahoo",
                    "smtp");
    private static final String SUFFIX = ".yaml";
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Map<String, Preset> byName;
    private final Optional<Path> owners;

    private Presets(Map<String, Preset> byName, Optional<Path> owners) {
        this.byName = byName;
        this.owners = owners;
    }

    /// Those that come with Postroom.
    public static Presets ours() {
        return new Presets(readOurs(), Optional.empty());
    }

    /// Ours, and the owner's in that directory, if it is there.
    ///
    /// @throws InvalidService when a file there cannot be used; the field begins with its name
    public static Presets withOwners(Path directory) {
        var all = readOurs();
        if (!Files.isDirectory(directory)) return new Presets(all, Optional.of(directory));
        try (var files = Files.list(directory)) {
            for (var file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
                var fileName = file.getFileName().toString();
                var name = fileName.substring(0, fileName.length() - SUFFIX.length());
                try (var in = Files.newInputStream(file)) {
                    all.put(name, read(name, in));
                }
            }
            return new Presets(all, Optional.of(directory));
        } catch (IOException trouble) {
            throw new UncheckedIOException("cannot read the presets in " + directory, trouble);
        }
    }

    /// In the order a page shows them: ours first.
    public List<Preset> all() {
        return List.copyOf(byName.values());
    }

    public Optional<Preset> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// A template beside the presets: the owner's, else ours.
    ///
    /// @param file its name; never from outside
    Optional<String> text(String file) {
        var owner = owners.map(directory -> directory.resolve(file)).filter(Files::isRegularFile);
        try (var in =
                owner.isPresent()
                        ? Files.newInputStream(owner.get())
                        : Presets.class.getResourceAsStream("/postroom/presets/" + file)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException trouble) {
            throw new UncheckedIOException("cannot read " + file, trouble);
        }
    }

    /// The provider's endpoints: the preset's own, else those of Microsoft or Google.
    Optional<OAuth2Profile> oauth2(Optional<Preset> preset, Provider provider) {
        return preset.flatMap(Preset::oauth2)
                .or(() ->
                        switch (provider) {
                            case MICROSOFT -> find("microsoft-365").flatMap(Preset::oauth2);
                            case GOOGLE -> find("google").flatMap(Preset::oauth2);
                            case CUSTOM -> Optional.empty();
                        });
    }

    /// Whose entries of the error catalog fit.
    String catalogFor(Optional<Preset> preset, String host) {
        return preset.filter(p -> !p.catalog().equals("generic"))
                .or(() -> all().stream().filter(p -> p.serves(host)).findFirst())
                .map(Preset::catalog)
                .orElse("generic");
    }

    /// What the service's provider announced to end and the service still uses. The provider is the
    /// preset's, or whoever has that server.
    public List<CutOff> cutOffs(Service service) {
        var way = CutOff.Way.of(service.authentication());
        return all().stream()
                .filter(preset ->
                        service.preset().filter(preset.name()::equals).isPresent()
                                || preset.serves(service.smtp().host()))
                .flatMap(preset -> preset.cutOffs().stream())
                .filter(cutOff -> cutOff.authentication() == way)
                .distinct()
                .toList();
    }

    private static Map<String, Preset> readOurs() {
        var all = new LinkedHashMap<String, Preset>();
        for (var name : OURS) {
            try (var in = Presets.class.getResourceAsStream("/postroom/presets/" + name + SUFFIX)) {
                if (in == null) throw new IllegalStateException("no preset " + name);
                all.put(name, read(name, in));
            } catch (IOException trouble) {
                throw new UncheckedIOException(trouble);
            }
        }
        return all;
    }

    private static Preset read(String name, InputStream in) {
        try {
            if (YAML.readTree(in) instanceof ObjectNode node) return read(name, node);
            throw invalid(name, "is empty, or no list of names and values");
        } catch (JacksonException malformed) {
            throw invalid(name, "is not YAML: " + malformed.getOriginalMessage());
        }
    }

    private static Preset read(String name, ObjectNode node) {
        var fields = new Fields(node);
        var service = node.get("service") instanceof ObjectNode given ? given : node.objectNode();
        fields.object("service");
        var preset =
                new Preset(
                        name,
                        fields.required("title", "name the provider"),
                        fields.string("catalog", "generic"),
                        fields.strings("hosts"),
                        service,
                        fields.string("user_name", ""),
                        fields.has("oauth2")
                                ? Optional.of(profile(fields.object("oauth2")))
                                : Optional.empty(),
                        fields.strings("notes"),
                        fields.strings("docs"),
                        fields.number("refresh_tokens_per_client", 1, 1_000_000).stream()
                                .boxed()
                                .findFirst(),
                        fields.strings("personal_domains"),
                        fields.objects("cut_offs").stream().map(Presets::cutOff).toList(),
                        fields.strings("prerequisites"),
                        fields.objects("lifetimes").stream().map(Presets::lifetime).toList(),
                        fields.string("access_page"));
        fields.refuseUnknown();
        if (!fields.troubles().isEmpty())
            throw new InvalidService(
                    fields.troubles().stream()
                            .map(trouble ->
                                    new InvalidService.FieldTrouble(
                                            "presets/" + name + SUFFIX + " " + trouble.field(),
                                            trouble.message()))
                            .toList());
        return preset;
    }

    private static Lifetime lifetime(Fields fields) {
        var lifetime =
                new Lifetime(
                        fields.required("what", "name what ends"),
                        fields.required("ends", "say when it ends"));
        fields.refuseUnknown();
        return lifetime;
    }

    private static CutOff cutOff(Fields fields) {
        var day = fields.required("day", "give it as 2027-03-01");
        var cutOff =
                new CutOff(
                        day(fields, day),
                        fields.word("authentication", CutOff.Way.class).orElse(CutOff.Way.BASIC),
                        fields.required("what", "say what happens that day"),
                        fields.string("docs", ""));
        fields.refuseUnknown();
        return cutOff;
    }

    private static LocalDate day(Fields fields, String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException notADay) {
            fields.trouble("day", "is not a day such as 2027-03-01, in quotation marks");
            return LocalDate.EPOCH;
        }
    }

    private static OAuth2Profile profile(Fields fields) {
        var perGrant = fields.object("scopes");
        var scopes = new EnumMap<Grant, List<String>>(Grant.class);
        for (var grant : Grant.values()) {
            var asked = perGrant.strings(Fields.word(grant));
            if (!asked.isEmpty()) scopes.put(grant, asked);
        }
        perGrant.refuseUnknown();
        var profile =
                new OAuth2Profile(
                        fields.string("authorization_endpoint"),
                        fields.required("token_endpoint", "give its https address"),
                        fields.string("device_authorization_endpoint"),
                        fields.string("revocation_endpoint"),
                        fields.word("client_authentication", ClientAuthentication.class)
                                .orElse(ClientAuthentication.CLIENT_SECRET_POST),
                        scopes);
        fields.refuseUnknown();
        return profile;
    }

    private static InvalidService invalid(String name, String message) {
        return new InvalidService(
                List.of(new InvalidService.FieldTrouble("presets/" + name + SUFFIX, message)));
    }
}
