package postroom.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.secret.Secret;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

class TokenReviewTest {

    @Test
    void a_token_of_an_application_tells_the_object_id_exchange_wants() {
        var claims =
                """
                {"aud": "https://outlook.office.com", "roles": ["SMTP.SendAsApp"],
                 "tid": "9b1c", "oid": "77aa", "idtyp": "app"}
                """;

        assertThat(TokenReview.of(token(claims)).words())
                .isEqualTo(
                        "audience https://outlook.office.com, SMTP.SendAsApp, tenant 9b1c, object"
                                + " ID 77aa");
    }

    @Test
    void a_token_of_a_person_tells_its_permissions_and_no_object_id() {
        var claims =
                """
                {"aud": "https://graph.microsoft.com", "scp": "Mail.Send SMTP.Send", "oid": "77aa"}
                """;

        assertThat(TokenReview.of(token(claims)).words())
                .isEqualTo("audience https://graph.microsoft.com, Mail.Send SMTP.Send");
    }

    @Test
    void a_token_that_tells_nothing_is_as_good_as_any_other() {
        assertThat(TokenReview.of(new Secret("EwB4A8l6BAAU")).words()).isEmpty();
        assertThat(TokenReview.of(new Secret("a.b.c")).words()).isEmpty();
        assertThat(TokenReview.of(token("[1]")).words()).isEmpty();
    }

    static Secret token(String claims) {
        var payload =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        return new Secret("eyJhbGciOiJSUzI1NiJ9." + payload + ".c2ln");
    }
}
