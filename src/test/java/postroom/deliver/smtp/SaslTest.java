package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.oauth.SignIn.Bearer;
import postroom.oauth.SignIn.Password;
import postroom.secret.Secret;
import postroom.service.Authentication.Mechanism;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;

/// The vendors' and the RFCs' own examples.
class SaslTest {

    @Test
    void xoauth2_is_what_its_vendors_describe() {
        assertThat(
                        Sasl.xoauth2(
                                bearer(
                                        "test@contoso.onmicrosoft.com",
                                        "EwBAAl3BAAUFFpUAo7J3Ve0bjLBWZWCclRC3EoAA")))
                .isEqualTo(
                        "dXNlcj10ZXN0QGNvbnRvc28ub25taWNyb3NvZnQuY29tAWF1dGg9QmVhcmVyIEV3QkFBbDNC"
                                + "QUFVRkZwVUFvN0ozVmUwYmpMQldaV0NjbFJDM0VvQUEBAQ==");
        assertThat(Sasl.xoauth2(bearer("sender@contoso.example", "TOKEN123")))
                .isEqualTo("dXNlcj1zZW5kZXJAY29udG9zby5leGFtcGxlAWF1dGg9QmVhcmVyIFRPS0VOMTIzAQE=");
    }

    @Test
    void oauthbearer_is_what_rfc_7628_describes() {
        assertThat(
                        Sasl.oauthbearer(
                                bearer("sender@contoso.example", "TOKEN123"),
                                "smtp.gmail.com",
                                587))
                .isEqualTo(
                        "bixhPXNlbmRlckBjb250b3NvLmV4YW1wbGUsAWhvc3Q9c210cC5nbWFpbC5jb20BcG9ydD01"
                                + "ODcBYXV0aD1CZWFyZXIgVE9LRU4xMjMBAQ==");
    }

    @Test
    void plain_is_what_rfc_4616_describes() {
        assertThat(Sasl.plain(new Password("user@example.com", new Secret("secret"))))
                .isEqualTo("AHVzZXJAZXhhbXBsZS5jb20Ac2VjcmV0");
    }

    @Test
    void cram_md5_is_the_example_of_rfc_2195() {
        var challenge = "<1896.697170952@postoffice.reston.mci.net>";

        assertThat(
                        Sasl.cramMd5(
                                new Password("tim", new Secret("tanstaaftanstaaf")),
                                challenge.getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw");
    }

    @Test
    void the_best_mechanism_offered_is_taken() {
        var token = bearer("a", "b");
        var password = new Password("a", new Secret("b"));

        assertThat(Sasl.choose(token, Set.of("PLAIN", "OAUTHBEARER", "XOAUTH2")))
                .contains(Sasl.XOAUTH2);
        assertThat(Sasl.choose(token, Set.of("PLAIN"))).isEmpty();
        assertThat(Sasl.choose(password, Set.of("CRAM-MD5", "LOGIN"))).contains(Sasl.LOGIN);
        assertThat(Sasl.choose(password, Set.of("XOAUTH2"))).isEmpty();
    }

    @Test
    void separators_in_user_or_secret_are_not_sayable() {
        for (var evil : new String[] {"a\r", "a\n", "a\0", "a\1", ""}) {
            assertThat(Sasl.isSayable("user", new Secret(evil))).isFalse();
            assertThat(Sasl.isSayable(evil, new Secret("secret"))).isFalse();
        }
        assertThat(Sasl.isSayable("jürgen", new Secret("geheim"))).isTrue();
    }

    private static Bearer bearer(String user, String token) {
        return new Bearer(user, new Secret(token), Instant.EPOCH, Mechanism.AUTO);
    }
}
