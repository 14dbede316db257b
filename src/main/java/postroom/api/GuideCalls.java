package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.service.Guides;
import postroom.service.Guides.Form;
import postroom.service.OutgoingAddresses;
import postroom.service.Presets;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.WebSettings;

import java.nio.charset.StandardCharsets;

/// What an administrator has to do at the provider, with the real values of one service.
@RestController
@Tag(name = "Services")
class GuideCalls {

    private static final MediaType MARKDOWN =
            new MediaType("text", "markdown", StandardCharsets.UTF_8);
    private static final MediaType PLAIN = new MediaType("text", "plain", StandardCharsets.UTF_8);

    private final Services services;
    private final Guides guides;
    private final WebSettings settings;

    GuideCalls(
            Services services, Presets presets, OutgoingAddresses addresses, WebSettings settings) {
        this.services = services;
        this.guides = new Guides(presets, addresses, services.guideValues());
        this.settings = settings;
    }

    @GetMapping("/v1/services/{id}/guide")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(
            summary = "What to do at the provider, with this service's real values",
            description =
                    "Markdown; with format=powershell a script that does it, with format=undo one"
                            + " that takes it back. Nothing in it is secret.")
    ResponseEntity<String> guide(
            @PathVariable("id") String id,
            @RequestParam(name = "format", defaultValue = "markdown") String format) {
        var service = Asked.service(services, id);
        var form =
                switch (format) {
                    case "markdown" -> Form.MARKDOWN;
                    case "powershell" -> Form.POWERSHELL;
                    case "undo" -> Form.UNDO;
                    default ->
                            throw Problem.malformed(
                                    "format", "format is markdown, powershell or undo.");
                };
        var text =
                guides.of(service, settings.baseUrl(), form)
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "There is no script for this service: what has to be done"
                                                + " at its provider is done in the provider's"
                                                + " pages. The guide says how."));
        return ResponseEntity.ok().contentType(form == Form.MARKDOWN ? MARKDOWN : PLAIN).body(text);
    }
}
