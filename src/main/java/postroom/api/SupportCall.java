package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.web.Allowed;

import java.io.IOException;

/// One file for a ticket.
@RestController
@Tag(name = "Health")
class SupportCall {

    private final SupportBundle bundle;

    SupportCall(SupportBundle bundle) {
        this.bundle = bundle;
    }

    @GetMapping(path = "/v1/support", produces = "application/zip")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(
            summary = "Everything somebody who helps needs to see, as a zip",
            description =
                    "Versions, settings, services and their last checks, credentials, routes, the"
                        + " newest events, transcripts and log lines, and the metrics. No secret"
                        + " and no content; addresses are in it.")
    ResponseEntity<byte[]> support() throws IOException {
        return ResponseEntity.ok()
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"postroom-support.zip\"")
                .body(bundle.zip());
    }
}
