package postroom.service;

import postroom.catalog.Values;
import postroom.service.Authentication.AccountType;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;

/// What an administrator has to do at the provider for one service, with its real values, from the
/// templates beside the presets. An owner's `NAME.guide.md` or `NAME.ps1` takes the place of ours.
///
/// A template has places such as `{login}`, and lines of its own: `%if` with names of places or
/// facts, `%else`, `%end`, `%part` for a part that several guides share, and `%notes`, `%docs`,
/// `%user_name`, `%prerequisites`, `%lifetimes` for what the preset says.
public final class Guides {

    private static final String FENCE = "```";

    private final Presets presets;
    private final OutgoingAddresses addresses;
    private final LongFunction<Optional<String>> objectIds;

    public Guides(Presets presets, OutgoingAddresses addresses, GuideValues values) {
        this(presets, addresses, values::objectId);
    }

    Guides(Presets presets, OutgoingAddresses addresses, LongFunction<Optional<String>> objectIds) {
        this.presets = presets;
        this.addresses = addresses;
        this.objectIds = objectIds;
    }

    public enum Form {
        /// To read, with the commands in it.
        MARKDOWN(".guide.md"),
        /// The commands, to run.
        POWERSHELL(".ps1"),
        /// The commands that take it all back.
        UNDO(".undo.ps1");

        private final String suffix;

        Form(String suffix) {
            this.suffix = suffix;
        }
    }

    /// Empty where the provider has no commands; there is always a guide to read.
    ///
    /// @param baseUrl how browsers reach this Postroom
    public Optional<String> of(Service service, URI baseUrl, Form form) {
        return presets.text(name(service) + form.suffix)
                .map(template -> filled(chosen(template, service), values(service, baseUrl), form));
    }

    /// What stands in the places of a service's guide.
    public Values values(Service service, URI baseUrl) {
        return withObjectId(RealValues.of(service, baseUrl), service)
                .with("outgoing_addresses", addresses.words());
    }

    private Values withObjectId(Values values, Service service) {
        return objectIds.apply(service.id()).map(it -> values.with("object_id", it)).orElse(values);
    }

    /// True where somebody at the provider may have to know where mail comes from.
    public boolean tellsAddresses(Service service) {
        return template(service).contains("{outgoing_addresses}");
    }

    /// The guide with its places left open, for a page that fills them while somebody types.
    public String template(Service service) {
        return presets.text(name(service) + Form.MARKDOWN.suffix)
                .map(template -> String.join("\n", chosen(template, service)))
                .orElse("");
    }

    /// The name of the template.
    static String name(Service service) {
        return switch (service.authentication()) {
            case Authentication.None() -> "relay";
            case Authentication.Basic basic -> "password";
            case OAuth2 oauth2 ->
                    switch (oauth2.provider()) {
                        case MICROSOFT -> microsoft(oauth2);
                        case GOOGLE ->
                                oauth2.grant() == Grant.JWT_BEARER
                                        ? "google-service-account"
                                        : "google";
                        case CUSTOM -> "other-oauth2";
                    };
        };
    }

    private static String microsoft(OAuth2 oauth2) {
        if (oauth2.grant() == Grant.CLIENT_CREDENTIALS) return "microsoft-365-app";
        return oauth2.client().accountType().filter(AccountType.PERSONAL::equals).isPresent()
                ? "outlook-com"
                : "microsoft-365";
    }

    private List<String> chosen(String template, Service service) {
        var facts = facts(service);
        var preset = service.preset().flatMap(presets::find);
        var lines = new ArrayList<String>();
        boolean wanted = true;
        for (var line : withParts(template)) {
            if (line.startsWith("%if "))
                wanted = facts.containsAll(List.of(line.substring(4).strip().split(" ", -1)));
            else if (line.equals("%else")) wanted = !wanted;
            else if (line.equals("%end")) wanted = true;
            else if (!wanted) continue;
            else if (line.equals("%notes"))
                preset.ifPresent(it -> it.notes().forEach(note -> lines.add("- " + note)));
            else if (line.equals("%prerequisites"))
                preset.ifPresent(it -> it.prerequisites().forEach(each -> lines.add("- " + each)));
            else if (line.equals("%lifetimes")) lines.addAll(lifetimes(preset));
            else if (line.equals("%docs"))
                preset.ifPresent(it -> it.docs().forEach(page -> lines.add("- <" + page + ">")));
            else if (line.equals("%user_name"))
                preset.filter(it -> !it.userName().isEmpty())
                        .ifPresent(it -> lines.add("The provider expects " + it.userName() + "."));
            else lines.add(line);
        }
        return lines;
    }

    private List<String> withParts(String template) {
        var lines = new ArrayList<String>();
        for (var line : template.lines().toList())
            if (line.startsWith("%part "))
                presets.text(line.substring(6).strip() + ".part.md")
                        .ifPresent(part -> lines.addAll(part.lines().toList()));
            else lines.add(line);
        return lines;
    }

    private List<String> lifetimes(Optional<Preset> preset) {
        var all = preset.map(Preset::lifetimes).orElse(List.of());
        if (all.isEmpty()) return List.of();
        var lines = new ArrayList<>(List.of("| what | ends |", "|---|---|"));
        all.forEach(it -> lines.add("| " + it.what() + " | " + it.ends() + " |"));
        preset.flatMap(Preset::accessPage)
                .ifPresent(page ->
                        lines.addAll(List.of("", "Access is taken away at <" + page + ">.")));
        return lines;
    }

    /// What `%if` may ask for: the places that are known, and the service's ways.
    private Set<String> facts(Service service) {
        var facts = new TreeSet<>(withObjectId(RealValues.of(service), service).known().keySet());
        facts.add(Fields.word(service.transport()));
        facts.add("tls-" + Fields.word(service.smtp().tls()));
        if (service.authentication() instanceof OAuth2 oauth2) {
            facts.add(Fields.word(oauth2.grant()));
            oauth2.client().accountType().ifPresent(type -> facts.add(Fields.word(type)));
            facts.add(
                    oauth2.client().clientCertificate().isPresent()
                            ? "certificate"
                            : "client_secret");
            if (!oauth2.saslUser().equalsIgnoreCase(oauth2.login())) facts.add("other_user");
            if (!oauth2.saslUser().equalsIgnoreCase(service.from().address().toString()))
                facts.add("other_from");
            if (oauth2.provider() == Provider.GOOGLE && isGmail(oauth2.login()))
                facts.add("gmail_com");
        }
        return facts;
    }

    private static boolean isGmail(String login) {
        var lower = login.toLowerCase(Locale.ROOT);
        return lower.endsWith("@gmail.com") || lower.endsWith("@googlemail.com");
    }

    // In a script, and between the fences of a page, values are quoted for PowerShell.
    private static String filled(List<String> lines, Values values, Form form) {
        var text = new StringBuilder();
        boolean isScript = form != Form.MARKDOWN;
        boolean isCode = isScript;
        for (var line : lines) {
            if (!isScript && line.strip().startsWith(FENCE)) isCode = !isCode;
            text.append(isCode ? values.inPowerShell(line) : values.inMarkdown(line)).append('\n');
        }
        return text.toString();
    }
}
