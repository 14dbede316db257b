package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;

class MicrosoftAuthorizeTest {
    private final Town town = Town.demo();
    private final Endpoints entra = town.emulator.microsoft();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void a_person_sees_accounts_and_permissions_and_the_hint_is_chosen() throws Exception {
        URI button =
                town.authorizeUrl(entra, Town.SMTP_SEND, "login_hint", "shared@contoso.example");

        assertThat(town.get(button).body())
                .contains(
                        "Pick an account",
                        "value=\"noreply@contoso.example\">",
                        "value=\"shared@contoso.example\" checked>")
                .contains("https://outlook.office.com/SMTP.Send", "Accept", "Cancel")
                .doesNotContain("<script");
    }

    @Test
    void cancel_comes_back_as_access_denied() throws Exception {
        URI button = town.authorizeUrl(entra, Town.SMTP_SEND);

        Map<String, String> callback =
                Town.callback(
                        town.post(
                                button,
                                Town.fields("account", Town.NOREPLY, "decision", "cancel")));

        assertThat(callback)
                .containsEntry("error", "access_denied")
                .containsEntry("error_subcode", "cancel")
                .containsEntry("state", "s t&te");
        assertThat(callback.getOrDefault("error_description", ""))
                .startsWith("AADSTS65004: User declined to consent");
    }

    @Test
    void errors_of_client_and_redirect_are_shown_and_never_sent_back() throws Exception {
        assertShown(
                town.authorizeUrl(entra, Town.SMTP_SEND, "redirect_uri", "https://evil.example/"),
                "AADSTS50011");
        assertShown(
                town.authorizeUrl(entra, Town.SMTP_SEND, "redirect_uri", Town.CALLBACK + "/"),
                "AADSTS50011");
        assertShown(
                town.authorizeUrl(entra, Town.SMTP_SEND, "client_id", "nobody"), "AADSTS700016");
        assertShown(town.authorizeUrl(entra.ofTenant("common"), Town.SMTP_SEND), "AADSTS50194");
        assertShown(
                town.authorizeUrl(entra.ofTenant("nowhere.example"), Town.SMTP_SEND),
                "AADSTS90002");
    }

    private void assertShown(URI button, String code) throws Exception {
        HttpResponse<String> response = town.get(button);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Location")).isEmpty();
        assertThat(response.body()).contains(code);
    }

    @Test
    void the_port_of_localhost_does_not_matter() throws Exception {
        URI button =
                town.authorizeUrl(
                        entra,
                        Town.SMTP_SEND,
                        "redirect_uri",
                        "http://localhost:8080/oauth2/callback");

        assertThat(town.accept(button, Town.NOREPLY)).containsKey("code");
    }

    @Test
    void wrong_scopes_and_a_silent_request_come_back() throws Exception {
        assertThat(Town.callback(town.get(town.authorizeUrl(entra, "https://nowhere.example/x"))))
                .containsEntry("error", "invalid_resource");
        assertThat(
                        Town.callback(
                                town.get(
                                        town.authorizeUrl(
                                                entra, "https://outlook.office.com/Smtp.Sent"))))
                .containsEntry("error", "invalid_client");
        assertThat(
                        Town.callback(
                                town.get(
                                        town.authorizeUrl(
                                                entra, Town.SMTP_SEND, "prompt", "none"))))
                .containsEntry("error", "login_required");
    }

    @Test
    void a_script_may_refuse_with_any_code() throws Exception {
        town.emulator.change(
                "faults: [ { stage: authorize, answer: { oauth_error: access_denied, codes: [53003]"
                        + " } } ]");

        Map<String, String> callback =
                Town.callback(town.get(town.authorizeUrl(entra, Town.SMTP_SEND)));

        assertThat(callback).containsEntry("error", "access_denied");
        assertThat(callback.getOrDefault("error_description", ""))
                .startsWith("AADSTS53003: ")
                .contains("Trace ID: ");
    }
}
