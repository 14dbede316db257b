package postroom.emulator;

import postroom.emulator.Fault.Action;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// An error in Entra's own shape: the number three times, a trace ID, a correlation ID and a time.
record EntraError(String error, List<Integer> codes, String text, int status) {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    /// Wire texts; `%s` are filled in by whoever raises the error.
    private static final Map<Integer, String> TEXTS =
            Map.ofEntries(
                    Map.entry(
                            50011,
                            "The redirect URI '%s' specified in the request does not match the"
                                    + " redirect URIs configured for the application '%s'."),
                    Map.entry(
                            50020,
                            "User account '%s' from identity provider 'emulator' does not exist in"
                                    + " tenant '%s' and cannot access the application '%s' in that"
                                    + " tenant."),
                    Map.entry(
                            50034,
                            "The user account %s does not exist in the %s directory. To sign into"
                                + " this application, the account must be added to the directory."),
                    Map.entry(50058, "A silent sign-in request was sent but no user is signed in."),
                    Map.entry(
                            50059,
                            "No tenant-identifying information found in either the request or"
                                    + " implied by any provided credentials."),
                    Map.entry(
                            50173,
                            "The provided grant has expired due to it being revoked, a fresh auth"
                                    + " token is needed."),
                    Map.entry(
                            50194,
                            "Application '%s'(%s) is not configured as a multi-tenant application."
                                + " Usage of the /common endpoint is not supported for such apps"
                                + " created after '10/15/2018'."),
                    Map.entry(
                            54005,
                            "OAuth2 Authorization code was already redeemed, please retry with a"
                                    + " new valid code or use an existing refresh token."),
                    Map.entry(
                            65001,
                            "The user or administrator has not consented to use the application"
                                    + " with ID '%s' named '%s'."),
                    Map.entry(65004, "User declined to consent to access the app."),
                    Map.entry(70000, "Provided grant is invalid or malformed."),
                    Map.entry(70003, "The app requested an unsupported grant type '%s'."),
                    Map.entry(
                            70008,
                            "The provided authorization code or refresh token has expired due to"
                                    + " inactivity."),
                    Map.entry(
                            70011,
                            "The provided request must include a 'scope' input parameter. The"
                                + " provided value for the input parameter 'scope' is not valid."),
                    Map.entry(
                            700016,
                            "Application with identifier '%s' was not found in the directory"
                                    + " '%s'."),
                    Map.entry(
                            700082,
                            "The refresh token has expired due to inactivity. The token was issued"
                                    + " on %s and was inactive for 90.00:00:00."),
                    Map.entry(
                            7000215,
                            "Invalid client secret provided. Ensure the secret being sent in the"
                                + " request is the client secret value, not the client secret ID,"
                                + " for a secret added to app '%s'."),
                    Map.entry(
                            7000218,
                            "The request body must contain the following parameter:"
                                    + " 'client_assertion' or 'client_secret'."),
                    Map.entry(7000222, "The provided client secret keys for app '%s' are expired."),
                    Map.entry(90002, "Tenant '%s' not found."),
                    Map.entry(
                            900144, "The request body must contain the following parameter: '%s'."),
                    Map.entry(900971, "No reply address provided."),
                    Map.entry(9002313, "Invalid request. Request is malformed or invalid."));

    static EntraError of(String error, int code, Object... filling) {
        String text =
                TEXTS.getOrDefault(code, "%s")
                        .formatted(filling.length == 0 ? new Object[] {"..."} : filling);
        return new EntraError(error, List.of(code), text, statusOf(error));
    }

    /// What a script or the catalog says, which may or may not carry the number and the trailer.
    static EntraError scripted(Action.OAuth action) {
        String text = action.description().orElse("");
        int trailer = text.indexOf(" Trace ID:");
        if (trailer >= 0) text = text.substring(0, trailer);
        text = text.replaceFirst("^AADSTS\\d+: ", "");
        if ((text.isEmpty() || text.equals("...")) && !action.codes().isEmpty())
            text =
                    Optional.ofNullable(TEXTS.get(action.codes().getFirst()))
                            .orElse("...")
                            .replace("%s", "...");
        return new EntraError(
                action.error(),
                action.codes(),
                text,
                action.httpStatus().orElse(statusOf(action.error())));
    }

    private static int statusOf(String error) {
        return switch (error) {
            case "invalid_client" -> 401;
            case "server_error" -> 500;
            case "temporarily_unavailable" -> 503;
            default -> 400;
        };
    }

    /// The text with its number, without the trailer.
    String numbered() {
        return codes.isEmpty() ? text : "AADSTS%d: %s".formatted(codes.getFirst(), text);
    }

    Web.Answer json(String base, Instant now) {
        String trace = UUID.randomUUID().toString();
        String correlation = UUID.randomUUID().toString();
        String at = TIMESTAMP.format(now);
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("error", error);
        body.put("error_description", withTrailer(trace, correlation, at));
        codes.forEach(body.putArray("error_codes")::add);
        body.put("timestamp", at);
        body.put("trace_id", trace);
        body.put("correlation_id", correlation);
        if (!codes.isEmpty()) body.put("error_uri", base + "/error?code=" + codes.getFirst());
        return Web.Answer.json(status, body);
    }

    String description(Instant now) {
        return withTrailer(
                UUID.randomUUID().toString(), UUID.randomUUID().toString(), TIMESTAMP.format(now));
    }

    private String withTrailer(String trace, String correlation, String at) {
        return "%s Trace ID: %s Correlation ID: %s Timestamp: %s"
                .formatted(numbered(), trace, correlation, at);
    }

    /// What a person sees when the error must not be redirected: wrong client or redirect URI.
    Web.Answer page(Instant now) {
        String body =
                """
                <h1>Sign in</h1>
                <p>Sorry, but we’re having trouble signing you in.</p>
                <p><code>%s</code></p>
                """
                        .formatted(Html.escape(description(now)));
        return Web.Answer.html(400, Html.page("Sign in to your account", body));
    }
}
