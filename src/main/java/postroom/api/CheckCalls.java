package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.check.Check;
import postroom.check.LastChecks;
import postroom.check.ReportJson;
import postroom.check.ReportText;
import postroom.mail.Address;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The step-by-step test of a service, and what came of the last one.
@RestController
@Tag(name = "Services")
class CheckCalls {

    private static final String LINES = "application/x-ndjson";

    private final Services services;
    private final Check check;
    private final LastChecks last;

    CheckCalls(Services services, Check check, LastChecks last) {
        this.services = services;
        this.check = check;
        this.last = last;
    }

    record CheckCall(@Nullable String recipient) {}

    /// As [ReportJson] writes it.
    record Report(
            String at,
            boolean passed,
            String recipient,
            List<Step> steps,
            List<Said> conversation) {}

    /// @param outcome `passed`, `failed` or `not_reached`
    /// @param diagnostic what the far side said, verbatim
    record Step(
            String name,
            String outcome,
            String detail,
            long millis,
            @Nullable String diagnostic,
            @Nullable AdviceJson advice) {}

    record Said(String said, String heard, long millis) {}

    @PostMapping("/v1/services/{id}/check")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Send a test message step by step",
            description =
                    "With Accept: application/x-ndjson each step comes when it is taken, as a line"
                            + " {\"step\": …}, and the report at the end, as {\"report\": …}.")
    @ApiResponse(content = @Content(schema = @Schema(implementation = Report.class)))
    void check(
            @PathVariable("id") String id,
            @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = "") String accept,
            @RequestBody CheckCall call,
            HttpServletResponse response)
            throws IOException {
        var service = Asked.service(services, id);
        var recipient =
                Address.parse(call.recipient() == null ? "" : call.recipient())
                        .orElseThrow(() ->
                                Problem.unusable(
                                        "recipient",
                                        "recipient is the address that gets the test message."));
        if (!accept.contains(LINES)) {
            var report = check.run(service, recipient);
            answer(response, MediaType.APPLICATION_JSON_VALUE, ReportJson.of(report).toString());
            return;
        }
        var lines = new Lines(response);
        var report = check.run(service, recipient, step -> lines.add("step", ReportJson.of(step)));
        lines.add("report", ReportJson.of(report));
    }

    @GetMapping("/v1/services/{id}/check")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(
            summary = "What came of the last test",
            description = "With Accept: text/plain as a text to be pasted into a ticket.")
    @ApiResponse(content = @Content(schema = @Schema(implementation = Report.class)))
    void last(
            @PathVariable("id") String id,
            @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = "") String accept,
            HttpServletResponse response)
            throws IOException {
        var service = Asked.service(services, id);
        var report =
                last.of(service.id())
                        .report()
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "The service " + service.name() + " was never tested."));
        if (accept.startsWith(MediaType.TEXT_PLAIN_VALUE))
            answer(response, MediaType.TEXT_PLAIN_VALUE, ReportText.of(service, report));
        else answer(response, MediaType.APPLICATION_JSON_VALUE, report.toString());
    }

    private static void answer(HttpServletResponse response, String type, String text)
            throws IOException {
        response.setContentType(type);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.getWriter().write(text);
    }

    /// One JSON object on each line, on its way as soon as it is there.
    private static final class Lines {
        private final HttpServletResponse response;
        private boolean isHeard = true;

        Lines(HttpServletResponse response) {
            this.response = response;
            response.setContentType(LINES);
            response.setCharacterEncoding(StandardCharsets.UTF_8);
        }

        // Somebody who went away does not stop the check: what comes of it is kept.
        void add(String name, JsonNode value) {
            if (!isHeard) return;
            try {
                response.getWriter().write("{\"" + name + "\":" + value + "}\n");
                response.flushBuffer();
            } catch (IOException gone) {
                isHeard = false;
            }
        }
    }
}
