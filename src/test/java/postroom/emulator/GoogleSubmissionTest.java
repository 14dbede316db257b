package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GoogleSubmissionTest {
    private static final String SESSION = " [0-9a-f]{13}-[0-9a-f]{11}sm\\d{10}f8f\\.\\d\\d - gsmtp";

    private final Town town = Town.demo();
    private final Endpoints gmail = town.emulator.google();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void a_whole_message_is_answered_in_the_words_of_gmail() throws Exception {
        String token = town.googleToken();

        try (Caller caller = Caller.withTls(town.emulator, gmail.implicitTlsPort().orElseThrow())) {
            assertThat(caller.reply()).matches("220 smtp\\.gmail\\.com ESMTP" + SESSION);
            assertThat(caller.say("EHLO client.example"))
                    .isEqualTo(
                            """
                            250-smtp.gmail.com at your service, [127.0.0.1]
                            250-SIZE 35882577
                            250-8BITMIME
                            250-AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH
                            250-ENHANCEDSTATUSCODES
                            250-PIPELINING
                            250-CHUNKING
                            250 SMTPUTF8\
                            """);
            assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.BILLING, token)))
                    .isEqualTo("235 2.7.0 Accepted");
            assertThat(caller.say("AUTH LOGIN"))
                    .matches("503 5\\.7\\.0 No identity changes permitted\\." + SESSION);
            assertThat(caller.say("MAIL FROM:<billing@fabrikam.example>"))
                    .matches("250 2\\.1\\.0 OK" + SESSION);
            assertThat(caller.say("RCPT TO:<user@example.org>"))
                    .matches("250 2\\.1\\.5 OK" + SESSION);
            assertThat(caller.say("DATA")).matches("354 Go ahead" + SESSION);
            assertThat(caller.say(Town.mail(Town.BILLING) + "\r\n."))
                    .matches("250 2\\.0\\.0 OK  \\d{10}" + SESSION);
            assertThat(caller.say("QUIT")).matches("221 2\\.0\\.0 closing connection" + SESSION);
        }
    }

    @Test
    void a_wrong_token_is_challenged_and_refused_after_an_empty_line() throws Exception {
        try (Caller caller = Caller.securedAt(town.emulator, gmail)) {
            assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.BILLING, "nonsense")))
                    .isEqualTo(
                            "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==");
            assertThat(caller.say(""))
                    .matches(
                            "(?s)535-5\\.7\\.8 Username and Password not accepted\\. For more"
                                    + " information, go to\n"
                                    + "535 5\\.7\\.8 "
                                    + " https://support\\.google\\.com/mail/\\?p=BadCredentials"
                                    + SESSION);
            assertThat(caller.say("AUTH XOAUTH2")).isEqualTo("334 ");
            assertThat(caller.say("*")).startsWith("501 ");
        }
    }

    @Test
    void oauthbearer_is_accepted_and_refused_by_rfc_7628() throws Exception {
        String good =
                "n,a="
                        + Town.BILLING
                        + ",\u0001host=smtp.gmail.com\u0001port=587\u0001auth=Bearer "
                        + town.googleToken()
                        + "\u0001\u0001";
        String bad = "n,a=" + Town.BILLING + ",\u0001auth=Bearer nonsense\u0001\u0001";

        try (Caller caller = Caller.securedAt(town.emulator, gmail)) {
            assertThat(caller.say("AUTH OAUTHBEARER " + Caller.base64(bad)))
                    .isEqualTo(
                            "334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8iLCJvcGVuaWQtY29uZmlndXJhdGlvbiI6Imh0dHBzOi8vYWNjb3VudHMuZ29vZ2xlLmNvbS8ud2VsbC1rbm93bi9vcGVuaWQtY29uZmlndXJhdGlvbiJ9");
            assertThat(caller.say("AQ==")).startsWith("535-5.7.8 ");
            assertThat(caller.say("AUTH OAUTHBEARER " + Caller.base64(good))).startsWith("235 ");
        }
    }

    @Test
    void the_sending_scope_of_the_api_is_not_enough() throws Exception {
        String token =
                town.authorized(gmail, Town.BILLING, "https://www.googleapis.com/auth/gmail.send")
                        .path("access_token")
                        .asString();

        try (Caller caller = Caller.securedAt(town.emulator, gmail)) {
            assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.BILLING, token)))
                    .startsWith("334 ");
            assertThat(caller.say("")).startsWith("535-5.7.8 ");
        }
        assertThat(
                        town.emulator.count(
                                "auth google XOAUTH2 user=billing@fabrikam.example refused"
                                        + " MISSING_PERMISSION"))
                .isOne();
    }

    @Test
    void nothing_goes_before_starttls() throws Exception {
        try (Caller caller = Caller.at(town.emulator, gmail.smtpPort())) {
            caller.reply();
            assertThat(caller.say("EHLO client.example"))
                    .contains("STARTTLS")
                    .doesNotContain("AUTH");
            assertThat(caller.say("MAIL FROM:<a@example.org>"))
                    .matches("530 5\\.7\\.0 Must issue a STARTTLS command first\\." + SESSION);
        }
    }

    @Test
    void a_foreign_from_is_rewritten_and_not_refused() throws Exception {
        try (Caller caller = town.signedIn(gmail, Town.BILLING, town.googleToken())) {
            assertThat(
                            caller.message(
                                    Town.BILLING,
                                    "user@example.org",
                                    "From: The Boss <boss@fabrikam.example>\r\n"
                                            + "Subject: Hi\r\n\r\n"
                                            + "Hi"))
                    .startsWith("250 ");
        }

        ReceivedMessage message = town.emulator.mailboxes().messages().getFirst();
        assertThat(message.header("From")).contains("The Boss <billing@fabrikam.example>");
        assertThat(message.header("X-Google-Original-From"))
                .contains("The Boss <boss@fabrikam.example>");
    }
}
