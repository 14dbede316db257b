package postroom.secret;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {

    private static final String JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzM2NyZXQifQ.c2lnbmF0dXJl";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH PLAIN AHMzY3JldABzM2NyZXQ=",
                "auth xoauth2 dXNlcj1zM2NyZXQBYXV0aD1CZWFyZXIgczNjcmV0AQE=",
                "Authorization: Bearer AHMzY3JldABzM2NyZXQ",
                "Authorization: Basic AHMzY3JldABzM2NyZXQ=",
                "grant_type=refresh_token&refresh_token=AHMzY3JldABzM2NyZXQ&client_id=1",
                "client_id=1&client_secret=AHMzY3JldABzM2NyZXQ%7E",
                "client_assertion=AHMzY3JldABzM2NyZXQ",
                "GET /oauth2/callback?state=1&code=4/0AHMzY3JldABzM2NyZXQ&scope=x",
                "{\"access_token\":\"AHMzY3JldABzM2NyZXQ\",\"expires_in\":3599}",
                "{\"id_token\" : \"AHMzY3JldABzM2NyZXQ\"}",
                "{\"password\":\"AHMzY3JldABzM2NyZXQ \\\" AHMzY3JldABzM2NyZXQ\"}",
                "{\"body\":\"{\\\"refresh_token\\\":\\\"AHMzY3JldABzM2NyZXQ\\\"}\"}",
                "jdbc:postgresql://postroom:AHMzY3JldABzM2NyZXQ@db/postroom",
                "the token " + JWT + " expired",
                "the token ya29.AHMzY3JldABzM2NyZXQ expired",
                "-----BEGIN PRIVATE KEY-----\nAHMzY3JldABzM2NyZXQ\n-----END PRIVATE KEY-----"
            })
    void a_secret_is_masked(String text) {
        assertThat(Redactor.masked(text))
                .contains("‹masked›")
                .doesNotContain("HMzY3Jld", "eyJzdWIi", "XNlcj1z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
                "https://login.microsoftonline.com/error?code=7000222",
                "invalid_grant AADSTS70008: The refresh token has expired. Trace ID: 255d1aef",
                "{\"error\":{\"code\":\"ErrorAccessDenied\",\"message\":\"Access is denied.\"}}",
                "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=",
                "250-AUTH LOGIN XOAUTH2",
                "SMTP AUTH is switched off for this mailbox",
                "deferred to=<a@example.net> service=office reply=\"451 4.7.1 later\"",
                "{\"status\":\"400\",\"schemes\":\"Bearer\",\"scope\":\"https://mail.google.com/\"}"
            })
    void what_is_no_secret_stays(String text) {
        assertThat(Redactor.masked(text)).isEqualTo(text);
    }

    @Test
    void a_known_secret_is_masked_wherever_it_stands() {
        assertThat(Redactor.masked("user ada pass hunter22 end", new Secret("hunter22")))
                .isEqualTo("user ada pass ‹masked› end");
    }
}
