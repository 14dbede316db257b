package postroom.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class PresetsTest {

    @TempDir Path directory;

    static List<Preset> presets() {
        return Presets.ours().all();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void each_preset_needs_nothing_but_what_is_the_owners(Preset preset) {
        var owners =
                (ObjectNode)
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"name": "x", "from": {"address": "a@example.com"},
                                         "smtp": {"host": "mail.example.com"}}
                                        """);
        owners.set("authentication", authentication(preset));

        var service =
                new ServiceReader(Presets.ours())
                        .read(1, Optional.of(preset), Settings.merged(preset.service(), owners));

        assertThat(service.limits().connections()).isPositive();
        assertThat(preset.title()).isNotBlank();
        assertThat(preset.userName()).isNotBlank();
        assertThat(preset.docs()).allMatch(link -> link.startsWith("https://"));
    }

    @Test
    void a_host_that_is_known_has_its_catalog_without_a_preset() {
        var presets = Presets.ours();

        assertThat(presets.catalogFor(Optional.empty(), "smtp.office365.com"))
                .isEqualTo("exchange-online");
        assertThat(presets.catalogFor(presets.find("smtp"), "smtp.gmail.com"))
                .isEqualTo("gmail-smtp");
        assertThat(presets.catalogFor(Optional.empty(), "email-smtp.eu-central-1.amazonaws.com"))
                .isEqualTo("amazon-ses");
        assertThat(presets.catalogFor(presets.find("microsoft-365"), "127.0.0.1"))
                .isEqualTo("exchange-online");
        assertThat(presets.catalogFor(Optional.empty(), "mail.example.com")).isEqualTo("generic");
    }

    @Test
    void an_owners_file_adds_a_preset_or_takes_the_place_of_ours() throws Exception {
        Files.writeString(
                directory.resolve("house.yaml"),
                "title: Our relay\nservice: {smtp: {host: relay.example.com, port: 25}}\n");
        Files.writeString(
                directory.resolve("postmark.yaml"),
                "title: Postmark by hand\nservice: {smtp: {host: smtp.example.com}}\n");

        var presets = Presets.withOwners(directory);

        assertThat(presets.find("house")).map(Preset::title).contains("Our relay");
        assertThat(presets.find("postmark")).map(Preset::title).contains("Postmark by hand");
        assertThat(presets.all()).hasSize(Presets.ours().all().size() + 1);
        assertThat(Presets.withOwners(directory.resolve("none")).all())
                .hasSize(Presets.ours().all().size());
    }

    @Test
    void an_owners_file_that_is_wrong_is_named() throws Exception {
        Files.writeString(directory.resolve("house.yaml"), "titel: Our relay\n");

        assertThatThrownBy(() -> Presets.withOwners(directory))
                .isInstanceOf(InvalidService.class)
                .hasMessageContaining("presets/house.yaml titel")
                .hasMessageContaining("presets/house.yaml title: is missing");

        Files.writeString(directory.resolve("house.yaml"), "title: [unclosed");
        assertThatThrownBy(() -> Presets.withOwners(directory))
                .isInstanceOf(InvalidService.class)
                .hasMessageContaining("presets/house.yaml: is not YAML");
    }

    private static ObjectNode authentication(Preset preset) {
        var sealed = "{\"sealed\": \"x\", \"ends_with\": \"\"}";
        var text =
                switch (preset.service().path("authentication").path("type").asString("")) {
                    case "oauth2" ->
                            """
                            {"login": "a@example.com", "client_secret": %s,
                             "client_id": "0f6a0000-0000-4000-8000-000000000002"%s}
                            """
                                    .formatted(
                                            sealed,
                                            preset.name().endsWith("-app")
                                                    ? ", \"tenant\": \"example.com\""
                                                    : "");
                    case "basic" -> "{\"username\": \"a\", \"password\": %s}".formatted(sealed);
                    case "none" -> "{}";
                    default -> "{\"type\": \"none\"}";
                };
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }
}
