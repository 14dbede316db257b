package postroom.service;

import postroom.mail.Address;
import postroom.secret.Pem;
import postroom.service.Service.Sender;
import postroom.service.Service.TransportKind;
import postroom.service.SmtpSettings.ClientCertificate;
import postroom.service.SmtpSettings.Pipelining;
import postroom.service.SmtpSettings.Tls;

import tools.jackson.databind.node.ObjectNode;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/// Makes a [Service] out of settings as contract.md, section 4, has them, with every secret sealed
/// and the preset laid under.
final class ServiceReader {

    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]{2,45}");
    private static final Pattern SIZE = Pattern.compile("(?i)(\\d{1,12})\\s*(B|KB|MB|GB)?");
    private static final Set<Integer> IMPLICIT_PORTS = Set.of(465, 2465, 8465);
    private static final Set<Integer> STARTTLS_PORTS = Set.of(25, 587, 2525, 2587);

    private static final int LONGEST_DISPLAY_NAME = 200;
    private static final int MOST_SENDERS = 1_000;

    private final Presets presets;

    ServiceReader(Presets presets) {
        this.presets = presets;
    }

    /// The preset that the settings name.
    ///
    /// @throws InvalidService when there is none of that name
    Optional<Preset> presetOf(ObjectNode settings) {
        var name = settings.path("preset").asString("");
        if (name.isEmpty()) return Optional.empty();
        return Optional.of(
                presets.find(name)
                        .orElseThrow(() ->
                                new InvalidService(
                                        List.of(
                                                new InvalidService.FieldTrouble(
                                                        "preset",
                                                        "is not known; choose one of "
                                                                + names())))));
    }

    /// @param settings with the preset's laid under already
    /// @throws InvalidService with all that is wrong
    Service read(long id, Optional<Preset> preset, ObjectNode settings) {
        var fields = new Fields(settings);
        var service = read(id, preset, fields);
        fields.refuseUnknown();
        if (!fields.troubles().isEmpty()) throw new InvalidService(fields.troubles());
        return service;
    }

    /// As far as the settings go: where something is missing or wrong, what stands there is empty,
    /// or not that of a service that could send.
    Service sketch(long id, ObjectNode given) {
        var preset = presets.find(given.path("preset").asString(""));
        var settings =
                preset.map(it -> Settings.merged(it.service(), given)).orElseGet(given::deepCopy);
        Secrets.pretend(settings);
        return read(id, preset, new Fields(settings));
    }

    private Service read(long id, Optional<Preset> preset, Fields fields) {
        fields.string("preset");
        var name = name(fields);
        var transport = transport(fields);
        var smtp = smtp(fields.object("smtp"));
        var authentication =
                new AuthenticationReader(presets, preset).read(fields.object("authentication"));
        return new Service(
                id,
                name,
                preset.map(Preset::name),
                transport,
                smtp,
                from(fields.object("from"), authentication),
                address(fields, "reply_to"),
                senders(fields),
                usages(fields),
                authentication,
                limits(fields.object("limits")),
                tracking(fields.object("tracking")),
                presets.catalogFor(preset, smtp.host()));
    }

    private static String name(Fields fields) {
        var name = fields.required("name", "give the service a name of your own");
        if (name.length() > 100)
            fields.trouble("name", "is longer than 100 characters; shorten it");
        if (name.chars().anyMatch(Character::isISOControl))
            fields.trouble("name", "holds a control character; type it anew");
        if (!name.isEmpty() && name.chars().allMatch(Character::isDigit))
            fields.trouble("name", "would be taken for an ID; add a letter");
        return name;
    }

    private static TransportKind transport(Fields fields) {
        var kind = fields.word("transport", TransportKind.class).orElse(TransportKind.SMTP);
        if (kind != TransportKind.SMTP)
            fields.trouble(
                    "transport",
                    "this version sends over SMTP only; use smtp, or wait for the next version");
        return kind;
    }

    private static SmtpSettings smtp(Fields fields) {
        var host = fields.required("host", "give the name of the server mail goes to");
        if (!host.isEmpty()) checkHost(fields, "host", host);
        int port = fields.number("port", 1, 65_535).orElse(587);
        var tls = fields.word("tls", Tls.class).orElse(Tls.STARTTLS);
        if (tls == Tls.STARTTLS && IMPLICIT_PORTS.contains(port))
            fields.trouble(
                    "tls",
                    "port "
                            + port
                            + " speaks TLS from the first octet; set tls to implicit, or"
                            + " port to 587");
        if (tls == Tls.IMPLICIT && STARTTLS_PORTS.contains(port))
            fields.trouble(
                    "tls",
                    "port " + port + " starts in plain text; set tls to starttls, or port to 465");
        var ehlo = fields.string("ehlo_hostname");
        ehlo.ifPresent(given -> checkHost(fields, "ehlo_hostname", given));
        var trusted = fields.string("trusted_ca");
        trusted.ifPresent(pem -> checkCertificates(fields, "trusted_ca", pem));
        var certificate = clientCertificate(fields);
        var pipelining = fields.word("pipelining", Pipelining.class).orElse(Pipelining.ENVELOPE);
        fields.refuseUnknown();
        return new SmtpSettings(host, port, tls, ehlo, trusted, certificate, pipelining);
    }

    private static Optional<ClientCertificate> clientCertificate(Fields smtp) {
        if (!smtp.has("client_certificate")) return Optional.empty();
        var fields = smtp.object("client_certificate");
        var certificate = fields.required("certificate", "paste it in PEM");
        if (!certificate.isEmpty()) checkCertificates(fields, "certificate", certificate);
        var key = fields.sealed("key");
        if (key.isEmpty()) fields.trouble("key", "is missing; paste the private key in PEM");
        fields.refuseUnknown();
        return key.map(sealed -> new ClientCertificate(certificate, sealed));
    }

    /// Absent, it is who signs in, where that is an address.
    private static Sender from(Fields fields, Authentication authentication) {
        var name = displayName(fields);
        var whoSignsIn =
                switch (authentication) {
                    case Authentication.None none -> "";
                    case Authentication.Basic basic -> basic.username();
                    case Authentication.OAuth2 oauth2 -> oauth2.saslUser();
                };
        var address =
                fields.has("address") ? address(fields, "address") : Address.parse(whoSignsIn);
        if (address.isEmpty())
            fields.trouble("address", "is missing; give the address mail comes from");
        fields.refuseUnknown();
        return new Sender(name, address.orElse(NOBODY));
    }

    // Stands where an address is missing, until the troubles are thrown.
    private static final Address NOBODY = new Address("nobody", "invalid");

    private static List<Sender> senders(Fields fields) {
        var given = fields.objects("senders");
        if (given.size() > MOST_SENDERS) {
            fields.trouble(
                    "senders", "holds more than " + MOST_SENDERS + " senders; take some out");
            return List.of();
        }
        return given.stream()
                .map(sender -> {
                    var name = displayName(sender);
                    if (!sender.has("address"))
                        sender.trouble("address", "is missing; give the sender's address");
                    var address = address(sender, "address").orElse(NOBODY);
                    sender.refuseUnknown();
                    return new Sender(name, address);
                })
                .toList();
    }

    private static Optional<String> displayName(Fields fields) {
        var name = fields.string("name");
        if (name.isPresent() && name.get().chars().anyMatch(Character::isISOControl))
            fields.trouble("name", "holds a line break or control character; type it anew");
        if (name.isPresent() && name.get().length() > LONGEST_DISPLAY_NAME)
            fields.trouble(
                    "name", "is longer than " + LONGEST_DISPLAY_NAME + " characters; shorten it");
        return name;
    }

    private static Set<Usage> usages(Fields fields) {
        if (!fields.has("usages")) return EnumSet.allOf(Usage.class);
        var found = EnumSet.noneOf(Usage.class);
        for (var word : fields.strings("usages"))
            switch (word) {
                case "transactional" -> found.add(Usage.TRANSACTIONAL);
                case "marketing" -> found.add(Usage.MARKETING);
                default ->
                        fields.trouble(
                                "usages",
                                "\"" + word + "\" is not known; choose transactional, marketing");
            }
        if (found.isEmpty())
            fields.trouble("usages", "is empty; name transactional, marketing or both");
        return found;
    }

    private static Limits limits(Fields fields) {
        var limits =
                new Limits(
                        fields.number("connections", 1, 1_000).orElse(4),
                        fields.number("messages_per_minute", 1, 1_000_000),
                        fields.number("recipients_per_day", 1, 1_000_000_000),
                        fields.number("messages_per_connection", 1, 1_000_000),
                        fields.number("recipients_per_message", 1, 100_000),
                        size(fields, "message_size"));
        fields.refuseUnknown();
        return limits;
    }

    private static OptionalLong size(Fields fields, String name) {
        if (!fields.has(name)) return OptionalLong.empty();
        var text = fields.text(name);
        var found = SIZE.matcher(text.strip());
        if (found.matches()) {
            long number = Long.parseLong(found.group(1));
            var unit = found.group(2) == null ? "B" : found.group(2).toUpperCase(Locale.ROOT);
            long octets =
                    switch (unit) {
                        case "KB" -> number << 10;
                        case "MB" -> number << 20;
                        case "GB" -> number << 30;
                        default -> number;
                    };
            if (octets >= 10_000 && octets <= 2L << 30 && number <= 2L << 30)
                return OptionalLong.of(octets);
        }
        fields.trouble(name, "is not a size from 10KB to 2GB; write it like 25MB");
        return OptionalLong.empty();
    }

    private static Service.Tracking tracking(Fields fields) {
        var tracking =
                new Service.Tracking(fields.flag("opens", false), fields.flag("clicks", false));
        fields.refuseUnknown();
        return tracking;
    }

    private static Optional<Address> address(Fields fields, String name) {
        var text = fields.string(name);
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Address.of(text.get()));
        } catch (IllegalArgumentException notAnAddress) {
            fields.trouble(name, notAnAddress.getMessage() + "; write it like ada@example.com");
            return Optional.of(NOBODY);
        }
    }

    private static void checkHost(Fields fields, String name, String host) {
        if (host.contains("/"))
            fields.trouble(name, "is not a host name; leave out what stands around the name");
        else if (!HOST.matcher(host).matches())
            fields.trouble(name, "is not a host name; write it like smtp.example.com");
    }

    private static void checkCertificates(Fields fields, String name, String pem) {
        try {
            Pem.certificates(pem);
        } catch (IllegalArgumentException unreadable) {
            fields.trouble(name, String.valueOf(unreadable.getMessage()));
        }
    }

    private String names() {
        return String.join(", ", presets.all().stream().map(Preset::name).toList());
    }
}
