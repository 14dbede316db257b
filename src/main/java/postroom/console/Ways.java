package postroom.console;

import postroom.service.Authentication;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Preset;
import postroom.service.Service;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How a service can sign in, by provider: the second step of its set-up. What each one means
/// stands in the texts `wizard.way.KEY`.
final class Ways {

    private static final JsonMapper JSON = JsonMapper.shared();

    private Ways() {}

    /// @param preset that goes with it; empty: it stays
    /// @param authentication what the settings get
    record Way(
            String key,
            Optional<String> preset,
            String type,
            Optional<Grant> grant,
            Provider provider) {

        ObjectNode settings() {
            var settings = JSON.createObjectNode();
            preset.ifPresent(it -> settings.put("preset", it));
            settings.put("transport", "smtp");
            var authentication = settings.putObject("authentication").put("type", type);
            grant.ifPresent(it -> {
                authentication.put("provider", word(provider)).put("grant", word(it));
                if (it == Grant.CLIENT_CREDENTIALS && provider == Provider.MICROSOFT)
                    authentication.put("account_type", "one_organization");
            });
            return settings;
        }
    }

    private static final List<Way> MICROSOFT =
            List.of(
                    oauth2(
                            "mailbox",
                            "microsoft-365",
                            Grant.AUTHORIZATION_CODE,
                            Provider.MICROSOFT),
                    oauth2(
                            "application",
                            "microsoft-365-app",
                            Grant.CLIENT_CREDENTIALS,
                            Provider.MICROSOFT),
                    oauth2("device", "microsoft-365", Grant.DEVICE_CODE, Provider.MICROSOFT),
                    basic("microsoft-password", "microsoft-365"),
                    none("connector", "microsoft-365-connector"));
    private static final List<Way> PERSONAL =
            List.of(oauth2("mailbox", "outlook-com", Grant.AUTHORIZATION_CODE, Provider.MICROSOFT));
    private static final List<Way> GOOGLE =
            List.of(
                    oauth2("google-mailbox", "google", Grant.AUTHORIZATION_CODE, Provider.GOOGLE),
                    oauth2("service-account", "google", Grant.JWT_BEARER, Provider.GOOGLE),
                    oauth2("refresh-token", "google", Grant.REFRESH_TOKEN, Provider.GOOGLE),
                    basic("app-password", "google"),
                    none("google-relay", "google-workspace-relay"));
    private static final List<Way> CUSTOM =
            List.of(
                    oauth2("mailbox", "", Grant.AUTHORIZATION_CODE, Provider.CUSTOM),
                    oauth2("custom-application", "", Grant.CLIENT_CREDENTIALS, Provider.CUSTOM),
                    oauth2("device", "", Grant.DEVICE_CODE, Provider.CUSTOM),
                    oauth2("refresh-token", "", Grant.REFRESH_TOKEN, Provider.CUSTOM));
    private static final List<Way> PASSWORD = List.of(basic("password", ""));
    private static final List<Way> NONE = List.of(none("none", ""));

    /// The ways of that service's provider, the advisable one first.
    static List<Way> of(Service service) {
        var preset = service.preset().orElse("");
        if (preset.equals("outlook-com")) return PERSONAL;
        if (preset.startsWith("microsoft-365")) return MICROSOFT;
        if (preset.startsWith("google")) return GOOGLE;
        return switch (service.authentication()) {
            case Authentication.None() -> NONE;
            case Authentication.Basic _ -> PASSWORD;
            case OAuth2 oauth2 ->
                    switch (oauth2.provider()) {
                        case MICROSOFT -> MICROSOFT;
                        case GOOGLE -> GOOGLE;
                        case CUSTOM -> CUSTOM;
                    };
        };
    }

    /// The one it takes now.
    static Way now(Service service) {
        var ways = of(service);
        return ways.stream()
                .filter(way -> isTaken(way, service))
                .findFirst()
                .orElse(ways.getFirst());
    }

    private static boolean isTaken(Way way, Service service) {
        return switch (service.authentication()) {
            case Authentication.None() -> way.type().equals("none");
            case Authentication.Basic _ -> way.type().equals("basic");
            case OAuth2 oauth2 -> way.grant().filter(it -> it == oauth2.grant()).isPresent();
        };
    }

    /// A provider to choose: the first step.
    ///
    /// @param title of a preset; empty: the texts have one
    record Card(String key, String title, List<String> notes) {}

    private static final List<String> OWN_CARDS = List.of("oauth2", "password", "none");

    /// Those on top, with texts of their own.
    static List<Card> first() {
        return java.util.stream.Stream.of(
                        "microsoft-365", "google", "outlook-com", "oauth2", "password", "none")
                .map(key -> new Card(key, "", List.of()))
                .toList();
    }

    /// Providers we know of besides, and the owner's own presets.
    static List<Card> others(List<Preset> presets) {
        return presets.stream()
                .filter(it ->
                        !it.name().startsWith("microsoft-365")
                                && !it.name().startsWith("google")
                                && !it.name().equals("outlook-com")
                                && !it.name().equals("smtp"))
                .map(it -> new Card(it.name(), it.title(), it.notes()))
                .toList();
    }

    /// What a draft begins with.
    static ObjectNode settings(String card, String name) {
        var settings = JSON.createObjectNode().put("name", name);
        if (!OWN_CARDS.contains(card)) return settings.put("preset", card);
        settings.put("preset", "smtp");
        var authentication = settings.putObject("authentication");
        switch (card) {
            case "oauth2" ->
                    authentication
                            .put("type", "oauth2")
                            .put("provider", "custom")
                            .put("grant", "authorization_code");
            case "password" -> authentication.put("type", "basic");
            default -> authentication.put("type", "none");
        }
        return settings;
    }

    private static Way oauth2(String key, String preset, Grant grant, Provider provider) {
        return new Way(key, some(preset), "oauth2", Optional.of(grant), provider);
    }

    private static Way basic(String key, String preset) {
        return new Way(key, some(preset), "basic", Optional.empty(), Provider.CUSTOM);
    }

    private static Way none(String key, String preset) {
        return new Way(key, some(preset), "none", Optional.empty(), Provider.CUSTOM);
    }

    private static Optional<String> some(String preset) {
        return Optional.of(preset).filter(it -> !it.isEmpty());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
