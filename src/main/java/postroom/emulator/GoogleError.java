package postroom.emulator;

import postroom.emulator.Fault.Action;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;

/// An error in Google's own, shorter shape.
record GoogleError(String error, Optional<String> text, int status) {
    static GoogleError of(String error, String text) {
        return new GoogleError(error, Optional.of(text), statusOf(error));
    }

    static GoogleError scripted(Action.OAuth action) {
        return new GoogleError(
                action.error(),
                action.description(),
                action.httpStatus().orElse(statusOf(action.error())));
    }

    private static int statusOf(String error) {
        return switch (error) {
            case "invalid_client", "unauthorized_client", "deleted_client" -> 401;
            case "org_internal",
                    "admin_policy_enforced",
                    "slow_down",
                    "access_denied",
                    "disallowed_useragent" ->
                    403;
            case "authorization_pending" -> 428;
            case "server_error" -> 500;
            case "temporarily_unavailable" -> 503;
            default -> 400;
        };
    }

    Web.Answer json() {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("error", error);
        text.ifPresent(t -> body.put("error_description", t));
        return Web.Answer.json(status, body);
    }

    /// What a person sees when the error must not be redirected.
    Web.Answer page() {
        String body =
                "<h1>Access blocked: Authorization Error</h1><p>%s</p><p>Error %d: <code>%s</code></p>"
                        .formatted(Html.escape(text.orElse("")), status, Html.escape(error));
        return Web.Answer.html(status, Html.page("Sign in - Google Accounts", body));
    }
}
