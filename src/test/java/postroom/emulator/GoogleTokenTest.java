package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

class GoogleTokenTest {
    private final Town town = Town.demo();
    private final Endpoints google = town.emulator.google();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void a_refresh_token_comes_with_the_first_consent_and_is_never_rotated() throws Exception {
        JsonNode first = town.authorized(google, Town.BILLING, Town.MAIL + " openid email");
        JsonNode second = town.authorized(google, Town.BILLING, Town.MAIL);
        JsonNode again = town.authorized(google, Town.BILLING, Town.MAIL, "prompt", "consent");
        JsonNode renewed = Town.json(town.renew(google, first.path("refresh_token").asString()));

        assertThat(first.path("access_token").asString()).startsWith("ya29.");
        assertThat(first.path("refresh_token").asString()).startsWith("1//0g");
        assertThat(first.path("expires_in").asInt()).isEqualTo(3599);
        assertThat(first.path("scope").asString())
                .isEqualTo(
                        "https://mail.google.com/ openid"
                                + " https://www.googleapis.com/auth/userinfo.email");
        assertThat(first.has("id_token")).isTrue();
        assertThat(second.has("refresh_token")).isFalse();
        assertThat(again.has("refresh_token")).isTrue();
        assertThat(renewed.has("refresh_token")).isFalse();
        assertThat(renewed.path("access_token").asString()).startsWith("ya29.");
    }

    @Test
    void without_offline_access_there_is_no_refresh_token() throws Exception {
        JsonNode tokens = town.authorized(google, Town.BILLING, Town.MAIL, "access_type", "online");

        assertThat(tokens.has("refresh_token")).isFalse();
    }

    @Test
    void the_code_has_a_slash_and_the_callback_tells_the_scopes() throws Exception {
        Map<String, String> callback =
                town.accept(town.authorizeUrl(google, Town.MAIL), Town.BILLING);

        assertThat(callback.getOrDefault("code", "")).startsWith("4/0A");
        assertThat(callback)
                .containsEntry("scope", Town.MAIL)
                .containsEntry("hd", "fabrikam.example")
                .containsEntry("state", "s t&te");
    }

    @Test
    void a_person_may_untick_a_scope() throws Exception {
        URI button = town.authorizeUrl(google, Town.MAIL + " email");

        Map<String, String> callback =
                Town.callback(
                        town.post(
                                button,
                                Town.fields(
                                        "account",
                                        Town.BILLING,
                                        "decision",
                                        "accept",
                                        "boxes",
                                        "shown",
                                        "granted",
                                        "email")));

        assertThat(callback)
                .containsEntry("scope", "https://www.googleapis.com/auth/userinfo.email");
    }

    @Test
    void in_testing_mode_a_refresh_token_lives_seven_days() throws Exception {
        town.emulator.change(
                """
                clients:
                  - provider: google
                    client_id: 407408718192-demo.apps.googleusercontent.com
                    client_secret: GOCSPX-demo-secret-of-fabrikam
                    redirect_uris: [ "http://localhost/oauth2/callback" ]
                    testing: true
                """);
        JsonNode tokens = town.authorized(google, Town.BILLING, Town.MAIL);
        String refresh = tokens.path("refresh_token").asString();

        town.emulator.fastForward(Duration.ofDays(6));
        HttpResponse<String> onTheSixthDay = town.renew(google, refresh);
        town.emulator.fastForward(Duration.ofDays(1));
        HttpResponse<String> onTheSeventhDay = town.renew(google, refresh);

        assertThat(tokens.path("refresh_token_expires_in").asInt()).isEqualTo(604799);
        assertThat(onTheSixthDay.statusCode()).isEqualTo(200);
        assertThat(onTheSeventhDay.statusCode()).isEqualTo(400);
        assertThat(onTheSeventhDay.body())
                .isEqualTo(
                        "{\"error\":\"invalid_grant\",\"error_description\":\"Token has been"
                                + " expired or revoked.\"}");
    }

    @Test
    void the_hundred_and_first_refresh_token_kills_the_first() throws Exception {
        String first =
                town.authorized(google, Town.BILLING, Town.MAIL).path("refresh_token").asString();
        String second = "";
        for (int i = 0; i < 100; i++) {
            String next =
                    town.authorized(google, Town.BILLING, Town.MAIL, "prompt", "consent")
                            .path("refresh_token")
                            .asString();
            if (i == 0) second = next;
        }

        assertThat(town.renew(google, first).body()).contains("invalid_grant");
        assertThat(town.renew(google, second).statusCode()).isEqualTo(200);
    }

    @Test
    void revoking_ends_everything_at_once() throws Exception {
        JsonNode tokens = town.authorized(google, Town.BILLING, Town.MAIL);
        String refresh = tokens.path("refresh_token").asString();
        URI revoke = URI.create(google.base() + "/revoke");
        URI info =
                URI.create(
                        google.base()
                                + "/tokeninfo?access_token="
                                + tokens.path("access_token").asString());

        JsonNode before = Town.json(town.get(info));
        int status = town.post(revoke, Town.fields("token", refresh)).statusCode();

        assertThat(before.path("email").asString()).isEqualTo(Town.BILLING);
        assertThat(before.path("scope").asString()).isEqualTo(Town.MAIL);
        assertThat(status).isEqualTo(200);
        assertThat(town.get(info).body()).contains("invalid_token");
        assertThat(town.renew(google, refresh).body())
                .contains("Token has been expired or revoked.");
        assertThat(town.post(revoke, Town.fields("token", "nonsense")).statusCode()).isEqualTo(400);
    }

    @Test
    void errors_are_in_googles_words() throws Exception {
        HttpResponse<String> wrongSecret =
                town.token(google, "grant_type", "refresh_token", "client_secret", "wrong");
        HttpResponse<String> nobody =
                town.token(google, "grant_type", "refresh_token", "client_id", "nobody");
        String code =
                town.accept(town.authorizeUrl(google, Town.MAIL), Town.BILLING)
                        .getOrDefault("code", "");
        HttpResponse<String> first = town.redeem(google, code);
        HttpResponse<String> second = town.redeem(google, code);

        assertThat(wrongSecret.statusCode()).isEqualTo(401);
        assertThat(wrongSecret.body())
                .isEqualTo("{\"error\":\"invalid_client\",\"error_description\":\"Unauthorized\"}");
        assertThat(nobody.body()).contains("The OAuth client was not found.");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(second.body()).contains("invalid_grant", "Bad Request");
        assertThat(town.redeem(google, "4/0Anonsense").body()).contains("Malformed auth code.");
    }

    @Test
    void a_wrong_redirect_uri_is_shown_and_not_sent_back() throws Exception {
        HttpResponse<String> page =
                town.get(
                        town.authorizeUrl(
                                google,
                                Town.MAIL,
                                "redirect_uri",
                                "http://localhost:1/oauth2/callback"));

        assertThat(page.statusCode()).isEqualTo(400);
        assertThat(page.body()).contains("Error 400", "redirect_uri_mismatch");
    }

    @Test
    void the_device_flow_refuses_the_mail_scope() throws Exception {
        HttpResponse<String> answer =
                town.post(
                        google.deviceUrl(),
                        Town.fields("client_id", Town.GOOGLE_CLIENT, "scope", Town.MAIL));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid_scope");
    }
}
