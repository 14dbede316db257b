package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.catalog.Values;
import postroom.service.OutgoingAddresses;
import postroom.service.Preset;
import postroom.service.Presets;
import postroom.service.RealValues;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import tools.jackson.databind.JsonNode;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// What Postroom knows of providers and errors.
@RestController
@Tag(name = "Knowledge")
class KnowledgeCalls {

    private static final int LONGEST = 10_000;

    private final Presets presets;
    private final OutgoingAddresses addresses;
    private final Catalog catalog;
    private final Services services;
    private final WebSettings settings;

    KnowledgeCalls(
            Presets presets,
            OutgoingAddresses addresses,
            Catalog catalog,
            Services services,
            WebSettings settings) {
        this.presets = presets;
        this.addresses = addresses;
        this.catalog = catalog;
        this.services = services;
        this.settings = settings;
    }

    /// @param service settings that need not be sent when a service names the preset
    /// @param prerequisites what has to be there before anybody begins
    /// @param lifetimes what ends by itself, and when
    /// @param refreshTokensPerClient how many the provider keeps per account; more end the oldest
    /// @param accessPage where a person takes the access of an app away
    record PresetJson(
            String name,
            String title,
            String provider,
            JsonNode service,
            String userName,
            List<String> hosts,
            List<String> notes,
            List<String> docs,
            List<CutOffJson> cutOffs,
            List<String> prerequisites,
            List<Preset.Lifetime> lifetimes,
            @Nullable Integer refreshTokensPerClient,
            @Nullable String accessPage) {}

    /// @param source `setting`, `machine` (its own public ones) or `unknown`
    /// @param words for people: which, or how to find out
    record AddressesJson(List<String> addresses, String source, String words) {}

    /// @param authentication whom it concerns, as `authentication.type`
    record CutOffJson(LocalDate day, String authentication, String what, String docs) {}

    record PresetList(List<PresetJson> presets) {}

    record Explanation(List<AdviceJson> advice) {}

    @GetMapping("/v1/presets")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "Providers that Postroom knows in advance")
    PresetList presets() {
        return new PresetList(presets.all().stream().map(KnowledgeCalls::shown).toList());
    }

    @GetMapping("/v1/outgoing-addresses")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "The addresses that providers see mail come from, for their allow lists")
    AddressesJson outgoingAddresses() {
        return new AddressesJson(
                addresses.addresses(), addresses.source().word(), addresses.words());
    }

    @GetMapping("/v1/explain")
    @Allowed(
            value = {Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER},
            applications = true)
    @Operation(
            summary = "What an error means and what to do, best guess first",
            description =
                    "With service, steps and commands have that service's real values, and a text"
                            + " that names no provider is read as its provider's.")
    Explanation explain(
            Visitor visitor,
            @RequestParam("text") String text,
            @RequestParam(name = "service", required = false) @Nullable String service) {
        if (text.isBlank() || text.length() > LONGEST)
            throw Problem.malformed("text", "text is an error of up to 10,000 characters.");
        var known =
                service == null ? Optional.<Service>empty() : Optional.of(known(visitor, service));
        var values = known.map(it -> RealValues.of(it, settings.baseUrl())).orElse(Values.NONE);
        return new Explanation(
                catalog.explain(text, known.map(Service::provider).orElse("")).stream()
                        .map(advice -> AdviceJson.of(advice, values))
                        .toList());
    }

    // The settings of a service are not an application's to read.
    private Service known(Visitor visitor, String service) {
        if (visitor.credential().isPresent())
            throw new Problem(
                    403,
                    "Not allowed",
                    "An application explains without service; a management key may name one.");
        return Asked.service(services, service);
    }

    private static PresetJson shown(Preset preset) {
        return new PresetJson(
                preset.name(),
                preset.title(),
                preset.catalog(),
                preset.service(),
                preset.userName(),
                preset.hosts(),
                preset.notes(),
                preset.docs(),
                preset.cutOffs().stream()
                        .map(it ->
                                new CutOffJson(
                                        it.day(), it.authentication().word(), it.what(), it.docs()))
                        .toList(),
                preset.prerequisites(),
                preset.lifetimes(),
                preset.refreshTokensPerClient().orElse(null),
                preset.accessPage().orElse(null));
    }
}
